"""Appeals against a simulated centre: lists, deadlines, drafts, 3101 and its four endings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.domain.deduction import AppealState
from core.errors import InvalidInput, Refused
from core.money import show
from core.outcome import Accepted, NotSent, Rejected, Unknown
from tests.helpers.audits import PDF, WORDS, Audited


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    made = Audited(tmp_path_factory.mktemp("appeals"))
    yield made
    made.close()


@pytest.fixture(autouse=True)
def calm(audited: Audited) -> Iterator[None]:
    """No order of one test reaches the next."""
    yield
    audited.world.gateway.unsent = False
    audited.world.order("CLEAR")
    audited.world.resolve(audited.desk)


# -- the list


def test_a_deduction_is_kept_with_everything_the_centre_said(audited: Audited) -> None:
    line = audited.lines[0]
    item = audited.listed(line.amount, "超限制使用范围")
    assert (item.visit_no, item.bill_no) == (audited.visit_no, audited.bill_no)
    assert (item.line_id, item.amount, item.deducted) == (line.line_id, line.amount, line.amount)
    assert item.reason == "超限制使用范围" and item.person_name == "沈建国"
    assert item.state is AppealState.OPEN and item.code == "0" and not item.drafted
    assert item.audited_at is not None and item.appeal_until is not None
    assert (item.appeal_until - item.audited_at).days == 30


def test_the_kept_list_needs_no_centre(audited: Audited) -> None:
    item = audited.listed()
    audited.world.gateway.unsent = True
    found = audited.fetch()
    assert isinstance(found.outcome, NotSent) and not found.whole
    assert item.ded_id in {one.ded_id for one in audited.appeals.find()}
    assert audited.appeals.evidence(item).line is not None
    assert audited.appeals.deadline(item).days == 30


def test_many_pages_are_read_whole(audited: Audited) -> None:
    audited.world.order("RULE", name="page_size", value=2)
    try:
        numbers = {audited.deduct(10 + place) for place in range(5)}
        found = audited.fetch()
    finally:
        audited.world.order("RULE", name="page_size", value=50)
    assert found.whole and found.fresh == 5
    assert numbers <= {one.ded_id for one in audited.appeals.find()}


def test_a_page_that_fails_changes_nothing(audited: Audited) -> None:
    item = audited.listed()
    audited.withdraw(item.ded_id)
    audited.world.fault("refuse", "9106")
    found = audited.fetch()
    assert isinstance(found.outcome, Rejected) and not found.whole
    assert audited.appeals.item(item.ded_id).state is AppealState.OPEN


def test_a_second_look_counts_what_changed(audited: Audited) -> None:
    first, second = audited.listed(), audited.listed()
    again = audited.fetch()
    assert (again.fresh, again.changed, again.gone) == (0, 0, 0)
    audited.decide(first.ded_id, "2")
    audited.withdraw(second.ded_id)
    found = audited.fetch()
    assert (found.fresh, found.changed, found.gone) == (0, 1, 1)
    assert audited.appeals.item(first.ded_id).state is AppealState.UPHELD
    assert audited.appeals.item(second.ded_id).state is AppealState.GONE
    assert audited.fetch().gone == 0


def test_what_comes_back_is_open_again(audited: Audited) -> None:
    item = audited.listed()
    audited.withdraw(item.ded_id)
    audited.fetch()
    audited.withdraw(item.ded_id, hidden=False)
    assert audited.fetch().changed == 1
    assert audited.appeals.item(item.ded_id).state is AppealState.OPEN
    kinds = [event.kind for event in audited.appeals.history(item.ded_id)]
    assert kinds == ["new", "gone", "back"]


def test_another_amount_and_another_deadline_stand_in_the_history(audited: Audited) -> None:
    item = audited.listed(100)
    books = audited.world.centre.books
    row = books.one("deduction", ded_id=item.ded_id)
    assert row is not None
    books.change("deduction", row["id"], deducted=60, appeal_ends="20260401120000")
    audited.fetch()
    events = {event.kind: event.text for event in audited.appeals.history(item.ded_id)}
    assert events["deducted"] == "1.00 → 0.60"
    assert events["until"] == "2026-04-01 12:00"


def test_a_draft_survives_the_next_look(audited: Audited) -> None:
    item = audited.written()
    audited.fetch()
    assert audited.appeals.draft(item.ded_id).reason == WORDS
    assert audited.appeals.item(item.ded_id).drafted


@pytest.mark.parametrize(
    ("begin", "end", "word"), [(1, 0, "不能晚于"), (0, 500, "最多")]
)  # fmt: skip
def test_a_faulty_period_is_refused(audited: Audited, begin: int, end: int, word: str) -> None:
    from datetime import timedelta

    first = audited.today + timedelta(days=begin)
    with pytest.raises(InvalidInput, match=word):
        audited.appeals.fetch(first, audited.today + timedelta(days=end))


def test_lists_by_text_state_and_period(audited: Audited) -> None:
    from datetime import timedelta

    item = audited.listed(77, "重复收费")
    find = audited.appeals.find
    assert item.ded_id in {one.ded_id for one in find("重复")}
    assert [one.ded_id for one in find(item.ded_id)] == [item.ded_id]
    assert find("没有这样的字") == ()
    assert all(one.state is AppealState.OPEN for one in find(state="open"))
    assert item.ded_id in {one.ded_id for one in find(state="may")}
    assert item.ded_id not in {one.ded_id for one in find(state="waiting")}
    old = audited.today - timedelta(days=400)
    assert find(begin=old, end=old) == ()
    assert item.ded_id in {one.ded_id for one in find(begin=audited.today, end=audited.today)}


def test_what_ends_soon_stands_first_and_is_counted(audited: Audited) -> None:
    item = audited.listed()
    books = audited.world.centre.books
    row = books.one("deduction", ded_id=item.ded_id)
    assert row is not None
    counts = []
    for ends in ("20260304100000", "20260302230000", "20260301090000"):
        books.change("deduction", row["id"], appeal_ends=ends)
        audited.fetch()
        pressing = audited.appeals.pressing()
        counts.append((pressing.soon, pressing.today, pressing.overdue))
        assert audited.appeals.find()[0].ded_id == item.ded_id
    assert counts == [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    assert [one.ded_id for one in audited.appeals.find(due_within=-1)] == [item.ded_id]
    assert item.ded_id not in {one.ded_id for one in audited.appeals.find(due_within=60)}


def test_sums_by_reason(audited: Audited) -> None:
    audited.listed(30, "床位费超标准")
    sent = audited.listed(50, "床位费超标准")
    audited.appeals.save(sent.ded_id, 40, WORDS)
    audited.appeals.send(sent.ded_id)
    (row,) = audited.appeals.sums(text="床位费")
    assert (row.count, row.deducted, row.appealed, row.upheld) == (2, 80, 40, 0)
    audited.decide(sent.ded_id, "2")
    audited.fetch()
    (row,) = audited.appeals.sums(text="床位费")
    assert row.upheld == 40


def test_a_strange_number_is_refused(audited: Audited) -> None:
    with pytest.raises(Refused, match="F5"):
        audited.appeals.item("KK-none")


# -- evidence


def test_our_lines_stand_beside_the_deducted_one(audited: Audited) -> None:
    evidence = audited.appeals.evidence(audited.listed(line=2))
    assert len(evidence.lines) == len(audited.lines) and evidence.problem is None
    assert evidence.line is not None and evidence.line.line_id == audited.lines[2].line_id
    assert evidence.line.sent == evidence.line.amount == audited.lines[2].amount
    assert evidence.registration is not None


def test_a_visit_of_another_desk_has_no_lines_and_says_so(audited: Audited) -> None:
    item = audited.listed().model_copy(update={"visit_no": "ELSEWHERE"})
    evidence = audited.appeals.evidence(item)
    assert evidence.lines == () and evidence.problem is not None
    assert "ELSEWHERE" in evidence.problem.text and evidence.line is None


def test_uploaded_lines_stand_in_for_a_hospital_that_cannot_be_asked(
    audited: Audited, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.errors import SetupError, fault

    def silent(visit_no: str) -> None:
        raise SetupError(fault("appeals.no_lines", visit=visit_no))

    monkeypatch.setattr(audited.desk.visits, "lines", silent)
    evidence = audited.appeals.evidence(audited.listed())
    assert evidence.problem is not None and len(evidence.lines) == len(audited.lines)
    assert evidence.line is not None and evidence.line.price is None


# -- writing


def test_an_empty_draft_is_about_everything(audited: Audited) -> None:
    item = audited.listed(60)
    draft = audited.appeals.draft(item.ded_id)
    assert (draft.amount, draft.reason, draft.attachments, draft.saved_at) == (60, "", (), None)


def test_what_is_written_survives_a_restart(audited: Audited) -> None:
    item = audited.listed()
    audited.appeals.save(item.ded_id, 80, "写了一半", "0990-1234567")
    with audited.world.desk() as other:
        draft = other.appeals.draft(item.ded_id)
    assert (draft.amount, draft.reason, draft.phone) == (80, "写了一半", "0990-1234567")
    assert draft.saved_at is not None


@pytest.mark.parametrize(
    ("words", "left", "strange"),
    [
        ("", 1000, ""), ("申诉", 996, ""), ("a\nb", 997, ""), ("长" * 501, -2, ""),
        ("\U00020bb7", 999, "\U00020bb7"),
    ],
)  # fmt: skip
def test_room_is_counted_in_bytes_of_the_wire(
    audited: Audited, words: str, left: int, strange: str
) -> None:
    room = audited.appeals.room(words)
    assert (room.left, room.strange) == (left, strange)


@pytest.mark.parametrize(
    ("amount", "words", "keys"),
    [
        (100, WORDS, []),
        (0, WORDS, ["appeals.why.amount"]),
        (-1, WORDS, ["appeals.why.amount"]),
        (101, WORDS, ["appeals.why.amount"]),
        (100, " \n", ["appeals.why.reason"]),
        (100, "长" * 501, ["appeals.why.too_long"]),
        (100, "𠮷", ["appeals.why.strange"]),
        (0, "", ["appeals.why.amount", "appeals.why.reason"]),
    ],
)
def test_everything_that_is_wrong_is_told_at_once(
    audited: Audited, amount: int, words: str, keys: list[str]
) -> None:
    item = audited.listed(100)
    draft = audited.appeals.save(item.ded_id, amount, words)
    found = audited.appeals.faults(item, draft)
    assert [one.key for one in found] == keys
    if keys:
        sent = len(audited.world.gateway.sent)
        with pytest.raises(Refused) as refused:
            audited.appeals.send(item.ded_id)
        assert [one.key for one in refused.value.faults] == keys
        assert len(audited.world.gateway.sent) == sent


# -- sending


def test_an_appeal_with_a_file_is_taken_once(audited: Audited) -> None:
    item = audited.written()
    audited.appeals.attach(item.ded_id, "C:\\扫描\\病历.PDF", PDF)
    result = audited.appeals.send(item.ded_id)
    assert isinstance(result.outcome, Accepted)
    assert result.item.state is AppealState.WAITING and result.item.msgid == result.msgid
    (row,) = audited.booked(item.ded_id)
    assert (row["amount"], row["attachments"], row["reason"]) == (100, 1, WORDS)
    assert (row["appeal_no"], row["msgid"]) == (result.item.appeal_no, result.msgid)
    with pytest.raises(Refused, match="正在等中心审核"):
        audited.appeals.send(item.ded_id)
    with pytest.raises(Refused):
        audited.appeals.save(item.ded_id, 1, "晚了")
    kinds = [event.kind for event in audited.appeals.history(item.ded_id)]
    assert kinds == ["new", "attached", "sent"]


def test_the_whole_deduction_can_be_sent_without_saving_twice(audited: Audited) -> None:
    item = audited.listed(90)
    audited.appeals.save(item.ded_id, 90, "  理由第一行\n第二行  ")
    audited.appeals.send(item.ded_id)
    assert audited.booked(item.ded_id)[0]["reason"] == "理由第一行\n第二行"


@pytest.mark.parametrize(
    ("code", "state"), [("2", AppealState.UPHELD), ("3", AppealState.DISMISSED)]
)
def test_the_centres_decision_is_followed(audited: Audited, code: str, state: AppealState) -> None:
    item = audited.written()
    audited.appeals.send(item.ded_id)
    audited.decide(item.ded_id, code)
    audited.fetch()
    decided = audited.appeals.item(item.ded_id)
    assert decided.state is state and decided.appeal_no
    assert audited.appeals.deadline(decided).urgency == "closed"
    with pytest.raises(Refused):
        audited.appeals.send(item.ded_id)


def test_a_code_nobody_knows_is_shown_and_not_appealed(audited: Audited) -> None:
    item = audited.written()
    audited.decide(item.ded_id, "9")
    audited.fetch()
    strange = audited.appeals.item(item.ded_id)
    assert strange.state is AppealState.OTHER and audited.appeals.word("9") == "9"
    assert audited.appeals.word("3") == "申诉驳回"
    assert [one.key for one in audited.appeals.faults(strange, audited.appeals.draft(item.ded_id))]


def test_what_the_centre_hands_back_may_be_sent_again(audited: Audited) -> None:
    item = audited.written()
    audited.appeals.send(item.ded_id)
    audited.decide(item.ded_id, "0")
    audited.fetch()
    assert audited.appeals.item(item.ded_id).state is AppealState.RETURNED
    audited.appeals.save(item.ded_id, 100, "补充理由")
    assert audited.appeals.draft(item.ded_id).reason == "补充理由"


def test_a_refusal_is_shown_in_the_centres_words(audited: Audited) -> None:
    item = audited.written()
    audited.world.fault("refuse", "3101", text="申诉材料不全")
    result = audited.appeals.send(item.ded_id)
    assert isinstance(result.outcome, Rejected) and result.outcome.text == "申诉材料不全"
    assert result.item.state is AppealState.OPEN and audited.booked(item.ded_id) == []
    assert audited.appeals.history(item.ded_id)[-1].text == "申诉材料不全"
    assert isinstance(audited.appeals.send(item.ded_id).outcome, Accepted)


def test_what_never_left_changes_nothing(audited: Audited) -> None:
    item = audited.written()
    audited.world.gateway.unsent = True
    result = audited.appeals.send(item.ded_id)
    assert isinstance(result.outcome, NotSent)
    assert result.item.state is AppealState.OPEN and result.item.drafted


def test_a_lost_answer_is_found_in_the_centres_list(audited: Audited) -> None:
    item = audited.written()
    audited.world.fault("reply_lost", "3101", ending="status")
    result = audited.appeals.send(item.ded_id)
    assert isinstance(result.outcome, Unknown)
    assert audited.appeals.open_msgid(item) == result.msgid
    with pytest.raises(Refused, match="结果未定"):
        audited.appeals.save(item.ded_id, 1, "等不及")
    audited.world.resolve(audited.desk)
    found = audited.appeals.item(item.ded_id)
    assert found.state is AppealState.WAITING and found.msgid == result.msgid
    assert not found.appeal_no and audited.appeals.open_msgid(item) == ""
    assert len(audited.booked(item.ded_id)) == 1


def test_a_request_that_was_lost_is_void_and_may_be_sent_again(audited: Audited) -> None:
    item = audited.written()
    audited.world.fault("request_lost", "3101", ending="status")
    assert isinstance(audited.appeals.send(item.ded_id).outcome, Unknown)
    audited.world.resolve(audited.desk)
    assert audited.appeals.item(item.ded_id).state is AppealState.OPEN
    assert audited.booked(item.ded_id) == []
    assert isinstance(audited.appeals.send(item.ded_id).outcome, Accepted)
    assert len(audited.booked(item.ded_id)) == 1


def test_a_message_delivered_twice_is_one_appeal(audited: Audited) -> None:
    item = audited.written()
    audited.world.fault("duplicate", "3101", answer="second")
    result = audited.appeals.send(item.ded_id)
    audited.world.resolve(audited.desk)
    assert not isinstance(result.outcome, Rejected)
    assert audited.appeals.item(item.ded_id).state is AppealState.WAITING
    assert len(audited.booked(item.ded_id)) == 1


def test_a_damaged_attachment_stops_the_appeal(audited: Audited) -> None:
    item = audited.written()
    draft = audited.appeals.attach(item.ded_id, "a.pdf", PDF + item.ded_id.encode())
    digest = draft.attachments[0].digest
    path = audited.desk.journal.path.parent / "archive" / digest[:2] / digest
    path.unlink()
    with pytest.raises(Refused, match="重新添加"):
        audited.appeals.send(item.ded_id)
    assert audited.booked(item.ded_id) == []


def test_an_overdue_deduction_is_not_sent(audited: Audited) -> None:
    item = audited.written()
    audited.world.clock.advance(31 * 86_400)
    try:
        with pytest.raises(Refused, match="已过"):
            audited.appeals.send(item.ded_id)
    finally:
        audited.world.clock.advance(-31 * 86_400)


def test_the_journal_masks_what_was_attached(audited: Audited) -> None:
    item = audited.written()
    audited.appeals.attach(item.ded_id, "b.pdf", PDF)
    result = audited.appeals.send(item.ded_id)
    texts = [entry.payload for entry in audited.desk.history.timeline(result.msgid)]
    assert any(texts) and not any("JVBERi" in text for text in texts)
    assert audited.desk.journal.transaction(result.msgid).amount == 100
    assert show(100) == "1.00"
