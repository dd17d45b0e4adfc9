"""交班 over a small desk: open cases go into named hands first; a silent centre keeps nobody."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.errors import Refused, fault
from core.outcome import Accepted, Rejected, Unknown
from gui.operation import Operation
from gui.shell.leaving import MOST_LISTED, Shift, case_lines, shift_of
from tests.helpers.fake_dayend import FakeDayEndDesk, open_case


@pytest.fixture
def shift(entered: Any, desk: Any) -> Iterator[Any]:
    """The window with an operator who is signed in; ``desk.ending`` is how 9002 ends."""
    fake = FakeDayEndDesk()
    fake.operators.verify = desk.operators.verify
    desk.closings = fake.closings
    desk.closings.unresolved = lambda: fake.closings.open
    desk.centre = SimpleNamespace(rule=lambda step: SimpleNamespace(code="2207", title="结算"))
    desk.outs, desk.ending = [], Accepted()
    desk.session.signed_in = True
    desk.session.acting = lambda: desk.session.operator
    desk.session.sign_out = lambda: desk.outs.append(1) or desk.ending
    yield entered


def ask(shift: Any, qtbot: Any) -> Any:
    shift.frame.hand_over_desk()
    panel = shift.frame._late["leaving"]
    qtbot.waitUntil(panel.isVisible)
    return panel


def press(panel: Any, button: Any, qtbot: Any) -> None:
    QTest.keyClick(button, Qt.Key.Key_Space)
    qtbot.waitUntil(Operation.none_left)


def test_without_a_sign_in_nothing_is_asked(shift: Any, desk: Any) -> None:
    desk.session.signed_in = False
    shift.frame.hand_over_desk()
    assert shift.frame is None and desk.outs == []


def test_signed_out_and_gone(shift: Any, desk: Any, qtbot: Any) -> None:
    panel = ask(shift, qtbot)
    assert panel.yes.hasFocus() and not panel.anyway.isVisible()
    assert "250.00" in panel._uncut.text()
    press(panel, panel.yes, qtbot)
    assert desk.outs == [1] and shift.frame is None


def test_cancelled_nothing_happens(shift: Any, desk: Any, qtbot: Any) -> None:
    panel = ask(shift, qtbot)
    press(panel, panel.no, qtbot)
    assert desk.outs == [] and shift.frame is not None and not panel.isVisible()


def test_open_cases_are_listed_and_need_a_name_and_a_password(
    shift: Any, desk: Any, qtbot: Any
) -> None:
    desk.closings.open = (open_case(),)
    desk.operators.create("007", "接班人", "cashier", "genau")
    panel = ask(shift, qtbot)
    assert "MZ-9" in panel._cases.text() and "61.70" in panel._cases.text()
    press(panel, panel.yes, qtbot)
    assert panel.form.fields["to"].fault() and desk.outs == []
    panel.form.set_values({"to": "007", "password": "falsch"})
    press(panel, panel.yes, qtbot)
    assert panel._fault.text() and desk.outs == [] and panel.form.values()["password"] == ""
    panel.form.set_values({"to": "007", "password": "genau", "note": "等答复"})
    press(panel, panel.yes, qtbot)
    assert desk.closings.handed[0].taken_by == "007" and desk.outs == [1]
    assert shift.frame is None


@pytest.mark.parametrize("ending", [Rejected("-1", "未签到"), Unknown("timeout", "未答复")])
def test_a_centre_that_does_not_sign_out_keeps_nobody(
    shift: Any, desk: Any, qtbot: Any, ending: Any
) -> None:
    desk.ending = ending
    panel = ask(shift, qtbot)
    press(panel, panel.yes, qtbot)
    assert shift.frame is not None and "没有完成签退" in panel._fault.text()
    assert panel.anyway.hasFocus()
    press(panel, panel.anyway, qtbot)
    assert shift.frame is None


def test_a_case_that_came_meanwhile_is_refused_in_a_sentence(
    shift: Any, desk: Any, qtbot: Any
) -> None:
    def refuse() -> None:
        raise Refused(fault("session.open_rows", count=1))

    desk.session.sign_out = refuse
    panel = ask(shift, qtbot)
    press(panel, panel.yes, qtbot)
    assert "1" in panel._fault.text() and shift.frame is not None


def small() -> Any:
    """What is read of a desk, without a window."""
    fake: Any = FakeDayEndDesk()
    fake.session.acting = lambda: fake.session.operator
    fake.closings.unresolved = lambda: fake.closings.open
    return fake


def test_what_another_one_holds_is_not_asked_about() -> None:
    fake = small()
    held = open_case("M-1").model_copy(update={"held_by": "赵主管"})
    mine = open_case("M-2").model_copy(update={"held_by": fake.session.operator.name})
    fake.closings.open = (held, mine, open_case("M-3"))
    assert [item.msgid for item in shift_of(fake).open] == ["M-2", "M-3"]


def test_right_after_a_cut_nothing_is_said_to_be_left() -> None:
    def refuse(*_: Any) -> None:
        raise Refused(fault("closing.future", "end"))

    fake = small()
    fake.closings.preview = refuse
    assert shift_of(fake) == Shift(())


def test_many_cases_end_in_a_number() -> None:
    cases = tuple(open_case(f"M-{n}") for n in range(MOST_LISTED + 4))
    lines = case_lines(small(), cases).splitlines()
    assert len(lines) == MOST_LISTED + 1 and "4" in lines[-1]
