"""What an accepted change of registration (2203) or special filing (1102) leaves in the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.clock import Clock
from core.domain import Discharge, Registration, Transaction
from core.domain.stay import Attachment, Filing
from core.journal import Ledger
from core.journal.records import amounts
from core.service.sums import AMOUNTS

Values = Mapping[str, Any]
Rows = Sequence[Values]
KEYS = frozenset({"visit_no", "extra"})
ENDING = ("outcome_code", "diagnosis_code", "diagnosis_name")
ABOUT = frozenset({"visit_no", "discharged_at", "med_type", "centre_visit_no"})
SAID = ("filing_no", "filing_state", "qualification_id", "memo")


def _changed(ledger: Ledger, row: Transaction, values: Values, rows: Rows, clock: Clock) -> None:
    """The registration is what was sent; what was shown of the money no longer counts."""
    given, known = row.facts.get("given"), ledger.visit(row.visit)
    if not given or known.registration is None:
        return
    fields = {
        name: given[name] for name in Registration.model_fields
        if name in given and name not in KEYS
    }  # fmt: skip
    before = known.registration.model_dump()
    extra = {name: given.get(name, value) for name, value in before["extra"].items()}
    changed = Registration.model_validate({**before, **fields, "extra": extra})
    ledger.plan_visit(changed, known.person, known.qualification)
    ledger.forget_presettlement(row.visit)


def _filed(ledger: Ledger, row: Transaction, values: Values, rows: Rows, clock: Clock) -> None:
    """The filing with what the centre said of it; a look by the card knows no number."""
    given = row.facts.get("given")
    if not given:
        return
    number, state, qualification, memo = (str(values.get(name) or "") for name in SAID)
    fields = {name: given[name] for name in Filing.model_fields if given.get(name)}
    fields.update(
        kind=given["filing_kind"], begins=given["begin"], ends=given.get("end") or None,
        number=number, state=state, memo=memo, made_by=row.msgid, made_at=row.made,
        qualification_id=qualification or given.get("qualification_id", ""),
        attachments=tuple(Attachment(**item) for item in given.get("kept_files", ())),
    )  # fmt: skip
    ledger.stays.add_filing(Filing(**fields))


def _discharged(ledger: Ledger, row: Transaction, values: Values, rows: Rows, clock: Clock) -> None:
    """How the stay ended, as it was sent; and what its settlement would be, where that came."""
    given = row.facts.get("given")
    if not given:
        return
    plain = {name: given.get(name, "") for name in ENDING}
    more = {
        name: str(value) for name, value in given.items()
        if name not in ENDING and name not in ABOUT and value not in (None, "")
    }  # fmt: skip
    end = Discharge(discharged_at=given["discharged_at"], extra=more, **plain)
    ledger.stays.note_discharge(row.visit, end, row.operator)
    ledger.forget_presettlement(row.visit)
    if {name for name, value in values.items() if value is not None} >= AMOUNTS:
        ledger.presettled(row.visit, row.msgid, amounts(dict(values)))


def _in_bed_again(
    ledger: Ledger, row: Transaction, values: Values, rows: Rows, clock: Clock
) -> None:
    reason = str((row.facts.get("given") or {}).get("reason", ""))
    ledger.stays.note_discharge(row.visit, None, row.operator, reason)
    ledger.forget_presettlement(row.visit)


STAY_EFFECTS = {
    "discharge": _discharged,
    "undo_discharge": _in_bed_again,
    "change_registration": _changed,
    "special_filing": _filed,
}
