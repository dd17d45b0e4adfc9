"""Daily fees: the whole worklist in one go, the difference table, single lines back, refunds."""

from __future__ import annotations

import pytest

from core.domain.stay import Difference
from core.errors import Refused
from core.events import Progress
from core.outcome import Accepted
from core.service.stay_lines import known_differences
from tests.helpers import stays as ward
from tests.helpers.agreement import assert_agree


def ends(report):
    return {item.name: item.ended for item in report.stays}


def heard(desk):
    found: list[Progress] = []
    desk.events.listen(lambda event: found.append(event) if isinstance(event, Progress) else None)
    return found


# -- the worklist


def test_all_stays_go_up_and_a_second_run_finds_nothing(world, desk):
    for name in (ward.READY, ward.REFUNDED, ward.UNMAPPED, ward.SHORT):
        ward.admitted(desk, name)
    told = heard(desk)
    report = desk.stays.upload_all()
    assert ends(report) == {
        ward.READY: "sent", ward.REFUNDED: "sent", ward.SHORT: "sent", ward.UNMAPPED: "refused",
    }  # fmt: skip
    assert not report.whole and report.lines == 100 + 87 + 43
    [blocked] = [item for item in report.stays if item.ended == "refused"]
    assert "对照" in blocked.text and blocked.missing == 27
    over_all = [item for item in told if item.name == "upload_all"]
    assert [item.done for item in over_all] == sorted(item.done for item in over_all)
    assert (over_all[-1].done, over_all[0].total) == (230, 257)
    sent = world.gateway.sent.count("2204")
    again = desk.stays.upload_all()
    assert ends(again)[ward.READY] == "nothing" and again.lines == 0
    assert world.gateway.sent.count("2204") == sent
    for item in report.stays:
        assert_agree(desk, world.books(), item.visit_no)


def test_it_stops_after_the_batch_and_goes_on_where_it_stopped(world, desk):
    for name in (ward.READY, ward.SHORT):
        ward.admitted(desk, name)
    asked = iter([False, True])
    report = desk.stays.upload_all(stop=lambda: next(asked, True))
    assert report.stopped and [item.ended for item in report.stays] == ["stopped", "left"]
    assert (report.stays[0].lines, report.stays[0].missing) == (60, 40)
    assert report.stays[1].missing == 43 and "从这里继续" in report.stays[1].text
    assert desk.stays.upload_all().lines == 40 + 43
    assert desk.stays.upload_all().whole


def test_an_unknown_ending_does_not_hold_up_the_others(world, desk):
    for name in (ward.READY, ward.REFUNDED, ward.SHORT):
        ward.admitted(desk, name)
    world.fault("reply_lost", "2204")
    report = desk.stays.upload_all()
    assert sorted(ends(report).values()) == ["sent", "sent", "unknown"]
    [lost] = [item for item in report.stays if item.ended == "unknown"]
    [held] = [item for item in desk.stays.upload_all().stays if item.ended == "open"]
    assert held.visit_no == lost.visit_no and held.msgid == lost.msgid in held.text
    world.resolve(desk)
    assert desk.stays.upload_all().whole
    assert_agree(desk, world.books(), lost.visit_no)


def test_a_line_that_is_down_ends_the_run(world, desk):
    for name in (ward.READY, ward.REFUNDED, ward.SHORT):
        ward.admitted(desk, name)
    world.fault("request_lost", "2204", times=9)
    assert [item.ended for item in desk.stays.upload_all().stays] == ["unknown", "unknown", "left"]
    world.order("CLEAR")
    world.resolve(desk)
    world.gateway.unsent = True
    report = desk.stays.upload_all()
    assert [item.ended for item in report.stays] == ["not_sent", "left", "left"]
    world.gateway.unsent = False
    assert desk.stays.upload_all().whole


def test_a_stay_without_any_fee_yet_is_nothing_wrong(world, desk, monkeypatch):
    visit_no = ward.admitted(desk, ward.TODAY)
    monkeypatch.setattr(desk.hospital, "fee_lines", lambda number: ())
    there = desk.hospital.stay(visit_no).model_copy(update={"line_count": 0, "amount": 0})
    monkeypatch.setattr(desk.hospital, "stays", lambda: (there,))
    report = desk.stays.upload_all()
    assert report.whole and ends(report) == {ward.TODAY: "nothing"}


def test_named_stays_alone_go_up_and_each_once(world, desk):
    visit_no = ward.admitted(desk, ward.SHORT)
    ward.admitted(desk, ward.READY)
    report = desk.stays.upload_all([visit_no, f" {visit_no} ", ward.number(desk, ward.LONG)])
    assert ends(report) == {ward.SHORT: "sent", ward.LONG: "refused"}


def test_what_another_window_works_on_is_left_to_it(world, desk, monkeypatch):
    visit_no = ward.admitted(desk, ward.SHORT)
    row = desk.stays.open(visit_no).row
    world.fault("reply_lost", "2203")
    lost = desk.stays.change(visit_no, {"bed": "09-09"}).msgid
    before = desk.visits.read(visit_no).model_copy(update={"open_msgid": ""})
    monkeypatch.setattr(desk.stays._rows, "one", lambda number: row)
    monkeypatch.setattr(desk.visits, "read", lambda number: before)
    [only] = desk.stays.upload_all([visit_no]).stays
    assert (only.ended, only.msgid, only.lines) == ("open", lost, 0)


def test_a_refusal_of_the_centre_is_told_in_its_words(world, desk):
    visit_no = ward.admitted(desk, ward.SHORT)
    world.order("RULE", name="batch", value=5)
    [only] = desk.stays.upload_all([visit_no]).stays
    assert only.ended == "refused" and only.text and only.msgid and only.missing == 43


# -- the difference table


def test_each_line_is_compared_at_three_places(world, desk):
    visit_no = ward.uploaded(desk, ward.READY)
    rows = desk.stays.differences(visit_no)
    assert len(rows) == 100 and all(row.kind is Difference.NONE and not row.why for row in rows)
    assert all(row.hospital == row.uploaded == row.centre for row in rows)
    assert any(row.memo for row in rows)
    assert desk.stays.open(visit_no).differences == ()


def test_every_kind_of_difference_is_named(world, desk, monkeypatch):
    visit_no = ward.uploaded(desk, ward.READY)
    lines = list(desk.hospital.fee_lines(visit_no))
    changed = lines[1].model_copy(update={"amount": lines[1].amount + 1})
    new = lines[2].model_copy(update={"line_id": "NEU", "ref_line_id": ""})
    world.centre.books.change_all("line", {"line_id": lines[3].line_id}, amount=7)
    world.centre.books.change_all("line", {"line_id": lines[4].line_id}, removed_by="X")
    with desk.journal.commit():
        desk.journal.ledger.drop_uploaded(visit_no, [lines[5].line_id])
    now = (*lines[2:], changed, new)
    monkeypatch.setattr(desk.hospital, "fee_lines", lambda number: now)
    found = {row.line_id: row for row in desk.stays.differences(visit_no)}
    kinds = {number: row.kind for number, row in found.items() if row.kind is not Difference.NONE}
    assert kinds == {
        lines[0].line_id: Difference.NOT_IN_HOSPITAL, lines[1].line_id: Difference.AMOUNT_CHANGED,
        "NEU": Difference.NOT_UPLOADED, lines[3].line_id: Difference.CENTRE_AMOUNT,
        lines[4].line_id: Difference.NOT_AT_CENTRE, lines[5].line_id: Difference.NOT_OURS,
    }  # fmt: skip
    assert all(row.why.endswith("。") for row in found.values() if row.kind is not Difference.NONE)
    assert found[lines[0].line_id].line is None and found[lines[0].line_id].rx_no
    alone = {row.kind for row in known_differences(desk.visits.read(visit_no))}
    assert alone == {
        Difference.NOT_IN_HOSPITAL, Difference.AMOUNT_CHANGED, Difference.NOT_UPLOADED,
    }  # fmt: skip


def test_half_a_list_compares_nothing(world, desk):
    visit_no = ward.uploaded(desk, ward.READY)
    world.fault("request_lost", "9104")
    with pytest.raises(Refused, match="没有答复"):
        desk.stays.differences(visit_no)


# -- lines back


def test_one_line_one_prescription_or_all_are_taken_back(world, desk):
    visit_no = ward.uploaded(desk, ward.READY)
    lines = desk.hospital.fee_lines(visit_no)
    desk.stays.presettle(visit_no)
    first = desk.stays.remove(visit_no, line_id=lines[0].line_id)
    assert len(first.visit.uploaded) == 99 and first.visit.presettlement is None
    rest = sum(line.rx_no == lines[0].rx_no for line in lines) - 1
    second = desk.stays.remove(visit_no, rx_no=lines[0].rx_no)
    assert len(second.visit.uploaded) == 99 - rest
    assert_agree(desk, world.books(), visit_no)
    assert isinstance(desk.stays.upload(visit_no).outcome, Accepted)
    assert desk.stays.remove(visit_no).visit.uploaded == ()
    assert_agree(desk, world.books(), visit_no)


def test_what_is_not_there_is_not_taken_back(world, desk):
    visit_no = ward.uploaded(desk, ward.SHORT)
    with pytest.raises(Refused, match="没有已上传的明细"):
        desk.stays.remove(visit_no, line_id="NOWHERE")
    assert "2205" not in world.gateway.sent


@pytest.mark.parametrize(("rule", "word"), [("counter_entry", "退费行"), ("forbidden", "经办机构")])
def test_where_the_centre_forbids_it_the_desk_says_what_to_do(world, desk, monkeypatch, rule, word):
    visit_no = ward.uploaded(desk, ward.SHORT)
    can = desk.centre.profile.capabilities.model_copy(update={"delete_fees": rule})
    profile = desk.centre.profile.model_copy(update={"capabilities": can})
    monkeypatch.setattr(desk.centre, "profile", profile)
    for call in (
        lambda: desk.stays.remove(visit_no),
        lambda: desk.stays.cancel_admission(visit_no, "登记错误"),
    ):
        with pytest.raises(Refused, match=word):
            call()
    assert "2205" not in world.gateway.sent


# -- refunds


def test_a_refund_follows_its_original_and_holds_it_at_the_centre(world, desk):
    visit_no = ward.uploaded(desk, ward.REFUNDED)
    lines = {line.line_id: line for line in desk.hospital.fee_lines(visit_no)}
    back = [line for line in lines.values() if line.amount < 0]
    assert len(back) == 2 and all(line.ref_line_id in lines for line in back)
    with pytest.raises(Refused, match="已有退费行"):
        desk.stays.remove(visit_no, line_id=back[0].ref_line_id)
    desk.stays.remove(visit_no, line_id=back[0].line_id)
    desk.stays.remove(visit_no, line_id=back[0].ref_line_id)
    assert_agree(desk, world.books(), visit_no)


def test_a_refund_that_comes_first_is_sent_after_its_original(world, desk, monkeypatch):
    visit_no = ward.admitted(desk, ward.REFUNDED)
    lines = tuple(reversed(desk.hospital.fee_lines(visit_no)))
    monkeypatch.setattr(desk.hospital, "fee_lines", lambda number: lines)
    assert isinstance(desk.stays.upload(visit_no).outcome, Accepted)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"ref_line_id": "NOWHERE"}, "原"),
        ({"quantity": -900}, "超过"),
        ({"price": 2, "amount": 2}, "超过原行金额"),
    ],
)
def test_a_refund_that_does_not_fit_its_original_blocks(desk, monkeypatch, change, word):
    visit_no = ward.admitted(desk, ward.REFUNDED)
    lines = list(desk.hospital.fee_lines(visit_no))
    place = next(i for i, line in enumerate(lines) if line.amount < 0)
    line = lines[place]
    wrong = {
        name: getattr(line, name) * value if isinstance(value, int) and value > 0 else value
        for name, value in change.items()
    }
    if "quantity" in wrong:
        wrong["amount"] = int(line.price * wrong["quantity"] * 100)
    lines[place] = line.model_copy(update=wrong)
    monkeypatch.setattr(desk.hospital, "fee_lines", lambda number: tuple(lines))
    with pytest.raises(Refused, match=word):
        desk.stays.upload(visit_no)


# -- lines of a file


def test_files_of_later_days_are_laid_beside_the_first(desk):
    visit_no = ward.admitted(desk, ward.SHORT)
    lines = desk.hospital.fee_lines(visit_no)
    desk.stays.use_lines(visit_no, lines[:10])
    ward.accepted(desk.stays.upload(visit_no))
    visit = desk.stays.use_lines(visit_no, lines[5:20])
    assert [line.line_id for line in visit.lines] == [line.line_id for line in lines[:20]]
    ward.accepted(desk.stays.upload(visit_no))
    assert desk.stays.open(visit_no).row.lines_missing == 0
    other = lines[0].model_copy(update={"amount": lines[0].amount + 1})
    with pytest.raises(Refused, match="另一金额"):
        desk.stays.use_lines(visit_no, [other])
