"""The hospital's system calls the desk: which visit numbers may be named from outside, and the URI
``gsdesk://visit/NO`` that opens one.

What comes from outside is read strictly: a scheme, a word and a number, nothing that a path, a
query or an escape could hide in.
"""

from __future__ import annotations

import re

from core.errors import InvalidInput, fault

SCHEME = "gsdesk"
VISIT_PATTERN = r"^[A-Za-z0-9]([._-]?[A-Za-z0-9]){0,49}$"
VISIT = re.compile(VISIT_PATTERN)
URI = re.compile(r"gsdesk://visit/([^/?#%\\:]+)/?", re.IGNORECASE)
LONGEST = 50  # signs of a visit number
SHOWN = 80


def visit_no(text: str) -> str:
    """The visit number itself; ``InvalidInput`` for whatever could not be one."""
    number = text.strip()
    if len(number) > LONGEST or not VISIT.fullmatch(number):
        raise InvalidInput(fault("calling.number", "visit", number=shown(number), most=LONGEST))
    return number


def called(text: str) -> str:
    """The visit number of a URI; ``InvalidInput`` for any other."""
    found = URI.fullmatch(text.strip())
    if found is None:
        raise InvalidInput(fault("calling.uri", "visit", uri=shown(text)))
    return visit_no(found.group(1))


def shown(text: str) -> str:
    """What came from outside, fit to be shown: one line, not long."""
    plain = "".join(sign if sign.isprintable() else "?" for sign in text[:SHOWN])
    return plain + ("…" if len(text) > SHOWN else "")
