"""The one way to do anything slow: once, locked page, the right ending, never a dead receiver."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from core.errors import Refused, fault
from core.events import Progress
from core.outcome import Accepted, NotSent, Rejected, Unknown
from gui.operation import Operation, StopFlag, ending_of, host_of
from gui.screens.screen import Screen
from gui.widgets.wait_panel import WaitPanel
from tests.helpers.fakedesk import Gate

ENDINGS = {
    "success": Accepted(),
    "rejected": Rejected("-1", "不可享受"),
    "not_sent": NotSent("no_library", "没有动态库"),
    "unknown": Unknown("timeout", "20 秒未答复"),
}


def finished(qtbot, operation):
    """Run it and wait for its ending."""
    ended = []
    operation.on_finished(lambda: ended.append(True))
    assert operation.run()
    qtbot.waitUntil(lambda: bool(ended))


def watched(operation, heard):
    operation.on_success(lambda value: heard.append(("success", value)))
    operation.on_rejected(lambda value: heard.append(("rejected", value)))
    operation.on_not_sent(lambda value: heard.append(("not_sent", value)))
    operation.on_unknown(lambda value: heard.append(("unknown", value)))
    return operation.on_refused(lambda error: heard.append(("refused", error)))


def test_runs_off_the_window_and_answers_in_it(page, qtbot):
    threads = []
    operation = Operation(page, lambda: threads.append(threading.current_thread()))
    operation.on_success(lambda _: threads.append(threading.current_thread()))
    finished(qtbot, operation)
    assert threads[0] is not threading.main_thread()
    assert threads[1] is threading.main_thread()


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("shape", ["step", "tuple", "bare"])
def test_each_ending_goes_to_its_handler(page, qtbot, ending, shape):
    outcome = ENDINGS[ending]
    value = {
        "step": SimpleNamespace(outcome=outcome, msgid="M1"),
        "tuple": (outcome, None),
        "bare": outcome,
    }[shape]
    heard = []
    finished(qtbot, watched(Operation(page, lambda: value), heard))
    assert heard == [(ending, value)]


@pytest.mark.parametrize(
    ("ending", "kind"), [("rejected", "danger"), ("not_sent", "warning"), ("unknown", "unknown")]
)
def test_an_ending_that_is_not_success_has_its_banner(page, qtbot, ending, kind):
    step = SimpleNamespace(outcome=ENDINGS[ending], msgid="H990001")
    finished(qtbot, Operation(page, lambda: step))
    (message,) = page.context.messages.of("outpatient")
    assert (message.kind, message.msgid) == (kind, "H990001")
    assert message.advice.money


def test_the_page_may_say_it_itself(page, qtbot):
    operation = Operation(page, lambda: ENDINGS["rejected"]).on_rejected(lambda _: True)
    finished(qtbot, operation)
    assert page.context.messages.of("outpatient") == ()


def test_one_handler_for_every_ending(page, qtbot):
    heard = []
    for outcome in ENDINGS.values():
        operation = Operation(page, lambda outcome=outcome: outcome).on_ending(heard.append)
        finished(qtbot, operation)
    assert heard == list(ENDINGS.values())
    assert page.context.messages.of("outpatient") == ()


def test_a_guard_is_told_in_its_own_words(page, qtbot):
    def refuse():
        raise Refused(fault("form.required", "id", label="工号"))

    heard = []
    finished(qtbot, watched(Operation(page, refuse), heard))
    assert heard[0][0] == "refused"
    assert "工号" in page.context.messages.of("outpatient")[0].text


def test_our_bug_is_a_banner_and_a_log(page, qtbot, strays):
    strays.expected = ("operation wrong failed",)
    finished(qtbot, Operation(page, lambda: 1 // 0, name="wrong"))
    (message,) = page.context.messages.of("outpatient")
    assert message.kind == "danger"
    assert "ZeroDivisionError" in message.text


def test_twenty_starts_run_once(page, qtbot):
    gate = Gate()
    started = [Operation(page, gate, name="settle").run() for _ in range(20)]
    gate.open()
    qtbot.waitUntil(lambda: not Operation.under_way())
    assert started == [True] + [False] * 19
    assert gate.calls == 1


def test_keys_are_swallowed_not_queued(page, qtbot):
    field = QLineEdit()
    page.body.addWidget(field)
    field.show()
    pressed = []
    page.keys.bind("settle", lambda: pressed.append("settle"))
    field.setFocus()
    gate = Gate()
    Operation(page, gate, name="settle").run()
    for _ in range(20):
        qtbot.keyClick(field, Qt.Key.Key_1)
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
        qtbot.keyClick(page, Qt.Key.Key_F2)
    QApplication.sendEvent(field, QInputMethodEvent("工", []))
    page.keys.trigger("settle")
    gate.open()
    qtbot.waitUntil(lambda: not Operation.under_way())
    assert field.text() == ""
    assert pressed == []
    assert field.hasFocus()
    page.keys.trigger("settle")
    assert pressed == ["settle"]


def test_another_page_stays_usable(page, context, qtbot):
    class Other(Screen):
        name = "refund"

    other = Other(context)
    qtbot.addWidget(other)
    field = QLineEdit()
    other.body.addWidget(field)
    other.show()
    qtbot.waitExposed(other)
    gate = Gate()
    Operation(page, gate, name="settle").run()
    field.setFocus()
    qtbot.keyClicks(field, "MZ01")
    assert field.text() == "MZ01"
    assert not other.keys.locked()
    heard = []
    assert Operation(other, lambda: 7, name="settle", lane="io").on_success(heard.append).run()
    qtbot.waitUntil(lambda: heard == [7])
    gate.open()
    qtbot.waitUntil(lambda: not Operation.under_way())


def test_the_panel_tells_what_is_asked_and_counts(page, qtbot):
    gate = Gate()
    Operation(page, gate, name="settle", asks="费用结算：张示例").run()
    panel = WaitPanel.of(page)
    assert not panel.card.isVisible()
    qtbot.waitUntil(panel.card.isVisible)
    assert panel._asks.text() == "费用结算：张示例"
    assert "秒" in panel._seconds.text()
    assert not panel._park.isEnabled()
    gate.open()
    qtbot.waitUntil(lambda: panel.isHidden())


def test_a_parked_call_frees_the_page_and_tells_its_ending_later(page, qtbot):
    gate, heard = Gate(ENDINGS["success"]), []
    operation = Operation(page, gate, name="settle", asks="费用结算").on_success(heard.append)
    operation.on_parked(lambda: heard.append("parked")).run()
    WaitPanel.of(page)._park.trigger()
    assert heard == ["parked"]
    assert not page.keys.locked()
    assert Operation(page, lambda: None, name="settle").run()
    gate.open()
    qtbot.waitUntil(lambda: not Operation.under_way())
    (message,) = page.context.messages.of("outpatient")
    assert message.kind == "done"
    assert "费用结算" in message.text
    assert heard == ["parked"]


def test_a_page_may_follow_its_parked_call(page, qtbot):
    gate, heard = Gate(ENDINGS["rejected"]), []
    operation = Operation(page, gate, name="settle").on_ending(heard.append).also_when_parked()
    operation.on_parked(lambda: None).run()
    operation.park()
    gate.open()
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [ENDINGS["rejected"]]
    assert page.context.messages.of("outpatient") == ()


@pytest.mark.parametrize("ending", ["rejected", "not_sent", "unknown"])
def test_a_parked_ending_is_never_silent(page, qtbot, ending):
    gate = Gate(ENDINGS[ending])
    operation = Operation(page, gate, asks="登记").on_parked(lambda: None)
    operation.run()
    operation.park()
    gate.open()
    qtbot.waitUntil(lambda: not Operation.under_way())
    assert "登记" in page.context.messages.of("outpatient")[0].text


def test_long_work_shows_k_of_n_and_stops_after_the_batch(page, qtbot):
    stop, gate = StopFlag(), Gate()
    Operation(page, gate, name="upload_fees").stoppable(stop).run()
    panel = WaitPanel.of(page)
    page.context.desk.events.announce(Progress("upload_fees", "MZ1", 60, 250))
    qtbot.waitUntil(lambda: "60 / 250" in panel._counts.text())
    assert not stop()
    panel._stop.trigger()
    assert stop()
    assert not panel._stop.isEnabled()
    gate.open()
    qtbot.waitUntil(lambda: not Operation.under_way())


def test_an_answer_for_a_page_that_is_gone_is_dropped(context, qtbot):
    class Page(Screen):
        name = "refund"

    page, gate, heard = Page(context), Gate(), []
    Operation(page, gate).on_success(heard.append).run()
    gate.started.wait(30)
    page.deleteLater()
    qtbot.waitUntil(lambda: not _lives(page))
    gate.open()
    qtbot.waitUntil(lambda: not Operation._alive)
    assert heard == []


def _lives(page):
    from gui.bridge import lives

    return lives(page)


def test_silent_reading_locks_nothing_and_waits_for_nobody(page, qtbot):
    gate, heard = Gate(), []
    Operation(page, gate, name="settle").run()
    assert (
        Operation(page, lambda: 3, name="count", lane="io").silent().on_success(heard.append).run()
    )
    qtbot.waitUntil(lambda: heard == [3])
    assert [item.name for item in Operation.under_way()] == ["settle"]
    gate.open()
    qtbot.waitUntil(lambda: not Operation.under_way())
    assert not page.keys.locked()


def test_silent_reading_says_nothing_when_refused(page, qtbot):
    def refuse():
        raise Refused(fault("form.required", "id", label="工号"))

    finished(qtbot, Operation(page, refuse).silent())
    assert page.context.messages.of("outpatient") == ()


def test_an_operation_needs_a_page(qtbot):
    lonely = QLineEdit()
    qtbot.addWidget(lonely)
    with pytest.raises(LookupError):
        host_of(lonely)


@pytest.mark.parametrize("value", [None, 7, (), ("a",), object()])
def test_a_plain_value_is_no_ending(value):
    assert ending_of(value) is None
