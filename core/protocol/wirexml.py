"""``<program>`` both ways: trees by lxml, never pasted text (protocol-gd.md §1, SEEN).

Reading gives plain values: a scalar is a text, a dataset a list of rows, anything else with fields
below it an object. It tolerates a mark, blanks, any case of names, empty elements and either form
of one row; it refuses documents that declare a type, that are too deep, too long, or that
contradict themselves. Nothing is fetched and no entity is expanded.
Control characters, which XML has no way to carry, are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from core.protocol.mistakes import shown
from core.protocol.profile import CodeList, FieldRule
from core.protocol.stacktext import sentence
from core.protocol.tokens import Bad
from core.protocol.wirejson import Unreadable, characters
from core.protocol.writing import FieldWriter, RowWriter, Values, is_absent

if TYPE_CHECKING:
    from lxml import etree

ROOT, ROW = "program", "row"
LARGEST = 64 * 1024 * 1024  # bytes of one reply
DEEPEST = 8
MOST_ELEMENTS = 2_000_000
DECLARATION = re.compile(r"^\s*<\?xml\b[^>]{0,200}\?>")
TYPED = re.compile(r"<!\s*(doctype|entity)", re.IGNORECASE)
TAG = re.compile(r"<(style|script)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
BLANKS = re.compile(r"\s+")
MARKUP = re.compile(r"^\s*(?:<!doctype\s+html|<html\b)", re.IGNORECASE)
LONGEST_PAGE = 300  # characters of a page that stand in a sentence
Tree = dict[str, Any]
Adder = Callable[[Any, str, Any], None]


# -- reading


def text_of(payload: bytes, encoding: str) -> str:
    """The characters of a reply; tolerant of a mark, trailing zeros and a GB answer."""
    if len(payload) > LARGEST:
        raise Unreadable("too_long", size=len(payload), largest=LARGEST)
    body = payload.strip(b"\0 \r\n\t")
    return characters(body.removeprefix(b"\xef\xbb\xbf"), encoding)


def parse(text: str) -> Tree:
    """The fields below the root of a document, whatever the root is called; ``Unreadable`` where
    that would need guessing."""
    from lxml import etree  # loaded late: the other families need none of it

    bare = CONTROL.sub("", DECLARATION.sub("", text, count=1))
    if MARKUP.match(bare) or not bare.lstrip().startswith("<"):
        raise Unreadable("page", text=plain(text))
    if TYPED.search(bare):
        raise Unreadable("typed")
    try:
        root = etree.fromstring(bare.encode("utf-8"), _parser())
    except (etree.XMLSyntaxError, ValueError, UnicodeEncodeError) as error:
        raise Unreadable("not_xml", text=plain(text)) from error
    if root is None or root.getroottree().docinfo.doctype:
        raise Unreadable("typed")
    found = _Reader().value(root, 0)
    if not isinstance(found, dict):
        raise Unreadable("no_fields", text=shown(plain(text)))
    return found


def _parser() -> etree.XMLParser:
    from lxml import etree

    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False, recover=False, remove_comments=True, remove_pis=True, strip_cdata=True,
    )  # fmt: skip


def plain(text: str) -> str:
    """What a person can read of a page: without mark-up, and not too long."""
    words = sentence(BLANKS.sub(" ", TAG.sub(" ", text[:100_000])))
    return words if len(words) <= LONGEST_PAGE else f"{words[:LONGEST_PAGE]}…"


class _Reader:
    """One document; counts what it sees."""

    def __init__(self) -> None:
        self._seen = 0

    def value(self, element: etree._Element, depth: int) -> Any:
        """A text, a list of rows, or an object."""
        children = list(element)
        self._seen += len(children)
        if depth > DEEPEST or self._seen > MOST_ELEMENTS:
            raise Unreadable("too_deep")
        if not children:
            return (element.text or "").strip()
        names = [_name(child.tag) for child in children]
        if names.count(ROW) == len(names):
            return [self._row(child, depth) for child in children]
        found: Tree = {}
        for name, child in zip(names, children, strict=True):
            value = self.value(child, depth + 1) if len(child) else (child.text or "").strip()
            found[name] = _together(name, found[name], value) if name in found else value
        return found

    def _row(self, element: etree._Element, depth: int) -> Tree:
        value = self.value(element, depth + 1)
        if isinstance(value, dict):
            return value
        if value:
            raise Unreadable("bad_shape")
        return {}


@lru_cache(maxsize=1024)
def _name(tag: str) -> str:
    """The local name, in small letters."""
    return str(tag).rpartition("}")[2].lower()


def _together(name: str, one: Any, other: Any) -> Any:
    """A field that stands twice: lists are joined, texts must agree."""
    if isinstance(one, list) and isinstance(other, list):
        return one + other
    if one == other or other == "":
        return one
    if one == "":
        return other
    raise Unreadable("twice", name=shown(name))


# -- writing


class XmlWriter:
    """A table of fields written as elements, for one encoding; strict as ``RowWriter``."""

    def __init__(
        self, fields: Mapping[str, FieldRule], codes: Mapping[str, CodeList], encoding: str
    ) -> None:
        from lxml import etree

        self.table = RowWriter(fields, codes, encoding, str)
        self._add = etree.SubElement
        self._plan = [
            (writer.rule, writer.rule.name, writer.rule.wire, self._adder(writer, codes))
            for writer in self.table.writers
        ]

    def _adder(self, writer: FieldWriter, codes: Mapping[str, CodeList]) -> Adder:
        """What adds a field's element for a value that is there."""
        rule, add, token = writer.rule, self._add, writer.quick
        if rule.type == "rows":
            return _list_adder(writer, XmlWriter(rule.fields, codes, writer.encoding))

        def scalar(parent: etree._Element, wire: str, value: Any) -> None:
            add(parent, wire).text = token(value)

        return scalar

    def fill(self, parent: etree._Element, values: Values) -> None:
        """Add one element a field; raises ``Bad`` at the first doubt."""
        self.table.demand(values)
        get = values.get
        for rule, name, wire, add in self._plan:
            value = get(name)
            if value or not is_absent(value):
                try:
                    add(parent, wire, value)
                except ValueError:
                    raise Bad("control") from None
            elif rule.required:
                raise Bad("required")
            elif rule.absent == "blank":
                self._add(parent, wire)


def _list_adder(writer: FieldWriter, rows: XmlWriter) -> Adder:
    from lxml import etree

    def listed(parent: etree._Element, wire: str, value: Any) -> None:
        found = writer.rows_in(value)
        node = etree.SubElement(parent, wire)
        for row in found:
            rows.fill(etree.SubElement(node, ROW), row)

    return listed


def program(parts: Sequence[tuple[XmlWriter, Values]]) -> etree._Element:
    """A document of the fields of several tables, in order; raises ``Bad``."""
    from lxml import etree

    root = etree.Element(ROOT)
    for writer, values in parts:
        writer.fill(root, values)
    return root


def text(root: etree._Element) -> str:
    """The document as one line of text."""
    from lxml import etree

    found: str = etree.tostring(root, encoding="unicode")
    return found


def laid_out(root: etree._Element) -> str:
    """The same for people: one element a line."""
    from lxml import etree

    etree.indent(root)
    return text(root)
