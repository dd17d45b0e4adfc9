"""The injured person as the card read gives it."""

from core.domain.base import Model


class Qualification(Model):
    """One injury qualification (protocol-zjs.md §2.5): ``id`` is what registration needs.

    ``kind`` is the centre's word (肢体残 / 职业病 / 康复治疗); ``text`` whatever it says of the
    injury; ``begins`` and ``ends`` yyyyMMdd or empty; ``diagnosis_code`` of the injury, or empty.
    """

    id: str
    text: str = ""
    kind: str = ""
    begins: str = ""
    ends: str = ""
    diagnosis_code: str = ""


class Person(Model):
    """``refused_reason`` empty: entitled; ``birthday`` yyyyMMdd;
    ``sex`` is the code list's label."""

    number: str
    name: str
    sex: str = ""
    age: str = ""
    birthday: str = ""
    id_kind: str = ""
    id_no: str = ""
    employer: str = ""
    employer_no: str = ""
    kind: str = ""
    region: str = ""
    in_hospital: bool = False
    refused_reason: str = ""
    qualifications: tuple[Qualification, ...] = ()
