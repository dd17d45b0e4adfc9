"""The box for codes in every form: hits by letters, the name below, F7, codes beyond the list."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from gui.cashier import Cashier
from gui.forms.code_box import CodeBox
from gui.forms.form import Form
from gui.forms.spec import FieldSpec
from tests.helpers.codes import BONES, DAY
from tests.helpers.training import at_the_desk, card, case, desk_of, scan, waiting_number


@pytest.fixture(scope="module")
def shop(tmp_path_factory, qapp: QApplication) -> Iterator[Cashier]:
    """One desk for all tests of this file."""
    with at_the_desk(tmp_path_factory.mktemp("box") / "home") as made:
        yield made


@pytest.fixture
def cashier(shop: Cashier) -> Cashier:
    """A visit that is not registered yet, with its form as the hospital has it."""
    shop.window.context.search_mode = "pinyin"
    shop.do("next_patient")
    card(shop, "沈建国")
    if case(shop).visit is None:
        scan(shop, waiting_number(shop, "沈建国"))
    shop.idle()
    return shop


def box(cashier: Cashier, name: str) -> CodeBox:
    """The editor of a field of the registration, with the focus."""
    editor: CodeBox = cashier.page.sheet.form.fields[name].editor
    editor.setFocus()
    cashier.idle()
    return editor


def retype(cashier: Cashier, text: str) -> None:
    cashier.press("Ctrl+A")
    cashier.type(text)
    cashier.idle()


def test_codes_are_named_without_a_key(cashier: Cashier) -> None:
    form = cashier.page.sheet.form
    names = {name: form.fields[name].named() for name in ("dept_code", "doctor_code")}
    draft = case(cashier).draft
    assert names == {"dept_code": draft.dept_name, "doctor_code": draft.doctor_name}


def test_letters_find_enter_takes_and_goes_on(cashier: Cashier) -> None:
    editor = box(cashier, "diagnosis_code")
    for letters in ("jzgz", "jzgs"):
        retype(cashier, letters)
        assert editor.hits()[0].value.name == "颈椎骨折"
    cashier.press("Return")
    cashier.idle()
    code = editor.text()
    assert not editor.hasFocus() and editor.hits() == ()
    draft = case(cashier).draft
    assert (draft.diagnosis_code, draft.diagnosis_name) == (code, "颈椎骨折")
    assert cashier.page.sheet.form.fields["diagnosis_code"].named() == "颈椎骨折"
    editor.setFocus()
    retype(cashier, "g")
    retype(cashier, "jz")
    assert editor.hits()[0].key == code  # what was taken stands first


def test_names_and_codes_find_too(cashier: Cashier) -> None:
    editor = box(cashier, "doctor_code")
    retype(cashier, "单长青")
    first = editor.hits()[0].key
    retype(cashier, "dcq")
    assert editor.hits()[0].key == first
    retype(cashier, first)
    assert [hit.key for hit in editor.hits()] == [first]
    cashier.press("Escape")
    assert editor.hits() == () and editor.text() == first


def test_a_code_beyond_the_list_stays_with_a_sentence(cashier: Cashier) -> None:
    box(cashier, "dept_code")
    retype(cashier, "Q77")
    form = cashier.page.sheet.form
    assert form.fields["dept_code"].named() == "目录外编码，照填发送"
    cashier.press("Return")
    assert form.values()["dept_code"] == "Q77" and form.check() == ()
    assert case(cashier).draft.dept_name == ""


def test_where_the_profile_wants_it_the_list_must_have_it(cashier: Cashier) -> None:
    spec = FieldSpec("dept", "科室", "listed", catalogue="department", beyond=False)
    form = Form((spec,))
    cashier.page.body.addWidget(form)
    form.show()
    editor = form.fields["dept"].editor
    editor.setFocus()
    cashier.idle()
    retype(cashier, "Q77")
    assert [item.key for item in form.check()] == ["lookup.must_be_listed"]
    assert "Q77" in form.fields["dept"].fault()
    retype(cashier, "K0101")
    assert form.check() == () and form.fields["dept"].named() == "骨科门诊"


def test_f7_says_which_and_searches_again(cashier: Cashier) -> None:
    desk = desk_of(cashier)
    editor = box(cashier, "diagnosis_code")
    retype(cashier, "gg")
    assert editor.hits()
    cashier.act("switch_search")
    assert editor.hits() == ()
    retype(cashier, "gg")
    assert (
        "没有五笔码" in cashier.page.sheet.form.fields["diagnosis_code"].named()
        or not editor.hits()
    )
    desk.catalogue.lists.take("diagnosis", BONES, DAY.replace(year=2026, month=4), "x", "y")
    box(cashier, "doctor_code")
    editor = box(cashier, "diagnosis_code")
    retype(cashier, "kmg")
    assert [hit.key for hit in editor.hits()] == ["S52.500x001"]
    cashier.act("switch_search")
    assert editor.hits() == ()


def test_a_box_without_a_page_is_a_plain_field(qtbot) -> None:
    form = Form((FieldSpec("code", "编码", "listed", catalogue="diagnosis"),))
    qtbot.addWidget(form)
    form.show()
    editor = form.fields["code"].editor
    editor.setFocus()
    editor.setText("S1")
    assert editor.hits() == () and form.values() == {"code": "S1"}
    assert form.check() == () and form.fields["code"].named() == ""
