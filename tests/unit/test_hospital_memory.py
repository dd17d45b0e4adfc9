"""What the hospital said when a step began shows how it ended, and no other question."""

from __future__ import annotations

import pytest

from core.errors import SetupError
from core.service.hospital_memory import MOST, Asked, Known, Remembered


class Hospital:
    """Counts what it is asked; may be away."""

    def __init__(self):
        self.asked, self.away = [], False

    def visit(self, visit_no):
        return self._said("visit", visit_no)

    def fee_lines(self, visit_no):
        return self._said("lines", visit_no)

    def _said(self, *what):
        if self.away:
            raise SetupError(())
        self.asked.append(what)
        return (len(self.asked), *what)


@pytest.fixture
def ways():
    hospital, known = Hospital(), Known()
    asked = Asked(hospital, known)
    return hospital, asked, Remembered(asked, known)


def test_what_was_said_is_remembered_while_the_hospital_is_away(ways):
    hospital, asked, remembered = ways
    lines = asked.fee_lines("V1")
    hospital.away = True
    assert remembered.fee_lines("V1") == lines
    with pytest.raises(SetupError):
        asked.fee_lines("V1")
    with pytest.raises(SetupError):
        remembered.visit("V1")


def test_asking_asks_each_time_and_the_newest_counts(ways):
    hospital, asked, remembered = ways
    assert remembered.visit("V1") == remembered.visit("V1")
    newer = asked.visit("V1")
    assert len(hospital.asked) == 2 and remembered.visit("V1") == newer


def test_the_visits_longest_unused_are_forgotten(ways):
    hospital, asked, remembered = ways
    for number in range(2 * MOST + 1):
        asked.visit(f"V{number}")
    hospital.away = True
    with pytest.raises(SetupError):
        remembered.visit("V0")
    assert remembered.visit("V1")
