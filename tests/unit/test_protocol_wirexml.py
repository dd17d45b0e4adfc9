"""``<program>`` both ways: tolerant of what servers do, deaf to what attackers do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from core.protocol import wirexml
from core.protocol.profile import FieldRule
from core.protocol.tokens import Bad
from core.protocol.wirejson import Unreadable
from core.protocol.wirexml import LARGEST, XmlWriter, parse, plain, text_of

SCALARS = "<program><return_code>1</return_code><a>x</a></program>"


def field(name: str, **rule: Any) -> FieldRule:
    return FieldRule(key=name, wire=name, name=name, label=name, **rule)


def writer(*fields: FieldRule) -> XmlWriter:
    return XmlWriter({rule.key: rule for rule in fields}, {}, "utf-8")


def written(values: dict[str, Any], *fields: FieldRule) -> str:
    return wirexml.text(wirexml.program([(writer(*fields), values)]))


def why(text: str) -> str:
    with pytest.raises(Unreadable) as caught:
        parse(text)
    return caught.value.key


# -- reading


@pytest.mark.parametrize(
    "text",
    [
        SCALARS,
        f'<?xml version="1.0" encoding="UTF-8"?>{SCALARS}',
        f"<?xml version='1.0' encoding='GBK' standalone='yes' ?>\r\n{SCALARS}",
        "<PROGRAM><Return_Code> 1 </Return_Code><A>\n x \n</A></PROGRAM>",
        '<pp xmlns="urn:x"><return_code>1</return_code><a kind="n">x</a></pp>',
        '<n:program xmlns:n="urn:x"><n:return_code>1</n:return_code><n:a>x</n:a></n:program>',
        "<program><return_code>1</return_code><!-- n --><a>x<!-- n --></a><?go on?></program>",
        "<program><return_code>1</return_code><a><![CDATA[x]]></a></program>",
        "<program><return_code>1</return_code><a>x</a><a>x</a><a/></program>",
        "<program><return_code>1</return_code>\x01<a>\x0bx\x1f</a></program>",
    ],
)
def test_one_meaning_in_many_forms(text: str) -> None:
    assert parse(text) == {"return_code": "1", "a": "x"}


@pytest.mark.parametrize(
    ("inner", "meaning"),
    [
        ("<d><row><a>1</a></row></d>", {"d": [{"a": "1"}]}),
        ("<d><ROW><A>1</A><b/></ROW><row><a>2</a></row></d>",
         {"d": [{"a": "1", "b": ""}, {"a": "2"}]}),
        ("<d/>", {"d": ""}),
        ("<d> </d>", {"d": ""}),
        ("<d><row/></d>", {"d": [{}]}),
        ("<d><a>1</a><b>2</b></d>", {"d": {"a": "1", "b": "2"}}),
        ("<d><row><a>1</a></row></d><d><row><a>2</a></row></d>", {"d": [{"a": "1"}, {"a": "2"}]}),
        ("<o><d><row><a>1</a></row></d></o>", {"o": {"d": [{"a": "1"}]}}),
        ("<a>&lt;&amp;&gt;&quot;&apos;&#24352;</a>", {"a": "<&>\"'张"}),
    ],
)  # fmt: skip
def test_datasets_are_lists_and_nothing_is_lost(inner: str, meaning: Any) -> None:
    assert parse(f"<program>{inner}</program>") == meaning


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("<program><a>1</a><a>2</a></program>", "twice"),
        ("<program><d><row>text</row></d></program>", "bad_shape"),
        ("<program/>", "no_fields"),
        ("<program>text</program>", "no_fields"),
        ("<program><a>1</program>", "not_xml"),
        ("<program><a>&nbsp;</a></program>", "not_xml"),
        ("<program><a>1</a></program><more/>", "not_xml"),
        ("系统忙，请稍后再试", "page"),
        ("<html><body>服务执行发生异常</body></html>", "page"),
        ("<!DOCTYPE html><html><body>x</body></html>", "page"),
        ("<!DOCTYPE program><program><a>1</a></program>", "typed"),
        ("<program><a>1</a><!ENTITY x '1'></program>", "typed"),
        ("<a>" * 11 + "1" + "</a>" * 11, "too_deep"),
        ("<a>" * 5000 + "</a>" * 5000, "not_xml"),
        ("", "page"),
    ],
)
def test_what_would_need_guessing_is_unreadable(text: str, key: str) -> None:
    assert why(text) == key


BOMB = """<?xml version="1.0"?>
<!DOCTYPE program [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d SYSTEM "file:///etc/hostname">]>
<program><return_code>1</return_code><x>{use}</x></program>"""


@pytest.mark.parametrize("use", ["&c;&c;&c;", "&d;", "plain"])
def test_no_entity_is_declared_expanded_or_fetched(use: str) -> None:
    assert why(BOMB.format(use=use)) == "typed"


def test_a_declaration_hidden_by_another_encoding_is_no_document() -> None:
    for encoding in ("utf-16", "utf-16-be", "utf-32"):
        payload = BOMB.format(use="&d;").encode(encoding)
        with pytest.raises(Unreadable):
            parse(text_of(payload, "utf-8"))


def test_bytes_of_any_of_the_encodings() -> None:
    text = "<program><a>张</a></program>"
    for payload in (
        text.encode(),
        b"\xef\xbb\xbf" + text.encode() + b"\0\0\r\n",
        text.encode("gb18030"),
    ):
        assert parse(text_of(payload, "utf-8")) == {"a": "张"}


def test_bytes_of_no_encoding_or_too_many() -> None:
    with pytest.raises(Unreadable) as caught:
        text_of(b"\xff\xff<", "utf-8")
    assert caught.value.key == "not_text"
    with pytest.raises(Unreadable) as caught:
        text_of(b" " * (LARGEST + 1), "utf-8")
    assert caught.value.key == "too_long"


def test_ten_thousand_rows_are_read() -> None:
    rows = "<row><a>1</a><b>x</b></row>" * 10_000
    assert len(parse(f"<program><d>{rows}</d></program>")["d"]) == 10_000


def test_a_page_becomes_what_a_person_can_read() -> None:
    page = (
        "<html><head><style>b {}</style></head><body>服务执行\n发生异常 <b>at</b> x</body></html>"
    )
    assert plain(page) == "服务执行 发生异常 at x"
    assert plain("忙" * 400) == "忙" * 300 + "…"
    assert plain("服务执行发生异常 at com.a.B.run(B.java:12)\n at x.y.Z(Q)") == "服务执行发生异常"


# -- writing


def test_all_five_characters_survive() -> None:
    strange = "<a href='x'>&amp;\"]]></a>"
    text = written({"a": strange}, field("a"))
    assert "<a href" not in text
    assert parse(text) == {"a": strange}


def test_rows_stand_in_their_dataset_and_absent_fields_stay_out() -> None:
    rows = field("d", type="rows", fields={"a": field("a"), "b": field("b", absent="blank")})
    text = written({"d": [{"a": "1"}, {"b": "2"}], "e": ""}, rows, field("e"))
    assert text == "<program><d><row><a>1</a><b/></row><row><b>2</b></row></d></program>"


@pytest.mark.parametrize(
    ("rule", "value", "key"),
    [
        ({"required": True}, "", "required"),
        ({}, "\x00", "control"),
        ({}, "\ufffe", "control"),
        ({"length": 3}, "张张", "too_long"),
        ({}, 1, "not_text"),
        ({"type": "rows", "fields": {}}, "x", "not_rows"),
        ({"type": "rows", "fields": {}, "most": 1}, [{}, {}], "too_many_rows"),
    ],
)
def test_what_must_not_be_written(rule: dict[str, Any], value: Any, key: str) -> None:
    with pytest.raises(Bad) as caught:
        written({"a": value}, field("a", **rule))
    assert caught.value.key == key


def test_laid_out_says_the_same() -> None:
    root = wirexml.program([(writer(field("a"), field("b")), {"a": "1", "b": "张"})])
    page = wirexml.laid_out(root)
    assert page.count("\n") == 3
    assert parse(page) == {"a": "1", "b": "张"}


NAMES = st.sampled_from(["return_code", "payinfo", "row", "ROW", "a", "html", "feeinfo"])
TEXTS = st.text(max_size=8)


def _element(name: str, content: Any) -> etree._Element:
    node = etree.Element(name)
    if isinstance(content, str):
        node.text = "".join(c for c in content if c.isprintable() and c not in "\ufffe\uffff")
    else:
        node.extend(content)
    return node


TREES = st.recursive(
    st.builds(_element, NAMES, TEXTS),
    lambda inner: st.builds(_element, NAMES, st.lists(inner, max_size=5)),
    max_leaves=25,
)


@settings(max_examples=60, deadline=None)
@given(tree=TREES)
def test_any_document_is_plain_values_or_unreadable(tree: etree._Element) -> None:
    try:
        found = parse(etree.tostring(tree, encoding="unicode"))
    except Unreadable:
        return
    assert _is_plain(found)


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet="<>/!?&;[]'\" =xrowprgam\x00\u5f20", max_size=60))
def test_any_text_is_plain_values_or_unreadable(text: str) -> None:
    for document in (text, f"<program>{text}</program>"):
        try:
            assert _is_plain(parse(document))
        except Unreadable as error:
            assert error.key


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(isinstance(item, dict) and _is_plain(item) for item in value)
    return isinstance(value, str)
