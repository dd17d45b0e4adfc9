"""The API's bodies, problems and statuses: each shape by itself, without a server."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from core.api import models, problems
from core.api.answers import STATUS, errand_answer, errand_out, look, visit_out
from core.api.models import Fine, Moment, VisitNo, Yuan
from core.clock import CHINA
from core.domain import Amounts, Registration, Settlement, Stage, Visit
from core.domain.errand import Errand, ErrandAnswer, ErrandState, Reason, Wish
from core.errors import Fault, InvalidInput, Refused, SetupError, fault
from core.service.errands import KeyReused

AT = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)
AMOUNTS = Amounts(total=12345, fund=10000, personal=2345)
VISIT = {"visit_no": "MZ1", "person_name": "某甲"}
LINE = {
    "line_id": "L1", "rx_no": "R1", "name": "换药", "price": "12.5", "quantity": "-2",
    "amount": "-25.00", "occurred_at": "2026-03-02 08:30", "ref_line_id": "L0",
}  # fmt: skip


def takes(kind: Any, value: object) -> bool:
    """Does the API take this value for a field of that kind?"""
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


# -- fields


@pytest.mark.parametrize("text", ["0", "12.5", "-3.10", "999999999.99", "007"])
def test_amounts_are_text_in_yuan(text: str) -> None:
    assert takes(Yuan, text)


@pytest.mark.parametrize(
    "value", [12.5, 12, "1,000", "1.234", "", " 1", "1e3", "NaN", "١", "1.", ".5", "1" * 10, None]
)
def test_nothing_else_is_an_amount(value: object) -> None:
    assert not takes(Yuan, value)


def test_prices_and_quantities_have_four_decimals() -> None:
    assert takes(Fine, "0.1234") and takes(Fine, "-2") and not takes(Fine, "0.12345")


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-03-02T09:30:00", 9), ("2026-03-02 09:30", 9), ("2026-03-02T01:30:00Z", 9),
        ("2026-03-02T10:30:00+09:00", 9), ("2026-03-01T20:30:00-05:00", 9),
    ],
)  # fmt: skip
def test_a_moment_is_china_standard_time_unless_it_says_another(text: str, hour: int) -> None:
    assert takes(Moment, text)
    found = models.moment_of(text)
    assert (found.hour, found.minute, found.tzinfo) == (hour, 30, CHINA)


@pytest.mark.parametrize(
    "text",
    ["2026-02-30T09:30:00", "2026-13-01T00:00", "1999-12-31T00:00", "2000-01-01T00:00:00",
     "2099-12-31T23:59:59", "20260302", "now", "2026-03-02T25:00", "2026-03-02", 1772415000],
)  # fmt: skip
def test_what_is_no_moment_is_refused(text: object) -> None:
    assert not takes(Moment, text)


@pytest.mark.parametrize("number", ["MZ1", "a-b_c.d", "1" * 50])
def test_visit_numbers(number: str) -> None:
    assert takes(VisitNo, number) and not takes(VisitNo, f"{number}/")


@pytest.mark.parametrize("text", ["a\nb", "a\tb", "\x00", "\x7f", "x" * 51])
def test_control_characters_and_long_texts_are_refused(text: str) -> None:
    assert not takes(models.Short, text)


# -- bodies


def test_a_visit_becomes_the_hospitals() -> None:
    body = models.VisitIn(
        **VISIT, deposit="100.5", inpatient_no="Z9", admitted_at="2026-03-01 08:00"
    )
    stay = body.stay()
    assert stay.registration == Registration(
        visit_no="MZ1", person_name="某甲", inpatient_no="Z9",
        admitted_at=datetime(2026, 3, 1, 8, 0, tzinfo=CHINA),
    )  # fmt: skip
    assert stay.deposit == 10050 and stay.discharge is None and stay.registration.is_inpatient


def test_a_discharge_comes_with_the_stay() -> None:
    ended = {"discharged_at": "2026-03-02T10:00:00", "outcome_code": "01", "diagnosis_code": "S52"}
    stay = models.VisitIn(**VISIT, discharge=ended).stay()
    assert stay.discharge is not None
    assert (stay.discharge.discharged_at.hour, stay.discharge.outcome_code) == (10, "01")


def test_a_line_becomes_the_hospitals() -> None:
    line = models.LineIn(**LINE).line("MZ1")
    assert (line.visit_no, line.price, line.quantity, line.amount) == (
        "MZ1", Decimal("12.5"), Decimal("-2"), -2500,
    )  # fmt: skip
    assert line.occurred_at.tzinfo is CHINA and line.ref_line_id == "L0"


@pytest.mark.parametrize(
    ("model", "body"),
    [(models.VisitIn, VISIT), (models.LineIn, LINE), (models.NothingIn, {}),
     (models.UndoIn, {"reason": "x"}), (models.RegisterIn, {}),
     (models.SettleIn, {"total": "1", "fund": "1", "personal": "0"})],
)  # fmt: skip
def test_no_body_takes_what_it_does_not_name(model: type[BaseModel], body: dict[str, Any]) -> None:
    model(**body)
    with pytest.raises(ValidationError):
        model(**body, surprise=1)


def test_lines_are_counted() -> None:
    for count in (0, models.MOST_LINES + 1):
        with pytest.raises(ValidationError):
            models.LinesIn(lines=[LINE] * count)


def test_money_goes_out_with_two_decimals() -> None:
    assert models.money(0) == "0.00" and models.money(-5) == "-0.05"
    found = models.amounts_out(AMOUNTS)
    assert found is not None and found.model_dump() == {
        "total": "123.45",
        "fund": "100.00",
        "personal": "23.45",
    }
    assert models.amounts_out(None) is None
    assert models.SettleIn(**found.model_dump()).amounts() == AMOUNTS


# -- problems


def said(answer: Any) -> dict[str, Any]:
    """The document of an answer."""
    assert answer.media_type == "application/problem+json"
    found: dict[str, Any] = json.loads(answer.body)
    assert found["status"] == answer.status_code and found["type"].endswith(found["code"])
    return found


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidInput(fault("visits.empty", "visit_no")), 422),
        (Refused(fault("visits.strange", "visit_no", visit="X")), 404),
        (Refused(fault("incoming.off")), 409),
        (KeyReused(fault("errands.key_reused", used="k")), 409),
        (SetupError(fault("hospital.unreadable", path="p", error="e")), 503),
    ],
)  # fmt: skip
def test_our_errors_have_their_statuses(error: Any, status: int) -> None:
    found = said(problems.of_desk_error(error))
    assert found["status"] == status and found["detail"] == str(error)
    assert found["errors"][0]["field"] == error.faults[0].field


def wrong(model: type[BaseModel], body: Any) -> dict[str, dict[str, str]]:
    """What a body's faults say, by field."""
    try:
        model.model_validate(body)
    except ValidationError as error:
        rows = [{**item, "loc": ("body", *item["loc"])} for item in error.errors()]
        return {one["field"]: one for one in said(problems.of_validation(rows))["errors"]}
    raise AssertionError("nothing is wrong with it")


@pytest.mark.parametrize(
    ("change", "field", "code", "part"),
    [
        ({"visit_no": "../x"}, "visit_no", "visit", "../x"),
        ({"visit_no": 5}, "visit_no", "string_type", "5"),
        ({"person_name": ""}, "person_name", "string_too_short", "1"),
        ({"person_name": "x" * 101}, "person_name", "string_too_long", "100"),
        ({"dept_name": "a\nb"}, "dept_name", "plain", "控制字符"),
        ({"deposit": "1,5"}, "deposit", "money", "1,5"),
        ({"admitted_at": "yesterday"}, "admitted_at", "moment", "yesterday"),
        ({"admitted_at": "2026-02-30T00:00"}, "admitted_at", "value_error", "2026-02-30"),
        ({"unknown": 1}, "unknown", "extra_forbidden", "unknown"),
        ({"discharge": {}}, "discharge.outcome_code", "missing", "outcome_code"),
        ({"discharge": 7}, "discharge", "other", "7"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_with_its_value_and_remedy(
    change: dict[str, Any], field: str, code: str, part: str
) -> None:
    found = wrong(models.VisitIn, {**VISIT, **change})
    assert found[field]["code"] == f"api.wrong.{code}" and part in found[field]["text"]


def test_flags_and_lists_of_lines() -> None:
    found = wrong(models.LinesIn, {"lines": [{**LINE, "min_unit": "perhaps", "price": "1.23456"}]})
    assert found["lines.0.min_unit"]["code"] == "api.wrong.bool_parsing"
    assert found["lines.0.price"]["code"] == "api.wrong.fine"
    assert wrong(models.LinesIn, {"lines": []})["lines"]["code"] == "api.wrong.too_short"
    missing = wrong(models.LineIn, {})
    assert set(missing) == {
        "line_id", "rx_no", "name", "price", "quantity", "amount", "occurred_at"
    }  # fmt: skip


def test_what_came_is_shown_short_and_on_one_line() -> None:
    found = wrong(models.VisitIn, {**VISIT, "visit_no": "x\n" * 500})
    assert len(found["visit_no"]["text"]) < 250 and "\n" not in found["visit_no"]["text"]


def test_not_every_one_of_a_thousand_faults_is_said() -> None:
    many = [Fault("api.token", "x", str(number)) for number in range(1000)]
    assert len(problems.problem(422, many).errors) == problems.MOST_ERRORS


# -- statuses


def errand(answer: ErrandAnswer | None, state: ErrandState = ErrandState.ENDED) -> Errand:
    wish = Wish(step="settle", visit_no="MZ1", amounts=AMOUNTS)
    return Errand(
        number=7, caller="his", key="key-0001", wish=wish, state=state, at=AT, answer=answer
    )


@pytest.mark.parametrize(("ending", "status"), STATUS.items())
def test_every_ending_has_its_status_and_where_to_look(ending: Any, status: int) -> None:
    made = errand(ErrandAnswer(ending=ending, msgid="M1", text="因为", centre_code="-1"))
    answer = errand_answer(made)
    body = json.loads(answer.body)
    assert answer.status_code == status and body["msgid"] == "M1"
    assert body["look"] == ["/v1/errands/7", "/v1/visits/MZ1", "/v1/transactions/M1"]
    if status < 300:
        assert body["ending"] == ending and body["state"] == "ended"
    else:
        assert body["code"] == f"errands.{ending}" and "因为" in body["detail"]


def test_only_what_is_certain_is_an_error_and_nothing_is_a_failure_of_the_server() -> None:
    assert {name for name, status in STATUS.items() if status >= 400} == {
        "rejected", "refused", "void", "not_sent"
    }  # fmt: skip
    assert all(status < 500 for status in STATUS.values()) and STATUS["unknown"] == 202


def test_reasons_go_before_the_sentence_of_the_ending() -> None:
    reasons = (Reason(code="settle.lines_missing", text="还有 3 行", field="lines"),)
    made = errand(ErrandAnswer(ending="refused", text="还有 3 行", reasons=reasons))
    found = said(errand_answer(made))
    assert found["code"] == "settle.lines_missing" and found["errors"][0]["field"] == "lines"


def test_what_is_under_way_has_no_ending() -> None:
    for state in (ErrandState.WAITING, ErrandState.BEGUN):
        made = errand(None, state)
        assert errand_answer(made).status_code == 202
        assert (errand_out(made).state, errand_out(made).ending) == (state.value, "")
        assert look(made) == ["/v1/errands/7", "/v1/visits/MZ1"]


def test_a_visit_with_its_money() -> None:
    paid = Settlement(visit_no="MZ1", bill_no="MZ1-1", msgid="M1", amounts=AMOUNTS, settled_at=AT)
    known = Registration(visit_no="MZ1", person_name="某甲")
    found = visit_out(Visit(registration=known, stage=Stage.SETTLED, settlement=paid))
    assert found.stage == "settled" and found.settlement is not None
    assert found.settlement.amounts.total == "123.45" and found.total == "0.00"
    assert visit_out(Visit(registration=known)).settlement is None
