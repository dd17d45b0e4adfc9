"""(d) Fee lines of a stay over HTTP, against the same bytes posted by bare httpx.

Both speak to the same simulated platform in a process of its own. Between the two the platform
forgets the lines (by the desk's own step), so that the very same payloads are accepted twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from core.bench.pairs import Measured, measured, timed
from core.bench.stage import MemoryHospital, sure
from core.domain import FeeLine, Operator, Person, Qualification, Registration
from core.money import line_amount
from core.secrets import GivenSecrets
from core.simulator.process import TRAINING_PASSWORD, TrainingCentre
from core.simulator.world import InsuredPerson, catalogue, persons

if TYPE_CHECKING:
    from core.app import Desk

NAME, AIM = "over_http", 2.0
LINES, QUICK_LINES = 10_000, 1_000
SETTINGS = """[centre]
family = "gd"
url = "{url}"
institution = "990001"
user = "gd990001"
"""
STAY = "420"


def measure(folder: Path, quick: bool = False) -> Measured:
    """Medians of paired uploads, each into a stay of its own."""
    count = QUICK_LINES if quick else LINES
    with (
        TrainingCentre(folder / "platform", "gd") as platform,
        desk_at(folder, platform.url) as desk,
    ):
        pairs = [_pair(desk, platform.url, who, count) for who in people()[: 2 if quick else 5]]
    ours, floors = zip(*pairs, strict=True)
    return measured(NAME, list(ours), list(floors), AIM)


@contextmanager
def desk_at(folder: Path, url: str) -> Iterator[Desk]:
    """A real desk at the platform: its own gateway, journal and trace."""
    from core.app import open_desk

    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    (home / "settings.toml").write_text(SETTINGS.format(url=url), "utf-8")
    known = GivenSecrets(centre=TRAINING_PASSWORD)
    operator = Operator(id="9901", name="-")
    with open_desk(home, operator=operator, hospital=MemoryHospital(0), secrets=known) as desk:
        yield desk


def people() -> list[InsuredPerson]:
    """Who may be admitted."""
    return [
        one for one in persons()
        if one.qualifications and not one.refused_reason and not one.in_hospital
    ]  # fmt: skip


def _pair(desk: Desk, url: str, who: InsuredPerson, count: int) -> tuple[float, float]:
    visit_no = f"ZY{who.number}"
    admit(desk, who, visit_no)
    desk.charge.use_lines(visit_no, fee_lines(visit_no, count, desk.clock.now()))
    ours = timed(lambda: sure(desk.charge.upload(visit_no).outcome))
    sent = payloads(desk, visit_no)
    sure(desk.charge.remove(visit_no).outcome)
    return ours, timed(lambda: post(url, sent))


def admit(desk: Desk, who: InsuredPerson, visit_no: str) -> None:
    """Bring a stay to the platform; not measured."""
    first = who.qualifications[0]
    known = Registration(
        visit_no=visit_no, med_type=STAY, inpatient_no=visit_no, person_name=who.name,
        diagnosis_code=first.diagnosis_code, admitted_at=desk.clock.now() - timedelta(minutes=1),
        dept_code="K010", dept_name="-", ward_name="-", bed="1", doctor_code="D0101",
        extra={"ward_code": "B01"},
    )  # fmt: skip
    injury = Qualification(id=first.id, text=first.text, kind="")
    person = Person(number=who.number, name=who.name, qualifications=(injury,))
    sure(desk.register.register(known, person, injury).outcome)


def fee_lines(visit_no: str, count: int, at: datetime) -> list[FeeLine]:
    """Invented lines over the whole price list."""
    items = catalogue()
    return [
        FeeLine(
            visit_no=visit_no, line_id=f"L{number:05d}", rx_no=f"R{number // 20:04d}",
            centre_code=item.centre_code, hosp_code=item.hosp_code, name=item.name,
            price=item.price, quantity=Decimal(1), amount=line_amount(item.price, Decimal(1)),
            occurred_at=at, doctor_code="D0101", dept_code="K010",
        )
        for number in range(count)
        for item in (items[number % len(items)],)
    ]  # fmt: skip


def payloads(desk: Desk, visit_no: str) -> list[bytes]:
    """The bytes that the upload has sent, from the journal."""
    code = desk.centre.rule(desk.centre.variant("upload_fees", stay=True)).code
    rows = [row for row in desk.journal.of_visit(visit_no) if row.code == code]
    return [desk.journal.entries(row.msgid)[0].payload.encode() for row in rows]


def post(url: str, sent: Sequence[bytes]) -> None:
    """The same bytes with nothing around them; raises where the platform refuses one."""
    import httpx

    with httpx.Client(trust_env=False) as client:
        for payload in sent:
            reply = client.post(url, content=payload, headers={"Content-Type": "text/xml"})
            if b"<return_code>1<" not in reply.content:
                raise RuntimeError(reply.text)
