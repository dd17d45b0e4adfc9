"""9106 and 3101 on the wire: what leaves, what the centre takes, what it answers and refuses."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from core.centre.port import Header
from core.clock import CHINA
from core.domain.deduction import AppealState
from core.errors import InvalidInput
from core.gateway.port import NoReply, Reply
from core.outcome import Accepted, Rejected, Unknown
from tests.helpers.audits import PDF, WORDS, Audited
from tests.helpers.journals import moment
from tests.helpers.wire import zjs

HEAD = Header("H99000000001202603020900001001", "20260302090000", "0101", "甲", "S1")
BODY: dict[str, Any] = {
    "deduction_id": "KK1", "visit_no": "MZ1", "bill_no": "MZ1-1", "line_id": "L1", "amount": 123450,
    "reason": WORDS, "appellant": "甲", "phone": "0990", "appealed_at": moment(9, 5),
    "attachments": [],
}  # fmt: skip


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    made = Audited(tmp_path_factory.mktemp("wire"))
    yield made
    made.close()


def sent_body(**changes: Any) -> dict[str, Any]:
    """The body of a 3101 as it leaves."""
    message = zjs().prepare("appeal", {**BODY, **changes}, HEAD)
    assert message.code == "3101" and message.payload == message.text.encode("gbk")
    body: dict[str, Any] = json.loads(message.text, parse_float=Decimal)["input"]
    return body


def listed(*rows: dict[str, Any]) -> Any:
    """How a reply of 9106 is read."""
    reply = {"infcode": 0, "err_msg": "", "output": list(rows)}
    payload = json.dumps(reply, ensure_ascii=False).encode("gbk")
    return zjs().read("deduction_list", Reply(0, payload, 1))


# -- what leaves


def test_an_appeal_carries_the_names_of_the_wire() -> None:
    content = base64.b64encode(PDF).decode()
    file = {"file_name": "病历.pdf", "file_type": "pdf", "content": content}
    body = sent_body(attachments=[file])
    assert body == {
        "ded_id": "KK1", "ipt_otp_no": "MZ1", "medrcdno": "MZ1-1", "feedetl_sn": "L1",
        "appeal_amt": Decimal("1234.50"), "appeal_reason": WORDS, "appeal_psn": "甲",
        "tel": "0990", "appeal_time": "20260302090500",
        "attachment": [{"file_name": "病历.pdf", "file_type": "pdf", "file_content": content}],
    }  # fmt: skip


def test_an_appeal_without_files_carries_an_empty_list_or_none() -> None:
    assert not sent_body().get("attachment")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"deduction_id": ""}, "deduction_id"),
        ({"visit_no": ""}, "visit_no"),
        ({"bill_no": ""}, "bill_no"),
        ({"reason": ""}, "reason"),
        ({"reason": "长" * 501}, "reason"),
        ({"reason": "a\x07b"}, "reason"),
        ({"amount": None}, "amount"),
        ({"amount": 10**16}, "amount"),
        ({"appealed_at": None}, "appealed_at"),
        ({"phone": "9" * 51}, "phone"),
    ],
)
def test_what_the_wire_cannot_carry_never_leaves(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        zjs().prepare("appeal", {**BODY, **changes}, HEAD)
    assert field in {item.field for item in refused.value.faults}


def test_a_message_beyond_the_largest_is_refused_as_a_whole() -> None:
    big = {"file_name": "a.pdf", "file_type": "pdf", "content": "A" * 600_000}
    with pytest.raises(InvalidInput, match="1048576"):
        zjs().prepare("appeal", {**BODY, "attachments": [big, big]}, HEAD)


def test_the_list_is_asked_by_moments_and_page() -> None:
    asked = {"begin": moment(0, 0, 1), "end": moment(23, 59, 2), "page": "2"}
    message = zjs().prepare("deduction_list", asked, HEAD)
    body = json.loads(message.text)["input"]
    assert message.code == "9106"
    assert (body["begindate"], body["enddate"]) == ("20260301000000", "20260302235900")
    assert str(body["pageNumber"]) == "2"


def test_the_journal_never_shows_the_file() -> None:
    content = base64.b64encode(PDF * 50).decode()
    file = {"file_name": "病历.pdf", "file_type": "pdf", "content": content}
    text = zjs().prepare("appeal", {**BODY, "attachments": [file]}, HEAD).text
    assert content in text and content not in zjs().mask(text)


# -- what comes


ROW = {
    "ded_id": "KK1", "ipt_otp_no": "MZ1", "medrcdno": "B1", "psn_no": 990010001,
    "psn_name": "沈建国", "feedetl_sn": "L1", "med_list_codg": "F1", "umamt": 12.5,
    "ded_amt": "3.20", "ded_reason": "超范围", "audit_time": "20260302080000",
    "appeal_end_time": "20260401", "appeal_stas": 0, "pageCount": "1",
}  # fmt: skip


def test_a_row_is_read_to_fen_and_moments() -> None:
    found = listed(ROW)
    assert isinstance(found, Accepted)
    (row,) = found.rows
    assert (row["amount"], row["deducted"]) == (1250, 320)
    assert row["audited_at"].astimezone(CHINA).hour == 8
    assert row["appeal_until"].astimezone(CHINA).day == 1
    assert (row["person_no"], row["appeal_state"], row["pages"]) == ("990010001", "0", "1")


@pytest.mark.parametrize(
    "changes",
    [
        {"umamt": None, "appeal_end_time": "", "psn_name": None},
        {"DED_AMT": "3.20"},
        {"appeal_stas": "9"},
        {"more": {"nested": 1}},
    ],
)
def test_rows_are_read_tolerantly(changes: dict[str, Any]) -> None:
    found = listed({**ROW, **changes})
    assert isinstance(found, Accepted) and found.rows[0]["deducted"] == 320


@pytest.mark.parametrize("missing", ["ded_id", "ded_amt"])
def test_a_row_without_number_or_amount_is_no_list(missing: str) -> None:
    row = {name: value for name, value in ROW.items() if name != missing}
    assert isinstance(listed(row), Unknown)


@pytest.mark.parametrize(
    ("payload", "ending"),
    [
        (b'{"infcode":0,"output":{"appeal_no":"SS1","appeal_stas":"1"}}', Accepted),
        (b'{"infcode":0,"output":{"APPEAL_NO":"SS1"}}', Accepted),
        (b'{"infcode":-1,"err_msg":"x"}', Rejected),
        (b'{"infcode":0,"output":{}}', Unknown),
        (b'{"infcode":0,"output":{"appeal_no"', Unknown),
        (b"", Unknown),
    ],
)
def test_only_a_number_makes_an_appeal_taken(payload: bytes, ending: type) -> None:
    assert isinstance(zjs().read("appeal", Reply(0, payload, 1)), ending)


def test_silence_is_unknown() -> None:
    assert isinstance(zjs().read("appeal", NoReply("deadline", "")), Unknown)


def test_a_second_appeal_is_recognised_by_the_centres_words() -> None:
    assert zjs().is_already_done(Rejected("-1", "扣款信息KK1已申诉，不能重复申诉"))
    assert not zjs().is_already_done(Rejected("-1", "扣款信息KK1的申诉期限已过"))


def test_an_unknown_appeal_is_asked_for_and_has_no_fence() -> None:
    rule = zjs().rule("appeal")
    assert (rule.query_step, rule.reverse_step, rule.effect) == ("deduction_list", "", "writes")
    assert not rule.repeatable and rule.needs_sign_in


# -- the centre's own refusals


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"deduction_id": "KK-none"}, "未查询到扣款信息"),
        ({"bill_no": "other"}, "不一致"),
        ({"amount": 101}, "大于扣款金额"),
        ({"amount": 0}, "大于零"),
    ],
)
def test_the_centre_refuses_in_its_own_words(
    audited: Audited, changes: dict[str, Any], says: str
) -> None:
    item = audited.listed(100)
    values = {
        **BODY, "deduction_id": item.ded_id, "visit_no": item.visit_no, "bill_no": item.bill_no,
        "line_id": item.line_id, "amount": 100, "appealed_at": audited.world.clock.now(), **changes,
    }  # fmt: skip
    done = audited.desk.road.travel("appeal", values)
    assert isinstance(done.outcome, Rejected) and says in done.outcome.text
    assert audited.booked(item.ded_id) == []


def test_hospital_it_may_appeal_by_wire_names(audited: Audited) -> None:
    """A deduction that the desk never listed: sent, booked, and shown by the next look."""
    ded_id = audited.deduct(100)
    body = {
        "ded_id": ded_id, "ipt_otp_no": audited.visit_no, "medrcdno": audited.bill_no,
        "feedetl_sn": audited.lines[0].line_id, "appeal_amt": 1, "appeal_reason": WORDS,
        "appeal_time": "20260302090500",
    }  # fmt: skip
    outcome, msgid, _ = audited.desk.direct.call("3101", body)
    assert isinstance(outcome, Accepted) and outcome.values["appeal_no"]
    assert audited.booked(ded_id)[0]["msgid"] == msgid
    audited.fetch()
    assert audited.appeals.item(ded_id).state is AppealState.WAITING


def test_a_lost_appeal_of_hospital_it_is_found_too(audited: Audited) -> None:
    ded_id = audited.deduct(100)
    body = {
        "ded_id": ded_id, "ipt_otp_no": audited.visit_no, "medrcdno": audited.bill_no,
        "appeal_amt": "0.50", "appeal_reason": WORDS, "appeal_time": "20260302090500",
    }  # fmt: skip
    audited.world.fault("reply_lost", "3101", ending="status")
    outcome, msgid, _ = audited.desk.direct.call("3101", body)
    assert isinstance(outcome, Unknown)
    audited.world.resolve(audited.desk)
    assert audited.desk.journal.transaction(msgid).state == "settled"
    assert [row["amount"] for row in audited.booked(ded_id)] == [50]
