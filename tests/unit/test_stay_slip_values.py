"""What the slip of a stay says of the stay and of the deposit, as it stood at the settlement."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import ManualClock
from core.domain import Discharge, Registration, Settlement
from core.journal import Journal
from core.service.stay_slip import deposit_rows, stay_head
from tests.helpers.journals import amounts, moment, settlement

WHO = Registration(
    visit_no="ZY1", inpatient_no="2026001", ward_name="骨科病区", bed="12", admitted_at=moment(),
    med_type="21",
)  # fmt: skip
PAID = settlement("M1", "ZY1", settled_at=moment(15, day=9))


class Words:
    """Codes as words in brackets."""

    def label(self, code_list: str, code: str) -> str:
        """The code with its list."""
        return f"{code_list}:{code}"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def journal(tmp_path: Path, clock: ManualClock) -> Iterator[Journal]:
    found = Journal(tmp_path / "journal.db", clock)
    yield found
    found.close()


def discharge(at: datetime, **more: object) -> Discharge:
    """A discharge at that moment."""
    known = {"discharged_at": at, "outcome_code": "01", "diagnosis_code": "S72.900",
             "diagnosis_name": "长骨骨折"} | more  # fmt: skip
    return Discharge(**known)


def note(journal: Journal, found: Discharge | None) -> None:
    with journal.commit():
        journal.ledger.stays.note_discharge("ZY1", found, "0101", "")


def head(journal: Journal, made: datetime, known: Registration = WHO) -> dict[str, str]:
    return stay_head(journal.ledger, Words(), known, PAID, made)


def test_a_stay_that_goes_on_is_counted_until_its_settlement(journal: Journal) -> None:
    found = head(journal, PAID.settled_at)
    assert found == {
        "inpatient_no": "2026001", "ward": "骨科病区", "bed": "12",
        "admitted_at": "2026-03-02 09:00", "discharged_at": "", "days": "7", "outcome": "",
        "discharge_diagnosis": "",
    }  # fmt: skip


def test_a_discharge_gives_days_outcome_and_diagnosis(journal: Journal, clock: ManualClock) -> None:
    note(journal, discharge(moment(10, day=5)))
    found = head(journal, clock.now())
    assert (found["days"], found["discharged_at"]) == ("3", "2026-03-05 10:00")
    assert found["outcome"] == "dscg_trt_rslt:01" and found["discharge_diagnosis"] == "长骨骨折"


def test_a_diagnosis_without_a_name_is_its_code(journal: Journal, clock: ManualClock) -> None:
    note(journal, discharge(moment(10, day=5), diagnosis_name=""))
    assert head(journal, clock.now())["discharge_diagnosis"] == "S72.900"


def test_what_is_taken_back_later_does_not_change_the_slip(
    journal: Journal, clock: ManualClock
) -> None:
    note(journal, discharge(moment(10, day=5)))
    made = clock.now()
    clock.advance(60)
    note(journal, None)
    clock.advance(60)
    note(journal, discharge(moment(10, day=6)))
    assert head(journal, made)["discharged_at"] == "2026-03-05 10:00"
    assert head(journal, made + timedelta(seconds=60))["discharged_at"] == ""
    assert head(journal, clock.now())["days"] == "4"
    assert head(journal, made - timedelta(seconds=1))["discharged_at"] == ""


def test_without_a_day_of_admission_no_days_are_made_up(journal: Journal) -> None:
    found = head(journal, PAID.settled_at, Registration(visit_no="ZY1"))
    assert found["days"] == found["admitted_at"] == found["bed"] == ""


def paid(personal: int) -> Settlement:
    """A settlement of ZY1 whose own part is this."""
    own = amounts(max(personal, 0) + 10_000, max(personal, 0) + 10_000 - personal)
    return settlement("M1", "ZY1", amounts=own)


@pytest.mark.parametrize(
    ("deposit", "personal", "rows"),
    [
        (0, 5_000, {}),
        (5_000, 5_000, {"deposit": 5_000, "to_collect": 0}),
        (8_000, 5_000, {"deposit": 8_000, "to_return": 3_000}),
        (1, 5_000, {"deposit": 1, "to_collect": 4_999}),
        (8_000, 0, {"deposit": 8_000, "to_return": 8_000}),
    ],
)
def test_the_deposit_is_set_against_the_patients_part(
    journal: Journal, clock: ManualClock, deposit: int, personal: int, rows: dict[str, int]
) -> None:
    with journal.commit():
        journal.ledger.stays.note_deposit("ZY1", deposit, "0101")
    assert deposit_rows(journal.ledger, paid(personal), clock.now()) == rows


def test_the_deposit_of_the_moment_counts(journal: Journal, clock: ManualClock) -> None:
    assert deposit_rows(journal.ledger, paid(100), clock.now()) == {}
    with journal.commit():
        journal.ledger.stays.note_deposit("ZY1", 300, "0101")
    made = clock.now()
    clock.advance(1)
    with journal.commit():
        journal.ledger.stays.note_deposit("ZY1", 900, "0101")
        journal.ledger.stays.note_deposit("ZY2", 700, "0101")
    assert deposit_rows(journal.ledger, paid(100), made) == {"deposit": 300, "to_return": 200}
    assert deposit_rows(journal.ledger, paid(100), clock.now())["deposit"] == 900


MEMORY = Journal(Path(":memory:"), ManualClock())


@given(deposit=st.integers(1, 10**9), personal=st.integers(0, 10**9))
def test_deposit_and_own_part_always_come_out_even(deposit: int, personal: int) -> None:
    with MEMORY.commit():
        MEMORY.ledger.stays.note_deposit("ZY1", deposit, "0101")
    found = deposit_rows(MEMORY.ledger, paid(personal), ManualClock().now() + timedelta(days=1))
    given_back = found["deposit"] + found.get("to_collect", 0) - found.get("to_return", 0)
    assert given_back == personal and len(found) == 2 and min(found.values()) >= 0
