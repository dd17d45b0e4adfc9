"""The wire as the simulated platform sees it: ``<program>`` in, strict checks, ``<program>`` out.

Shapes are those of protocol-gd.md §1 (SEEN): one element a field, data sets as ``<name><row>…``.
What it demands of a request is the table ``platform_fields``; lengths count bytes of GBK, as the
platform's database does (INFERRED). Documents with a document type are refused whole.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NoReturn

from lxml import etree

from core.money import Fen, yuan
from core.simulator import wire
from core.simulator.wire import Refusal, Unreadable, Values
from core.words import say

TABLE = "platform_fields"
ROOT, ROW = "program", "row"
DONE, FAILED, SESSION_OVER = 1, -1, -9
COLUMN_ENCODING = "gbk"


class SessionOver(Refusal):
    """The platform says −9: log in again; nothing was done."""


def refuse(key: str, **holes: object) -> NoReturn:
    """Refuse with the text ``platform.<key>``."""
    raise Refusal(say(f"platform.{key}", **holes))


def parse(payload: bytes) -> Values:
    """The program as plain values: texts, and lists of rows; raises ``Unreadable``."""
    root = element(payload)
    if root.tag != ROOT:
        raise Unreadable(say("platform.not_program"))
    return {str(child.tag): _content(child) for child in root}


def element(payload: bytes) -> etree._Element:
    """The root of a document without a document type; raises ``Unreadable``."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(payload, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(say("platform.not_xml")) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable(say("platform.not_xml"))
    return root


def _content(node: etree._Element) -> Any:
    if not len(node):
        return (node.text or "").strip()
    return [{str(cell.tag): (cell.text or "").strip() for cell in row} for row in node]


def checked(code: str, given: Values, where: str = "") -> Values:
    """All demanded fields of ``code`` taken from ``given``; the first fault is refused by name."""
    return wire.checked(code, given, COLUMN_ENCODING, where, TABLE)


def rows_of(given: Values, node: str, code: str) -> tuple[Values, ...]:
    """The checked rows of the data set ``node``; none is refused."""
    found = given.get(node)
    if not found:
        refuse("no_rows", node=node)
    if not isinstance(found, list):
        refuse("bad_rows", node=node)
    return tuple(checked(code, row, row_name(n)) for n, row in enumerate(found, 1))


def row_name(n: int) -> str:
    """How a refusal names row ``n``."""
    return say("platform.row", n=n)


def money(fen: Fen) -> str:
    """An amount for an answer: two decimals."""
    return str(yuan(fen))


def number(value: Decimal | str, places: int) -> str:
    """A price or quantity for an answer, with so many decimals."""
    return f"{Decimal(value):.{places}f}"


def answer(output: Values, code: int = DONE, text: str = "") -> Values:
    """The answer: code and text first, then the output (texts, and lists of rows)."""
    said = text or say("platform.done")
    return {"return_code": str(code), "return_code_message": said, **output}


def encode(values: Values) -> bytes:
    """The answer as UTF-8 with a declaration."""
    root = etree.Element(ROOT)
    for name, value in values.items():
        node = etree.SubElement(root, name)
        if isinstance(value, list):
            _rows(node, value)
        else:
            node.text = str(value)
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _rows(node: etree._Element, rows: list[Values]) -> None:
    for row in rows:
        line = etree.SubElement(node, ROW)
        for name, value in row.items():
            etree.SubElement(line, name).text = str(value)
