"""What is wrong with the texts of a form: each kind, each limit, every fault at its own field."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from gui.forms.spec import KINDS, FieldSpec, fault_of, faults_of, from_views
from gui.screens.outpatient.forms import FORM_FIELDS, form_specs
from tests.helpers.wire import overlaid

ASKED = """
[transactions.2201.request.injury_date]
label = "受伤日期"
type = "text"
length = 8
source = "ask"
"""


def key_of(spec: FieldSpec, text: str) -> str:
    """The last word of the fault's key, or nothing."""
    found = fault_of(spec, text)
    return found.key.rpartition(".")[2] if found else ""


def view(name: str, **more):
    """A field view of the profile, as far as a form looks at it."""
    plain = {
        "label": name,
        "type": "text",
        "length": 0,
        "required": False,
        "codes": {},
        "note": "",
        "source": "given",
        "catalogue": "",
        "beyond_catalogue": True,
    }
    return SimpleNamespace(name=name, **{**plain, **more})


GOOD = [
    ("text", "沈示例"),
    ("code", "S52.5"),
    ("digits", "0012"),
    ("number", "-3.5"),
    ("money", "61.70"),
    ("money", "1,234.50"),
    ("money", "0"),
    ("decimal", "12.3400"),
    ("day", "2026-03-02"),
    ("day", "2028-02-29"),
    ("moment", "2026-03-02 09:00:00"),
    ("secret", "任何 字"),
    ("flag", "1"),
    ("key", "Ctrl+P"),
]
BAD = [
    ("digits", "12a"),
    ("digits", "１２"),
    ("digits", "-1"),
    ("number", "drei"),
    ("number", "NaN"),
    ("number", "Infinity"),
    ("number", "1.23456"),
    ("money", "1.234"),
    ("money", "元"),
    ("money", "1.2.3"),
    ("decimal", "0.00001"),
    ("decimal", "1,5"),
    ("day", "2026-3-2"),
    ("day", "2026-02-30"),
    ("day", "20260302"),
    ("day", "2026-03-02 09:00:00"),
    ("moment", "2026-03-02"),
    ("moment", "2026-03-02 25:00:00"),
    ("moment", "2026-03-02 9:00:00"),
]


@pytest.mark.parametrize(("kind", "text"), GOOD)
def test_what_is_right_has_no_fault(kind, text):
    assert fault_of(FieldSpec("x", "栏", kind), text) is None


@pytest.mark.parametrize(("kind", "text"), BAD)
def test_what_is_wrong_is_said_by_its_kind(kind, text):
    found = fault_of(FieldSpec("x", "栏", kind), text)
    assert found.key == f"form.not_{kind}"
    assert found.field == "x"
    assert "「栏」" in found.text
    assert text in found.text


@pytest.mark.parametrize("kind", sorted({kind for kind, _ in GOOD}))
def test_empty_is_wrong_only_where_it_must_be_filled(kind):
    assert key_of(FieldSpec("x", "栏", kind), "") == ""
    assert key_of(FieldSpec("x", "栏", kind, required=True), "") == "required"


def test_blanks_alone_are_empty():
    spec = FieldSpec("x", "栏", required=True)
    (found,) = faults_of([spec], {"x": "  　 "})
    assert found.key == "form.required"


def test_a_field_that_nobody_gave_is_empty():
    spec = FieldSpec("x", "栏", required=True)
    assert [item.field for item in faults_of([spec], {})] == ["x"]


class TestLists:
    spec = FieldSpec("sex", "性别", "choice", choices={"1": "男", "2": "女"})

    def test_a_value_of_the_list(self):
        assert key_of(self.spec, "2") == ""

    def test_the_word_is_not_the_value(self):
        assert key_of(self.spec, "男") == "not_in_list"

    def test_a_value_that_is_not_in_the_list_is_named(self):
        assert "9" in fault_of(self.spec, "9").text

    def test_a_list_that_is_not_known_takes_all(self):
        assert key_of(FieldSpec("printer", "打印机", "choice"), "any") == ""

    def test_the_length_counts_for_lists_too(self):
        spec = FieldSpec("x", "栏", "choice", length=1, choices={"12": "长"})
        assert key_of(spec, "12") == "too_long"


class TestLengths:
    @pytest.mark.parametrize(("encoding", "size"), [("gbk", 6), ("gb18030", 6), ("utf-8", 9)])
    def test_they_are_bytes_of_the_encoding(self, encoding, size):
        exact = FieldSpec("x", "姓名", length=size, encoding=encoding)
        assert key_of(exact, "沈示例") == ""
        short = FieldSpec("x", "姓名", length=size - 1, encoding=encoding)
        found = fault_of(short, "沈示例")
        assert found.key == "form.too_long"
        assert f"{size} 字节" in found.text
        assert f"最多 {size - 1} 字节" in found.text

    def test_nothing_is_too_long_without_a_limit(self):
        assert key_of(FieldSpec("x", "栏"), "长" * 5000) == ""

    def test_a_sign_that_the_centre_cannot_write_is_named(self):
        found = fault_of(FieldSpec("x", "姓名", encoding="gbk"), "沈𠮷例")
        assert found.key == "form.not_encodable"
        assert "𠮷" in found.text

    def test_the_larger_encoding_writes_it(self):
        assert key_of(FieldSpec("x", "姓名", encoding="gb18030"), "沈𠮷例") == ""

    def test_the_kind_is_said_before_the_length(self):
        assert key_of(FieldSpec("x", "栏", "digits", length=2), "abc") == "not_digits"


class TestRanges:
    spec = FieldSpec("x", "窗口号", "number", low=0, high=9)

    @pytest.mark.parametrize("text", ["0", "9", "4.5", "9.0"])
    def test_the_ends_belong_to_it(self, text):
        assert key_of(self.spec, text) == ""

    @pytest.mark.parametrize("text", ["-1", "9.1", "10", "1000000"])
    def test_beyond_is_said_with_both_ends(self, text):
        found = fault_of(self.spec, text)
        assert found.key == "form.out_of_range"
        assert "0 到 9" in found.text

    @pytest.mark.parametrize(("low", "high", "text"), [(1, None, "0"), (None, 5, "6")])
    def test_one_end_is_enough(self, low, high, text):
        assert key_of(FieldSpec("x", "栏", "number", low=low, high=high), text) == "out_of_range"

    def test_only_numbers_have_one(self):
        assert key_of(FieldSpec("x", "栏", "digits", low=1, high=2), "9") == ""


def test_everything_is_said_at_once_in_the_order_of_the_form():
    specs = [
        FieldSpec("name", "姓名", required=True),
        FieldSpec("age", "年龄", "digits"),
        FieldSpec("good", "好"),
        FieldSpec("day", "日期", "day"),
        FieldSpec("sum", "金额", "money"),
    ]
    texts = {"age": "x", "day": "heute", "good": "好", "sum": "1.001"}
    assert [item.field for item in faults_of(specs, texts)] == ["name", "age", "day", "sum"]


class TestFromTheProfile:
    @pytest.mark.parametrize(("type_", "kind"), sorted(KINDS.items()))
    def test_each_type_has_its_kind(self, type_, kind):
        (spec,) = from_views([view("x", type=type_)])
        assert spec.kind == kind

    def test_an_unknown_type_is_text(self):
        assert from_views([view("x", type="new")])[0].kind == "text"

    def test_a_code_list_makes_a_choice(self):
        (spec,) = from_views([view("x", type="digits", codes={"1": "男"})])
        assert (spec.kind, dict(spec.choices)) == ("choice", {"1": "男"})

    def test_all_else_is_taken_over(self):
        (spec,) = from_views(
            [view("x", label="栏", length=7, required=True, note="怎么填")], "utf-8"
        )
        assert spec == FieldSpec("x", "栏", "text", 7, True, {}, "怎么填", "utf-8")

    def test_asked_fields_alone(self):
        views = [view("a"), view("b", source="ask"), view("c", source="constant")]
        assert [spec.name for spec in from_views(views, asked_only=True)] == ["b"]
        assert [spec.name for spec in from_views(views)] == ["a", "b", "c"]

    def test_a_local_profile_adds_its_field_to_the_registration(self, tmp_path: Path):
        plain = form_specs(overlaid(tmp_path, "").fields("register"), "gbk")
        more = form_specs(overlaid(tmp_path, ASKED).fields("register"), "gbk")
        assert [spec.name for spec in plain] == list(FORM_FIELDS)
        assert [spec.label for spec in more[len(plain) :]] == ["受伤日期"]
        assert more[-1].length == 8

    def test_the_registration_knows_its_lists_and_lengths(self, tmp_path: Path):
        specs = {s.name: s for s in form_specs(overlaid(tmp_path, "").fields("register"), "gbk")}
        assert specs["med_type"].kind == "choice"
        assert key_of(specs["med_type"], "99") == "not_in_list"
        assert specs["diagnosis_code"].length > 0
        assert key_of(specs["phone"], "1" * (specs["phone"].length + 1)) == "too_long"
