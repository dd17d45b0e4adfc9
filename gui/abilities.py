"""What a screen or an action needs of the centre, as words of a table. Qt-free.

A word is a business step (``special_filing``) or a capability with one of its values
(``split:required``, ``identify_by:card_no``). One of the words must hold; without any all is well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def able(centre: Any, needs: Sequence[str]) -> bool:
    """Whether ``centre`` has one of the steps or capabilities."""
    return not needs or any(_holds(centre, word) for word in needs)


def _holds(centre: Any, word: str) -> bool:
    name, colon, value = word.partition(":")
    if not colon:
        return bool(centre.has(name) or centre.has(name, stay=True))
    found = getattr(centre.capabilities, name)
    return value in found if isinstance(found, tuple) else value == str(found).lower()
