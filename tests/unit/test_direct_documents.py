"""Single functions of the platform family by id and wire names, completed by what is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core.app import Desk
from core.domain import Stage, State
from core.errors import InvalidInput, Refused
from core.outcome import Accepted, Outcome, Rejected
from tests.helpers.inprocess import World
from tests.helpers.platform import LUO, LUO_ARM, SHEN, admission, leaving, line, registration

OUTPATIENT, STAY = "ZX0001", "ZY0001"
MINE = ("bka014", "bka015", "bka033", "bka034", "aka130", "bka893")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    world = World(tmp_path_factory.mktemp("platform"), "gd")
    with world.desk() as desk:
        yield desk


def given(fields: dict[str, Any]) -> dict[str, Any]:
    """Without what the profile itself gives."""
    return {name: value for name, value in fields.items() if name not in MINE}


def call(desk: Desk, code: str, body: Any) -> Outcome:
    outcome, _, _ = desk.direct.call(code, body)
    return outcome


def done(desk: Desk, code: str, body: Any) -> Accepted:
    outcome = call(desk, code, body)
    assert isinstance(outcome, Accepted), outcome
    return outcome


def number_of(desk: Desk, visit: str) -> str:
    return desk.journal.ledger.centrefacts.centre_visit_no(visit)


def test_an_outpatient_by_ids(desk: Desk) -> None:
    done(desk, "bizh110001", {"bka895": "aac001", "bka896": SHEN})
    register = given(registration(OUTPATIENT)) | {"bka019": "K010"}
    del register["aac001"]  # the person read last
    done(desk, "bizh110104", register)
    number = number_of(desk, OUTPATIENT)
    assert number and desk.visits.read(OUTPATIENT).stage is Stage.REGISTERED
    body = {"aaz218": number, "feeinfo": [line("L1"), line("L2")]}
    trial = done(desk, "bizh110105-trial", body)
    paid = done(desk, "bizh110105", body)
    assert paid.values["total"] == trial.values["total"]
    settled = desk.visits.read(OUTPATIENT).settlement
    assert settled is not None and settled.amounts.total == paid.values["total"]
    asked = {"bka895": "aaz218", "bka896": number, "bka001": "1"}
    rows = done(desk, "bizh110103", asked).reply["feeinfo"]
    refund = [{name: row[name] for name in ("aaz213", *line("L1"))} for row in rows]
    done(desk, "bizh110105-refund", {"aaz218": number, "feeinfo": refund})
    assert desk.visits.read(OUTPATIENT).settlement is None
    done(desk, "bizh110106", {"aaz218": number})
    assert desk.visits.read(OUTPATIENT).stage is Stage.CANCELLED


def test_a_stay_by_ids(desk: Desk) -> None:
    done(desk, "bizh120001", {"bka895": "aac001", "bka896": LUO, "bka017": "20260302"})
    done(desk, "bizh120103", given(admission(STAY, bka503="D0101")))
    visit = desk.visits.read(STAY)
    assert visit.registration.is_inpatient
    assert visit.qualification is not None and visit.qualification.id == LUO_ARM
    number = number_of(desk, STAY)
    done(desk, "bizh120002", {"aaz218": number, "feeinfo": [line("L1"), line("L2")]})
    assert len(desk.visits.read(STAY).uploaded) == 2
    done(desk, "bizh120003", {"aaz218": number})
    done(desk, "bizh120105", given(leaving(number)))
    paid = done(desk, "bizh120106", {"aaz218": number})
    rows = [row for row in desk.journal.of_visit(STAY) if row.step == "settle"]
    assert [(row.code, row.state) for row in rows] == [("bizh120106", State.SETTLED)]
    assert rows[0].amount == paid.values["total"]
    assert done(desk, "bizh120206", {"aaz218": number}).values["total"] == paid.values["total"]
    for code in ("bizh120107", "bizh120108", "bizh120004", "bizh120109"):
        done(desk, code, {"aaz218": number})
    assert desk.visits.read(STAY).stage is Stage.CANCELLED


def test_the_flag_of_a_settlement_is_the_function_s_own(desk: Desk) -> None:
    with pytest.raises(InvalidInput) as caught:
        call(desk, "bizh110105", {"aaz218": "1", "bka893": "0", "feeinfo": [line("L1")]})
    assert "固定为「1」" in str(caught.value)


def test_what_is_unknown_is_a_sentence(desk: Desk) -> None:
    with pytest.raises(InvalidInput):
        call(desk, "bizh999999", {})
    outcome = call(desk, "bizh120206", {"aaz218": "99000120260302999999"})
    assert isinstance(outcome, Rejected) and "就医登记号" in outcome.text


def test_a_body_of_too_many_rows_is_for_another_call(desk: Desk) -> None:
    body = {"aaz218": "1", "feeinfo": [line(f"L{n}") for n in range(101)]}
    with pytest.raises(InvalidInput) as caught:
        call(desk, "bizh110105-trial", body)
    assert "100" in str(caught.value)


def test_a_document_is_a_body_too(desk: Desk) -> None:
    document = (
        f"<program><bka895>aac001</bka895><bka896>{SHEN}</bka896><bka891>0</bka891></program>"
    )
    assert done(desk, "bizh120102", document).rows == ()


def test_there_is_nothing_to_reverse_with(desk: Desk) -> None:
    assert desk.centre.step_of("2209") is None
    assert not desk.centre.has("reverse")
    with pytest.raises(Refused):
        desk.road.travel("reverse", {})
