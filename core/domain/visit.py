"""The visit at the desk: who, where, how far."""

from datetime import datetime
from enum import StrEnum

from core.domain.base import Model
from core.domain.fees import FeeLine, LineResult
from core.domain.person import Person, Qualification
from core.domain.settlement import Amounts, Settlement

INPATIENT = "2"  # first digit of the medical categories of stays


class Stage(StrEnum):
    """How far a visit is on its life cycle (requirements.md)."""

    NEW = "new"
    REGISTERED = "registered"
    UPLOADED = "uploaded"
    PRESETTLED = "presettled"
    DISCHARGED = "discharged"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class Registration(Model):
    """What the desk registers; from the hospital's visit, completed on the form.

    ``inpatient_no``, ``ward_name`` and ``bed`` are an inpatient's; ``filing_no`` the special filing
    (1102) that the registration stands on, or empty. ``extra``: values of fields that a local
    profile added with the source "asked on the form", by domain name.
    """

    visit_no: str
    med_type: str = ""
    person_name: str = ""
    sex: str = ""
    age: str = ""
    id_no: str = ""
    dept_code: str = ""
    dept_name: str = ""
    doctor_code: str = ""
    doctor_name: str = ""
    diagnosis_code: str = ""
    diagnosis_name: str = ""
    phone: str = ""
    admitted_at: datetime | None = None
    inpatient_no: str = ""
    ward_name: str = ""
    bed: str = ""
    filing_no: str = ""
    extra: dict[str, str] = {}

    @property
    def is_inpatient(self) -> bool:
        """A stay, not a visit of a day: by its category (2x, SEEN §2.4) or inpatient number."""
        return self.med_type.startswith(INPATIENT) or bool(self.inpatient_no)


class Discharge(Model):
    """How a stay ended: sent on its own, or with the settlement (protocol-zjs.md §3.5 SEEN).

    ``discharged_at`` aware; ``outcome_code`` of the code list of the step that carries it;
    ``extra``: what else that step asks for, by domain name (``admission_way`` …).
    """

    discharged_at: datetime
    outcome_code: str
    diagnosis_code: str
    diagnosis_name: str = ""
    extra: dict[str, str] = {}


class Visit(Model):
    """Everything the desk knows of one visit, read back from journal and hospital.

    ``uploaded`` holds the centre's answer per accepted line; ``open_msgid`` the transaction that
    blocks it, or empty; ``bill_no`` the bill number the next settlement will carry; ``discharge``
    is there once a stay's discharge is recorded.
    """

    registration: Registration
    stage: Stage = Stage.NEW
    person: Person | None = None
    qualification: Qualification | None = None
    lines: tuple[FeeLine, ...] = ()
    uploaded: tuple[LineResult, ...] = ()
    presettlement: Amounts | None = None
    settlement: Settlement | None = None
    bill_no: str = ""
    open_msgid: str = ""
    discharge: Discharge | None = None

    @property
    def visit_no(self) -> str:
        """The hospital's visit number, key of everything."""
        return self.registration.visit_no
