"""Editors and the search box: Enter, scanners, full-width digits, wrong amounts, hits by keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QInputMethodQueryEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from gui.theme import theme
from gui.widgets.fields import (
    LONGEST_AMOUNT,
    LONGEST_CODE,
    AmountEdit,
    CodeEdit,
    Edit,
    PasswordEdit,
    half_width,
)
from gui.widgets.search_box import SHOWN_HITS, Choice, SearchBox

ENTERS = [Qt.Key.Key_Return, Qt.Key.Key_Enter]


@pytest.fixture(params=[100, 200])
def scale(qapp, request):
    theme.apply("light", request.param)
    yield request.param
    theme.apply()


@pytest.fixture
def form(scale, qtbot):
    """Puts editors below each other and the focus into the first."""
    sheets = []

    def lay(*editors):
        sheet = QWidget()
        sheets.append(sheet)
        column = QVBoxLayout(sheet)
        for editor in editors:
            column.addWidget(editor)
        qtbot.addWidget(sheet)
        sheet.resize(700, 600)
        sheet.show()
        sheet.activateWindow()
        qtbot.waitExposed(sheet)
        editors[0].setFocus()
        qtbot.waitUntil(editors[0].hasFocus)
        return editors[0]

    return lay


def typed(widget, text):
    """Letters as a Chinese keyboard sends them, full-width ones too."""
    for sign in text:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            key = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, sign)
            QApplication.sendEvent(widget, key)


def ime_is_on(widget):
    event = QInputMethodQueryEvent(Qt.InputMethodQuery.ImEnabled)
    QApplication.sendEvent(widget, event)
    return bool(event.value(Qt.InputMethodQuery.ImEnabled))


@pytest.mark.parametrize("kind", [CodeEdit, AmountEdit, PasswordEdit])
def test_codes_are_typed_without_an_input_method(form, kind):
    field = form(kind())
    assert field.inputMethodQuery(Qt.InputMethodQuery.ImEnabled) is False
    assert not ime_is_on(field)
    assert field.inputMethodHints() & Qt.InputMethodHint.ImhPreferLatin or kind is PasswordEdit


def test_names_are_typed_with_one(form):
    assert ime_is_on(form(Edit()))


def test_other_questions_of_the_input_method_are_answered(form):
    field = form(CodeEdit())
    field.setText("A12")
    assert field.inputMethodQuery(Qt.InputMethodQuery.ImSurroundingText) == "A12"


@pytest.mark.parametrize("key", ENTERS)
@pytest.mark.parametrize("kind", [Edit, CodeEdit, AmountEdit, PasswordEdit])
def test_enter_submits_and_goes_to_the_next_field(form, qtbot, kind, key):
    after = Edit()
    field, heard = form(kind(), after), []
    field.submitted.connect(heard.append)
    field.setText("12")
    qtbot.keyClick(field, key)
    assert [text.removesuffix(".00") for text in heard] == ["12"]
    assert after.hasFocus()


def test_enter_stays_where_the_field_does_not_advance(form, qtbot):
    field = form(CodeEdit(advance=False), Edit())
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.hasFocus()


def test_a_held_enter_is_one_enter(form):
    field, heard = form(CodeEdit(advance=False)), []
    field.submitted.connect(heard.append)
    for again in (False, True, True):
        key = QKeyEvent(
            QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", again
        )
        QApplication.sendEvent(field, key)
    assert len(heard) == 1


def test_enter_belongs_to_the_input_method_while_it_composes(form, qtbot):
    field, heard = form(Edit()), []
    field.submitted.connect(heard.append)
    QApplication.sendEvent(field, QInputMethodEvent("zhang", []))
    assert field.composing()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert heard == []
    done = QInputMethodEvent("", [])
    done.setCommitString("张")
    QApplication.sendEvent(field, done)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert heard == ["张"]


def test_a_scanned_code_stays_in_its_field(form, qtbot):
    """A scanner types fast and ends with Enter; the next field must not get a letter of it."""
    after = CodeEdit()
    field, heard = form(CodeEdit(), after), []
    field.submitted.connect(heard.append)
    qtbot.keyClicks(field, "99010120261122000A")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert heard == ["99010120261122000A"]
    assert after.text() == ""


def test_full_width_letters_of_a_code_become_half_width(form):
    field = form(CodeEdit())
    typed(field, "ＡＢ１２３")
    assert field.text() == "AB123"
    assert field.cursorPosition() == 5


def test_blanks_round_a_code_do_not_count(form):
    field = form(CodeEdit())
    field.setText("  MZ001 ")
    assert field.code() == "MZ001"


def test_a_code_has_a_longest(form, qtbot):
    assert form(CodeEdit()).maxLength() == LONGEST_CODE
    assert AmountEdit().maxLength() == LONGEST_AMOUNT


@pytest.mark.parametrize(
    ("text", "half"),
    [("１２。５", "12.5"), ("ａＢ", "aB"), ("－５", "-5"), ("，", ","), ("工伤", "工伤")],
)
def test_half_width(text, half):
    assert half_width(text) == half


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("100", 10000),
        ("１２．５０", 1250),
        ("１２。５", 1250),
        ("1,234.5", 123450),
        ("１，０００", 100000),
        ("-3", -300),
        ("12元", 1200),
        ("0", 0),
        ("0.01", 1),
    ],
)
def test_amounts_as_they_are_typed(form, text, fen):
    field = form(AmountEdit())
    typed(field, text)
    assert field.fen() == fen


@pytest.mark.parametrize("text", ["", "1.234", "1.2.3", "--1", "-", ".", "1-2"])
def test_what_is_no_amount_is_none_and_stays_to_be_seen(form, qtbot, text):
    field = form(AmountEdit(), Edit())
    typed(field, text)
    assert field.fen() is None
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == text


def test_letters_do_not_get_into_an_amount(form, qtbot):
    field = form(AmountEdit())
    qtbot.keyClicks(field, "abc12x.5y")
    assert field.text() == "12.5"


def test_an_amount_is_put_in_order_when_it_is_left(form, qtbot):
    after = Edit()
    field = form(AmountEdit(), after)
    typed(field, "1234.5")
    after.setFocus()
    assert field.text() == "1,234.50"
    assert field.fen() == 123450


def test_an_amount_marks_itself_so_that_typing_replaces_it(form, qtbot):
    field = form(Edit(), amount := AmountEdit())
    amount.set_fen(5000)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert amount.selectedText() == "50.00"
    qtbot.keyClicks(amount, "7")
    assert amount.fen() == 700


def test_an_amount_stands_at_the_right_and_can_be_emptied(form):
    field = form(AmountEdit())
    assert field.alignment() & Qt.AlignmentFlag.AlignRight
    field.set_fen(-12345)
    assert field.text() == "-123.45"
    field.set_fen(None)
    assert field.text() == ""


def test_a_password_is_dots_and_is_left_as_typed(form):
    field = form(PasswordEdit())
    assert field.echoMode() == QLineEdit.EchoMode.Password
    typed(field, "Ａb１ ")
    assert field.text() == "Ａb１ "


def test_a_fault_is_seen_and_said(form):
    field = form(CodeEdit())
    field.set_fault("就诊号不能为空")
    assert field.property("fault") is True
    assert field.accessibleDescription() == field.toolTip() == "就诊号不能为空"
    field.set_fault("")
    assert field.property("fault") is False
    assert field.accessibleDescription() == ""


def test_a_field_is_high_enough_for_its_letters(form):
    field = form(AmountEdit())
    assert field.height() >= field.fontMetrics().height() + theme.u(4)


CHOICES = [Choice(f"k{place}", f"甲{place}", "内科", place) for place in range(30)]


@pytest.fixture
def box(form):
    asked = []

    def find(text):
        asked.append(text)
        return CHOICES if text.startswith("j") else ()

    made = form(SearchBox("姓名或就诊号", find), Edit())
    made.asked = asked
    return made


def test_the_box_says_what_it_searches(box):
    assert box.accessibleName() == box.placeholderText() == "姓名或就诊号"


def test_hits_are_shown_at_every_letter_and_are_limited(box, qtbot):
    qtbot.keyClicks(box, "ji")
    assert box.asked == ["j", "ji"]
    assert box.hits() == tuple(CHOICES[:SHOWN_HITS])
    qtbot.keyClick(box, Qt.Key.Key_Home)
    qtbot.keyClicks(box, "x")
    assert box.hits() == ()


def test_blanks_are_not_searched(box, qtbot):
    qtbot.keyClicks(box, "  ")
    assert box.asked == []
    assert box.hits() == ()


@pytest.mark.parametrize("key", ENTERS)
def test_enter_takes_the_first_hit(box, qtbot, key):
    taken, sent = [], []
    box.chosen.connect(taken.append)
    box.submitted.connect(sent.append)
    qtbot.keyClicks(box, "j")
    qtbot.keyClick(box, key)
    assert (taken, sent) == ([CHOICES[0]], [])
    assert box.text() == "甲0"
    assert box.hits() == ()


def test_arrows_go_through_the_hits_and_stop_at_the_ends(box, qtbot):
    taken = []
    box.chosen.connect(taken.append)
    qtbot.keyClicks(box, "j")
    qtbot.keyClick(box, Qt.Key.Key_Up)
    qtbot.keyClick(box, Qt.Key.Key_Down)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    qtbot.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(box, "j")
    for _ in range(50):
        qtbot.keyClick(box, Qt.Key.Key_Down)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert taken == [CHOICES[1], CHOICES[SHOWN_HITS - 1]]


def test_escape_puts_the_hits_away_and_keeps_the_text(box, qtbot):
    qtbot.keyClicks(box, "j")
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert box.hits() == ()
    assert box.text() == "j"


def test_a_scanned_number_needs_no_hit(box, qtbot):
    sent = []
    box.submitted.connect(sent.append)
    qtbot.keyClicks(box, "MZ0001")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert sent == ["MZ0001"]


def test_the_hits_go_with_the_focus_and_with_the_size(box, qtbot):
    qtbot.keyClicks(box, "j")
    box.window().resize(900, 640)
    assert box.hits() == ()
    qtbot.keyClicks(box, "i")
    assert box.hits()
    box.clearFocus()
    assert box.hits() == ()


def test_a_click_takes_a_hit(box, qtbot):
    taken = []
    box.chosen.connect(taken.append)
    qtbot.keyClicks(box, "j")
    box._list.itemClicked.emit(box._list.item(3))
    assert taken == [CHOICES[3]]


def test_the_list_stays_inside_the_window(box, qtbot):
    qtbot.keyClicks(box, "j")
    assert box._list.geometry().bottom() <= box.window().height()
    assert box._list.item(0).text() == "甲0　内科"
    assert not box._list.hasFocus()


def test_without_a_finder_there_are_no_hits(box, qtbot):
    box.set_finder(None)
    qtbot.keyClicks(box, "j")
    assert box.hits() == ()
