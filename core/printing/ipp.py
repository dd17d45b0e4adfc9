"""The few words of IPP (RFC 8010, 8011) that looking at a queue takes: encode, decode; no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from struct import error as struct_error
from struct import pack, unpack_from
from typing import Any

GET_ATTRIBUTES, GET_JOBS, CANCEL_JOB = 0x000B, 0x000A, 0x0008
OPERATION, END = 0x01, 0x03
INTEGER, BOOLEAN, ENUM = 0x21, 0x22, 0x23
NAME, KEYWORD, URI, CHARSET, LANGUAGE = 0x42, 0x44, 0x45, 0x47, 0x48
FIRST_VALUE, TEXTS = 0x10, 0x40
NOT_FOUND, NOT_POSSIBLE = 0x0406, 0x0404
VERSION = 0x0200
MOST_VALUES = 100_000

Attributes = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Answer:
    """A status (below 0x0100: done) and the attribute groups in their order, with their tags."""

    status: int
    groups: tuple[tuple[int, Attributes], ...]

    @property
    def done(self) -> bool:
        """The request was carried out."""
        return self.status < 0x0100

    def of(self, tag: int) -> list[Attributes]:
        """The groups of one kind: 2 jobs, 4 printers."""
        return [attributes for kind, attributes in self.groups if kind == tag]


def request(operation: int, values: Mapping[str, tuple[int, Iterable[Any]]]) -> bytes:
    """A request with these operation attributes, each a tag and its values (text or integer)."""
    body = pack(">HHIB", VERSION, operation, 1, OPERATION)
    head = {"attributes-charset": (CHARSET, ["utf-8"]),
            "attributes-natural-language": (LANGUAGE, ["en"])}  # fmt: skip
    for name, (tag, items) in {**head, **values}.items():
        for place, item in enumerate(items):
            label = b"" if place else name.encode("ascii")
            said = pack(">i", item) if tag in (INTEGER, ENUM) else str(item).encode("utf-8")
            body += pack(">BH", tag, len(label)) + label + pack(">H", len(said)) + said
    return body + bytes([END])


def answer(content: bytes) -> Answer:
    """The answer's status and attributes; raises ``ValueError`` for anything else."""
    try:
        return _answer(content)
    except (struct_error, IndexError, UnicodeDecodeError) as error:
        raise ValueError(f"not an IPP answer: {error}") from error


def _answer(content: bytes) -> Answer:
    _, status, _ = unpack_from(">HHI", content)
    groups: list[tuple[int, Attributes]] = []
    place, name = 8, ""
    for _ in range(MOST_VALUES):
        tag = content[place]
        if tag == END:
            return Answer(status, tuple(groups))
        if tag < FIRST_VALUE:
            groups.append((tag, {}))
            place += 1
            continue
        label, place = _piece(content, place + 1)
        said, place = _piece(content, place)
        name = label.decode("utf-8") or name
        groups[-1][1].setdefault(name, []).append(_value(tag, said))
    raise ValueError("not an IPP answer: no end")


def _piece(content: bytes, place: int) -> tuple[bytes, int]:
    (length,) = unpack_from(">H", content, place)
    end = place + 2 + length
    if end > len(content):
        raise IndexError("cut off")
    return content[place + 2 : end], end


def _value(tag: int, said: bytes) -> Any:
    if tag in (INTEGER, ENUM):
        return int(unpack_from(">i", said)[0])
    if tag == BOOLEAN:
        return bool(said[0])
    return said.decode("utf-8", "replace") if tag >= TEXTS else said
