"""A desk on a fast library, an invented hospital in memory, and the bytes that went by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.bench import library
from core.bench.replies import Yes
from core.clock import CHINA
from core.domain import FeeLine, Operator, Person, Qualification, Registration
from core.events import Events
from core.gateway.dll.supervisor import DllGateway
from core.gateway.port import Answer, Gateway, Health
from core.his.adapter import Adapter
from core.outcome import Accepted, Outcome
from core.protocol.loading import load_profile
from core.settings import Settings

if TYPE_CHECKING:
    from core.app import Desk

PRICE = Decimal("12.3400")
AMOUNT = 1234
QUALIFICATION = Qualification(id="GS9900000001", text="-", kind="-")
PERSON = Person(number="990000001", name="-", qualifications=(QUALIFICATION,))
MOMENT = datetime(2026, 3, 2, 8, 30, tzinfo=CHINA)


def fee_line(visit_no: str, number: int) -> FeeLine:
    """An invented line; the same number gives the same line in every visit."""
    return FeeLine(
        visit_no=visit_no, line_id=f"L{number:05d}", rx_no=f"R{number // 20:04d}",
        centre_code=f"D99{number % 40:05d}", hosp_code=f"H{number % 40:05d}",
        name=f"item {number % 40}",
        price=PRICE, quantity=Decimal(1), amount=AMOUNT, occurred_at=MOMENT,
        doctor_code="D0101", dept_code="K010",
    )  # fmt: skip


class MemoryHospital(Adapter):
    """Visits with ``count`` lines each; takes every result."""

    prompt = True

    def __init__(self, count: int) -> None:
        self._count = count
        self._lines: dict[str, list[FeeLine]] = {}

    def visit(self, visit_no: str) -> Registration | None:
        """Every number is a visit."""
        return Registration(
            visit_no=visit_no, med_type="11", person_name=PERSON.name, dept_code="K010",
            doctor_code="D0101", diagnosis_code="S62.601",
        )  # fmt: skip

    def fee_lines(self, visit_no: str) -> Sequence[FeeLine]:
        """The lines of a visit."""
        if visit_no not in self._lines:
            numbers = range(self._count)
            self._lines = {visit_no: [fee_line(visit_no, number) for number in numbers]}
        return self._lines[visit_no]


class Recorder:
    """A gateway that remembers the payloads of one code."""

    def __init__(self, inner: Gateway, code: str) -> None:
        self._inner = inner
        self._code = code
        self.seen: list[bytes] = []

    def call(self, code: str, payload: bytes, deadline: float) -> Answer:
        """As the inner gateway."""
        if code == self._code:
            self.seen.append(payload)
        return self._inner.call(code, payload, deadline)

    def health(self) -> Health:
        """As the inner gateway."""
        return self._inner.health()

    def close(self) -> None:
        """Close the inner gateway."""
        self._inner.close()


class Stage:
    """Builds the desk of a measurement in ``folder``; ``lines`` fee lines in every visit."""

    def __init__(self, folder: Path, lines: int) -> None:
        self.folder = folder
        self.settings = Settings()
        self.profile = load_profile(self.settings.centre.family)
        self.yes = Yes(self.profile)
        self.lines = lines
        self.batch = self.profile.steps["upload_fees"].batch

    def replies(self, **more: Any) -> Path:
        """The file of replies for desk and floor."""
        total = self.lines * AMOUNT
        amounts = {"total": total, "fund": total - AMOUNT, "personal": AMOUNT}
        said: dict[str, dict[str, Any]] = {
            "sign_in": {"sign_no": "990000000001"}, "register": {"visit_no": "-"},
            "presettle": amounts, "settle": amounts,
            "read_card": {"person_no": PERSON.number, "name": PERSON.name},
        }  # fmt: skip
        found = {step: [self.yes.to(step, values)] for step, values in said.items()}
        found["upload_fees"] = [self._batch(start) for start in range(0, self.lines, self.batch)]
        path = self.folder / "replies.json"
        return self.yes.write(path, found, self.settings.centre.encoding, **more)

    def _batch(self, start: int) -> str:
        numbers = range(start, min(start + self.batch, self.lines))
        rows = [_row(fee_line("-", number)) for number in numbers]
        return self.yes.to("upload_fees", {}, rows)

    def desk(self, replies: Path, record: str) -> tuple[Desk, Recorder]:
        """A desk that somebody works at, and the recorder of the step ``record``."""
        from core.app import open_desk

        home = self.folder / "home"
        gateway = DllGateway(
            self.settings.centre, home, Events(), {"GSDESK_BENCH": str(replies)},
            Path(library.__file__),
        )  # fmt: skip
        recorder = Recorder(gateway, self.yes.code(record))
        parts: Mapping[str, Any] = {"gateway": recorder, "hospital": MemoryHospital(self.lines)}
        return open_desk(home, operator=Operator(id="9901", name="-"), **parts), recorder


def _row(line: FeeLine) -> dict[str, Any]:
    return {**line.model_dump(), "self_paid": 0, "over_limit": 0, "level": "1", "memo": ""}


def registered(desk: Desk, visit_no: str) -> None:
    """Bring a visit to the centre; not measured."""
    known = desk.hospital.visit(visit_no)
    assert known is not None
    moment = desk.clock.now() - timedelta(minutes=1)
    known = known.model_copy(update={"admitted_at": moment})
    sure(desk.register.register(known, PERSON, QUALIFICATION).outcome)


def sure(outcome: Outcome) -> None:
    """A benchmark of something that failed measures nothing; raises ``RuntimeError``."""
    if not isinstance(outcome, Accepted):
        raise RuntimeError(f"{outcome.name}: {outcome.text}")
