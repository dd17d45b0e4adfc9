"""The banner bus: by page, newest first, kept until the page exists, never without limit."""

from __future__ import annotations

import pytest

from core.errors import InvalidInput, fault
from core.outcome import Accepted, NotSent, Rejected, Unknown
from gui.messages import (
    KEPT_PER_PAGE,
    Advice,
    Message,
    Messages,
    advice_for,
    of_bug,
    of_outcome,
    of_refusal,
)


@pytest.fixture
def bus():
    return Messages()


def test_what_was_said_before_the_page_existed_is_kept(bus):
    bus.say("pending", Message("info", "早到"))
    heard = []
    bus.listen("pending", heard.append)
    assert [item.text for item in heard[0]] == ["早到"]


def test_pages_do_not_hear_each_other(bus):
    heard = []
    bus.listen("refund", heard.append)
    bus.say("pending", Message("info", "别处"))
    assert heard == []


def test_the_newest_stands_on_top(bus):
    bus.say("p", Message("info", "一"))
    bus.say("p", Message("info", "二"))
    assert [item.text for item in bus.of("p")] == ["二", "一"]


def test_the_same_key_replaces(bus):
    bus.say("p", Message("info", "一", key="k"))
    bus.say("p", Message("info", "旁"))
    bus.say("p", Message("done", "二", key="k"))
    assert [item.text for item in bus.of("p")] == ["二", "旁"]


def test_saying_the_same_twice_shows_it_once(bus):
    for _ in range(2):
        bus.say("p", Message("info", "一"))
    assert len(bus.of("p")) == 1


def test_there_is_a_limit(bus):
    for number in range(KEPT_PER_PAGE + 5):
        bus.say("p", Message("info", str(number)))
    assert len(bus.of("p")) == KEPT_PER_PAGE


def test_one_or_all_can_be_taken_away(bus):
    one, two = Message("info", "一"), Message("info", "二")
    heard = []
    unlisten = bus.listen("p", heard.append)
    bus.say("p", one)
    bus.say("p", two)
    bus.withdraw("p", one)
    assert bus.of("p") == (two,)
    bus.clear("p")
    assert heard[-1] == ()
    unlisten()
    unlisten()
    bus.say("p", one)
    assert heard[-1] == ()


def test_accepted_needs_no_banner():
    assert of_outcome(Accepted()) is None


def test_the_centres_words_stand_unchanged():
    message = of_outcome(Rejected("-1", "[张示例]待遇不可享受{原因}"), "H1")
    assert message.text == "[张示例]待遇不可享受{原因}"
    assert (message.kind, message.code, message.msgid) == ("danger", "-1", "H1")


def test_a_silent_refusal_is_still_a_sentence():
    assert of_outcome(Rejected("-1", "")).text


@pytest.mark.parametrize("outcome", [NotSent("nothing.like.it", ""), Unknown("no.such", "没答复")])
def test_every_ending_says_whether_money_is_affected(outcome):
    message = of_outcome(outcome)
    assert message.text
    assert "资金" in message.advice.money
    assert message.advice.do


def test_unknown_is_never_worded_as_failed():
    message = of_outcome(Unknown("timeout", "20 秒未答复"))
    assert message.kind == "unknown"
    assert "可能已成功" in message.text
    assert "失败" not in message.text


def test_all_faults_are_one_banner():
    error = InvalidInput(
        [fault("form.required", "a", label="甲"), fault("form.required", "b", label="乙")]
    )
    assert of_refusal(error).text.count("\n") == 1


def test_a_bug_names_itself():
    assert "KeyError" in of_bug(KeyError("x")).text


def test_advice_is_read_in_order_and_may_be_empty():
    assert Advice("甲", "", "丙").sentences() == ("甲", "丙")
    assert advice_for("no.such.cause") == Advice()
