"""Forms from data: every fault at its field and all at once; the real profile makes a form."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from core.centre.views import FieldView
from core.errors import Fault
from gui.forms.editors import MAKERS, ChoiceBox, KeyEdit, editor
from gui.forms.form import Form
from gui.forms.spec import KINDS, FieldSpec, fault_of, faults_of, from_views

SPECS = (
    FieldSpec("visit_no", "就诊号", "code", required=True, length=20),
    FieldSpec("name", "姓名", "text", length=6),
    FieldSpec(
        "kind", "医疗类别", "choice", required=True, choices={"11": "肢体残", "12": "职业病"}
    ),
    FieldSpec("relapse", "旧伤复发", "flag"),
    FieldSpec("price", "单价", "decimal"),
)


@pytest.fixture
def form(qtbot, dressed):
    made = Form(SPECS)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("digits", "0123", "12a"),
        ("number", "-3.5", "x"),
        ("money", "1,234.50", "1.234"),
        ("decimal", "12.3456", "1.23456"),
        ("day", "2026-03-02", "2026-02-30"),
        ("day", "2026-03-02", "2026-3-2"),
        ("moment", "2026-03-02 09:00:00", "2026-03-02 9:00"),
    ],
)
def test_each_kind_knows_its_texts(kind, good, bad):
    spec = FieldSpec("f", "字段", kind)
    assert fault_of(spec, good) is None
    found = fault_of(spec, bad)
    assert found.field == "f"
    assert bad in found.text


@pytest.mark.parametrize(
    ("text", "wrong"), [("0", True), ("1", False), ("120", False), ("121", True)]
)
def test_numbers_have_limits(text, wrong):
    spec = FieldSpec("f", "分钟", "number", low=1, high=120)
    assert (fault_of(spec, text) is not None) is wrong


def test_lengths_are_bytes_of_the_wire():
    spec = FieldSpec("f", "姓名", length=6)
    assert fault_of(spec, "张示例") is None
    assert "8 字节" in fault_of(spec, "张示例甲").text


def test_a_character_that_the_wire_cannot_carry_is_named():
    assert "㛃" in fault_of(FieldSpec("f", "姓名"), "李㛃").text
    assert fault_of(FieldSpec("f", "姓名", encoding="gb18030"), "李㛃") is None


def test_a_code_that_the_list_does_not_know():
    assert fault_of(SPECS[2], "99") is not None
    assert fault_of(SPECS[2], "12") is None


@given(st.text(max_size=40))
def test_no_text_breaks_the_checks(text):
    for kind in ("text", "digits", "number", "money", "decimal", "day", "moment"):
        found = fault_of(FieldSpec("f", "字段", kind, low=0, high=9, length=5), text)
        if found is not None:
            assert found.field == "f" and "字段" in found.text
            continue
        assert len(text.encode("gbk")) <= 5, kind
        assert not text or kind not in ("day", "moment")
        if kind == "number" and text:
            assert 0 <= Decimal(text) <= 9


def test_all_faults_at_once():
    found = faults_of(SPECS, {"name": "张示例甲乙", "price": "x"})
    assert [item.field for item in found] == ["visit_no", "name", "kind", "price"]


def test_faults_stand_at_their_fields(form):
    found = form.check()
    assert {item.field for item in found} == {"visit_no"}
    assert "就诊号" in form.fields["visit_no"].fault()
    assert form.fields["visit_no"].editor.hasFocus()
    assert form.fields["name"].fault() == ""


def test_faults_without_a_field_come_back(form):
    stray = Fault("x", "别处的错", "elsewhere")
    assert form.show_faults([stray, Fault("y", "这里", "name"), Fault("z", "还有", "name")]) == (
        stray,
    )
    assert form.fields["name"].fault() == "这里\n还有"


def test_editing_takes_the_fault_away(form, qtbot):
    form.check()
    edited = []
    form.edited.connect(edited.append)
    qtbot.keyClicks(form.fields["visit_no"].editor, "M")
    assert form.fields["visit_no"].fault() == ""
    assert edited == ["visit_no"]


def test_values_go_in_and_out_as_text(form):
    values = {"visit_no": "MZ1", "name": "张示例", "kind": "12", "relapse": "1", "price": "1.5"}
    form.set_values(values | {"unknown": "x"})
    assert form.values() == values


def test_an_unknown_code_is_not_lost(form):
    form.set_values({"kind": "77"})
    assert form.values()["kind"] == "77"
    assert form.check()


def test_enter_walks_through_and_completes(form, qtbot):
    done = []
    form.completed.connect(lambda: done.append(True))
    form.first().setFocus()
    qtbot.keyClick(form.first(), Qt.Key.Key_Return)
    assert form.fields["name"].editor.hasFocus()
    last = form.fields["price"].editor
    last.setFocus()
    qtbot.keyClick(last, Qt.Key.Key_Return)
    assert done == [True]


def test_only_mixed_forms_mark_what_is_required(form, qtbot):
    assert "*" in form.fields["visit_no"]._label.text()
    whole = Form(SPECS[:1])
    qtbot.addWidget(whole)
    assert "*" not in whole.fields["visit_no"]._label.text()


def test_labels_are_buddies(form):
    for field in form.fields.values():
        assert field._label.buddy() is field.editor
        assert field.editor.accessibleName() == field.spec.label


def test_an_empty_form_is_a_form(qtbot, dressed):
    empty = Form(())
    qtbot.addWidget(empty)
    assert empty.values() == {}
    assert empty.first() is None
    assert empty.check() == ()


@pytest.mark.parametrize("kind", MAKERS)
def test_every_kind_has_an_editor(qtbot, dressed, kind):
    made = editor(FieldSpec("f", "字段", kind, choices={"a": "甲"}, read_only=True))
    qtbot.addWidget(made)
    made.set_fault("不行")
    assert made.toolTip() == "不行"
    assert made.isEnabled() is False or made.isReadOnly()


def test_every_kind_of_the_profile_is_known():
    assert set(KINDS.values()) <= set(MAKERS)


def test_a_wheel_over_a_choice_changes_nothing(qtbot, dressed):
    box = ChoiceBox({"a": "甲", "b": "乙"}, optional=False)
    qtbot.addWidget(box)
    box.show()
    centre = box.rect().center().toPointF()
    none = Qt.KeyboardModifier.NoModifier
    wheel = QWheelEvent(
        centre, centre, box.rect().center(), box.rect().bottomRight(),
        Qt.MouseButton.NoButton, none, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(box, wheel)
    assert box.text() == "a"


def test_a_key_field_takes_what_is_pressed(qtbot, dressed):
    field = KeyEdit()
    qtbot.addWidget(field)
    field.show()
    edited = []
    field.textEdited.connect(edited.append)
    qtbot.keyClick(field, Qt.Key.Key_F6)
    assert field.text() == "F6"
    qtbot.keyClick(field, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert field.text() == "Ctrl+P"
    qtbot.keyClick(field, Qt.Key.Key_Backspace)
    assert field.text() == ""
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == ""
    assert edited == ["F6", "Ctrl+P", ""]


def test_views_of_the_profile_become_specs():
    views = (
        FieldView("visit_no", "就诊号", "text", 20, True),
        FieldView("med_type", "类别", "text", 3, True, {"11": "肢体残"}),
        FieldView("approval", "备案号", "digits", 12, False, source="ask", note="中心给的"),
    )
    specs = from_views(views)
    assert [spec.kind for spec in specs] == ["text", "choice", "digits"]
    assert [spec.name for spec in from_views(views, asked_only=True)] == ["approval"]
    assert specs[2].hint == "中心给的"


def test_every_step_of_the_shipped_profile_makes_a_form(qtbot, dressed):
    from core.centre.views import field_views
    from core.protocol.loading import load_profile

    profile = load_profile("zjs", None)
    for step in profile.steps.values():
        made = Form(from_views(field_views(profile, step.request)), columns=3)
        qtbot.addWidget(made)
        made.check()
