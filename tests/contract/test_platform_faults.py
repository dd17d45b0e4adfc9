"""What the codec says of an answer is what the platform did, or that nobody knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.outcome import Accepted, Outcome, Rejected, Unknown
from tests.helpers.documents import Documents

SILENT = ("reply_lost", "garbage", "truncated", "error_page", "http_error")
NOTHING_DONE = ("sign_in_expired", "refuse", "request_lost")
Act = Callable[[Documents], Outcome]


def registering(client: Documents) -> Act:
    def act(client: Documents) -> Outcome:
        given = {
            "person_no": "990010001", "visit_no": "MZ7", "admitted_at": client.at,
            "dept_code": "K010", "diagnosis_code": "S62.601",
        }  # fmt: skip
        return client.call("register", given)

    return act


def settling(client: Documents) -> Act:
    visit = client.registered()
    return lambda client: client.call("settle", visit, *client.lines())


def refunding(client: Documents) -> Act:
    visit = client.registered()
    client.done("settle", visit, *client.lines())
    rows = client.rows("refund_data", visit)
    return lambda client: client.call("cancel_settlement", visit, *rows)


def uploading(client: Documents) -> Act:
    visit = client.admitted()
    return lambda client: client.call("upload_fees.stay", visit, *client.lines())


def discharging(client: Documents) -> Act:
    visit = client.admitted()
    client.done("upload_fees.stay", visit, *client.lines())
    return lambda client: client.call("discharge", client.leaving(visit))


def settling_a_stay(client: Documents) -> Act:
    visit = client.discharged()
    return lambda client: client.call("settle.stay", visit)


def undoing(client: Documents) -> Act:
    visit = client.discharged()
    client.done("settle.stay", visit)
    return lambda client: client.call("cancel_settlement.stay", visit)


ACTS = (registering, settling, refunding, uploading, discharging, settling_a_stay, undoing)
MONEY = (settling, refunding, settling_a_stay)


def books(client: Documents) -> list[Any]:
    """What the platform has booked, without calls and sessions."""
    found: list[Any] = []
    for table in ("visit", "line", "settlement"):
        found.append(client.ground.books.find(table))
    return found


def under(kind: str, make: Callable[[Documents], Act], **order: Any) -> tuple[Outcome, bool]:
    """The outcome of an act under a fault, and whether the books changed."""
    client = Documents()
    act, before = make(client), books(client)
    client.ground.fault(kind, **order)
    outcome = act(client)
    return outcome, books(client) != before


@pytest.mark.parametrize("make", ACTS)
@pytest.mark.parametrize("kind", SILENT)
def test_an_answer_that_is_lost_or_broken_is_unknown(
    kind: str, make: Callable[[Documents], Act]
) -> None:
    outcome, _ = under(kind, make)
    assert isinstance(outcome, Unknown), outcome


@pytest.mark.parametrize("make", ACTS)
@pytest.mark.parametrize("kind", NOTHING_DONE)
def test_a_refusal_means_that_nothing_was_done(kind: str, make: Callable[[Documents], Act]) -> None:
    outcome, booked = under(kind, make)
    assert not booked
    wanted = Unknown if kind == "request_lost" else Rejected
    assert isinstance(outcome, wanted), outcome


@pytest.mark.parametrize("make", ACTS)
def test_without_a_fault_it_is_booked_and_accepted(make: Callable[[Documents], Act]) -> None:
    client = Documents()
    act, before = make(client), books(client)
    assert isinstance(act(client), Accepted)
    assert books(client) != before


@pytest.mark.parametrize("make", MONEY)
@pytest.mark.parametrize("where", ["reply", "books", "broken"])
def test_wrong_sums_are_named_where_they_do_not_add_up(
    where: str, make: Callable[[Documents], Act]
) -> None:
    client = Documents()
    act = make(client)
    client.ground.fault("wrong_amounts", where=where, fen=7)
    outcome = act(client)
    assert isinstance(outcome, Accepted), outcome
    broken = client.gd.broken_identities("settle", outcome.values)
    assert bool(broken) is (where == "broken")
    assert {item.field for item in broken} <= {"total", "personal"}


def test_a_session_that_ended_is_told_apart_from_other_refusals() -> None:
    outcome, _ = under("sign_in_expired", settling)
    client = Documents()
    assert client.gd.is_sign_in_expired(outcome)
    outcome, _ = under("refuse", settling, text="会话室满员")
    assert isinstance(outcome, Rejected) and outcome.text == "会话室满员"
    assert not client.gd.is_sign_in_expired(outcome)


@pytest.mark.parametrize("make", [registering, settling, uploading, discharging, settling_a_stay])
def test_a_message_that_came_twice_is_refused_the_second_time_as_done(
    make: Callable[[Documents], Act],
) -> None:
    outcome, booked = under("duplicate", make, answer="second")
    assert booked
    assert isinstance(outcome, Rejected)
    assert Documents().gd.is_already_done(outcome), outcome.text
