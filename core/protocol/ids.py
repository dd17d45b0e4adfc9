"""Our message ids: institution 12 + moment 14 + desk 1 + counter 3 = 30 characters.

Form: protocol-zjs.md §2.1 (SEEN); the desk digit: §7 (PROPOSED there, so that desks never collide).
"""

from __future__ import annotations

LENGTH = 30


def message_id(institution: str, moment: str, desk: int, counter: int) -> str:
    """The id; unique when no counter is given twice for one moment and desk.

    ``moment`` 14 digits of China Standard Time, ``desk`` 0…9, ``counter`` 0…999; raises
    ``ValueError`` for anything else, because a malformed id must never reach the journal.
    """
    if len(institution) != 12 or not institution.isascii() or not institution.isalnum():
        raise ValueError(f"not an institution code: {institution!r}")
    if len(moment) != 14 or not (moment.isascii() and moment.isdecimal()):
        raise ValueError(f"not 14 digits: {moment!r}")
    if not 0 <= desk <= 9 or not 0 <= counter <= 999:
        raise ValueError(f"desk or counter out of range: {desk}, {counter}")
    return f"{institution}{moment}{desk}{counter:03d}"
