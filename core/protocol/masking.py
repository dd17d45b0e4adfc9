"""Hiding personal data in the text of messages and replies, by the profile's masks.

Works on the text and not on parsed JSON, so that a cut-off or broken reply is masked as well; what
is not masked stays byte for byte as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from core.protocol.profile import FieldRule, Mask, Profile, walk

ID_NUMBER = re.compile(
    r"(?<!\d)\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)"
)
VALUE = r'(\s*:\s*)("(?:[^"\\]++|\\.)*+(?:"|\\?$)|[-+.\w]+)'
STAR = "*"


def mask_value(text: str, mask: Mask) -> str:
    """``text`` with its private part as stars; an empty mask changes nothing."""
    return _MASKS[mask](text) if text else text


def _id(text: str) -> str:
    return text[:6] + STAR * (len(text) - 10) + text[-4:] if len(text) > 10 else STAR * len(text)


def _name(text: str) -> str:
    return text[0] + STAR * max(1, len(text) - 1)


def _phone(text: str) -> str:
    return text[:3] + STAR * (len(text) - 7) + text[-4:] if len(text) > 7 else STAR * len(text)


def _birthday(text: str) -> str:
    return text[:4] + STAR * (len(text) - 4)


def _whole(text: str) -> str:
    return STAR * 3


_MASKS: dict[Mask, Callable[[str], str]] = {
    "": str,
    "id": _id,
    "name": _name,
    "phone": _phone,
    "birthday": _birthday,
    "whole": _whole,
}


class Masker:
    """Compiled masks of one profile; ``mask`` is what timeline and trace use."""

    def __init__(self, profile: Profile) -> None:
        self._by_wire = {rule.wire.lower(): rule.mask for rule in _rules(profile) if rule.mask}
        names = "|".join(sorted(map(re.escape, self._by_wire), key=len, reverse=True))
        xml = profile.message.form == "xml"
        pattern = rf"<({names})(\s*)>([^<]*)" if xml else rf'"({names})"{VALUE}'
        self._pattern = re.compile(pattern, re.IGNORECASE | re.DOTALL)
        self._hide = self._hide_element if xml else self._hide_member

    def mask(self, text: str) -> str:
        """``text`` with every masked field and everything that looks like an ID number hidden."""
        hidden = self._pattern.sub(self._hide, text) if self._by_wire else text
        return ID_NUMBER.sub(lambda found: _id(found[0]), hidden)

    def _hide_element(self, found: re.Match[str]) -> str:
        key, gap, value = found.groups()
        mask = self._by_wire[key.lower()] if "&" not in value else "whole"
        inner = value.strip()
        return f"<{key}{gap}>{mask_value(inner, mask)}" if inner else found[0]

    def _hide_member(self, found: re.Match[str]) -> str:
        key, gap, value = found.groups()
        mask = self._by_wire[key.lower()]
        if not value.startswith('"'):
            shown = value if value == "null" else f'"{mask_value(value, mask)}"'
            return f'"{key}"{gap}{shown}'
        closed = len(value) > 1 and value.endswith('"')
        inner = value[1:-1] if closed else value[1:]
        safe = mask if "\\" not in inner else "whole"
        return f'"{key}"{gap}"{mask_value(inner, safe)}' + ('"' if closed else "")


def _rules(profile: Profile) -> Iterable[FieldRule]:
    yield from walk(profile.envelope.request)
    yield from walk(profile.envelope.reply)
    for rule in profile.transactions.values():
        yield from walk(rule.request)
        yield from walk(rule.reply)
