"""What the desk logs of the faults that these tests throw at it is no news."""

from __future__ import annotations

import logging

import pytest


@pytest.fixture(autouse=True)
def unheard():
    """No log records from here."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
