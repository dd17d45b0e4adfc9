"""病历上传 without a window: the list, the chips, what is grey and why, what is told."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from core.clock import CHINA
from core.domain.record import Gap, MedicalRecord, RecordRow, RecordSheet, RecordState
from core.errors import Refused, fault
from core.outcome import Accepted, Unknown
from gui.screens.records.presenter import RecordsPresenter
from tests.helpers.fake_desk import FakePage

AT = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)


def row(number: str = "MZ1", state: RecordState = RecordState.READY, **more: Any) -> RecordRow:
    known = {"name": "沈示例", "step": "outpatient_record", "settled_at": AT, "score": 80}
    return RecordRow(**{"visit_no": number, "state": state, **known, **more})


class FakeRecords:
    """Rows that a test gives; what was asked stands in ``asked``."""

    def __init__(self, *rows: RecordRow) -> None:
        self.rows, self.asked = rows, []
        self.outcome: Any = Accepted({"record_no": "BL1"})
        self.gaps: tuple[Gap, ...] = ()

    def worklist(self, text: str = "") -> tuple[RecordRow, ...]:
        return tuple(one for one in self.rows if text in one.visit_no)

    def sheet(self, visit_no: str) -> RecordSheet:
        found = next(one for one in self.rows if one.visit_no == visit_no)
        record = MedicalRecord(
            visit_no=visit_no, step=found.step, values={"complaint": "痛"}, at=AT
        )
        return RecordSheet(row=found, record=record, gaps=self.gaps)

    def fields(self, step: str) -> tuple[Any, ...]:
        view = {"type": "text", "codes": {}, "mask": "whole", "required": True, "fields": ()}
        return (
            SimpleNamespace(name="complaint", label="主诉", **view),
            SimpleNamespace(name="examination", label="查体", **view),
        )

    def fetch(self, visit_no: str) -> RecordSheet:
        return self.sheet(visit_no)

    def upload(self, visit_no: str) -> Any:
        self.asked.append(("upload", visit_no))
        return SimpleNamespace(outcome=self.outcome, msgid="M1")

    def withdraw(self, visit_no: str, reason: str) -> Any:
        self.asked.append(("withdraw", visit_no, reason))
        return SimpleNamespace(outcome=self.outcome, msgid="M1")

    def upload_all(self, stop: Any) -> tuple[Any, ...]:
        return tuple(SimpleNamespace(visit_no=one.visit_no, outcome=self.outcome)
                     for one in self.rows)  # fmt: skip

    def read_file(self, path: Any) -> Any:
        if path.name == "none.json":
            raise Refused(fault("records.file.empty", path=path))
        faults = tuple(fault("records.file.no_visit", place=n) for n in range(7))
        return SimpleNamespace(records={"MZ1": {}}, faults=faults, source="x")

    def take(self, file: Any) -> tuple[str, ...]:
        return ("MZ1",)


def page_of(*rows: RecordRow) -> tuple[RecordsPresenter, FakeRecords, FakePage]:
    records, page = FakeRecords(*rows), FakePage()
    presenter = RecordsPresenter(SimpleNamespace(records=records), page)
    presenter.find("")
    return presenter, records, page


def test_the_first_record_is_chosen_and_shown() -> None:
    presenter, _, _ = page_of(row(deadline=date(2026, 3, 9), days_left=7), row("MZ2"))
    assert presenter.chosen == "MZ1" and "沈示例" in presenter.head()
    assert [item.label for item in presenter.values()] == ["主诉", "查体"]
    assert presenter.values()[0].value == "痛" and presenter.values()[1].mark == "必填"
    assert presenter.rows[0].due == "还有 7 天"


def test_chips_count_and_choose() -> None:
    presenter, _, _ = page_of(row(), row("MZ2", RecordState.MISSING), row("MZ3"))
    assert presenter.counts()["all"] == 3 and presenter.counts()["ready"] == 2
    presenter.only("missing")
    assert [item.visit_no for item in presenter.rows] == ["MZ2"] == [presenter.chosen]
    presenter.only("withdrawn")
    assert presenter.rows == () and "没有符合" in presenter.empty()[0]


def test_what_is_overdue_is_said_in_words() -> None:
    presenter, _, _ = page_of(row(days_left=-2), row("MZ2", days_left=1), row("MZ3", days_left=5))
    assert presenter.rows[0].due == "已过期 2 天" and presenter.rows[0].due_tone == "danger"
    assert "2 份" in presenter.pressing()


@pytest.mark.parametrize(
    "state", [s for s in RecordState if s not in ("ready", "changed", "unknown")]
)
def test_what_cannot_be_uploaded_says_why(state: RecordState) -> None:
    presenter, records, _ = page_of(row(state=state))
    found = presenter.why_not("upload_record")
    assert found is not None and found.text
    presenter.upload()
    assert records.asked == []


def test_an_upload_tells_the_centres_number() -> None:
    presenter, records, page = page_of(row())
    presenter.upload()
    assert records.asked == [("upload", "MZ1")] and "BL1" in page.text


def test_an_unanswered_upload_is_no_failure() -> None:
    presenter, records, page = page_of(row())
    records.outcome = Unknown("deadline", "超时")
    presenter.upload()
    assert page.said[-1].kind == "unknown"


def test_only_what_was_uploaded_is_withdrawn() -> None:
    presenter, records, page = page_of(row(state=RecordState.UPLOADED, record_no="BL1"))
    assert presenter.why_not("withdraw_record") is None
    presenter.withdraw("写错")
    assert records.asked == [("withdraw", "MZ1", "写错")] and "已作废" in page.text
    other, _, _ = page_of(row())
    assert other.why_not("withdraw_record") is not None


def test_a_fetched_record_names_its_gaps() -> None:
    presenter, records, page = page_of(row())
    records.gaps = (Gap(name="examination", label="查体", says="必填"),)
    presenter.fetch()
    assert "查体" in page.text


def test_a_file_is_taken_and_its_faults_are_named_up_to_a_limit() -> None:
    presenter, _, page = page_of(row())
    presenter.take_file("records.json")
    text = "\n".join(item.text for item in page.said)
    assert "1 份" in text and "还有 2 处" in text
    presenter.take_file("none.json")
    assert "没有病历" in page.said[-1].text


def test_all_are_sent_and_what_failed_is_named() -> None:
    presenter, records, page = page_of(row(), row("MZ2"))
    presenter.upload_all()
    assert "2 份" in page.text
    records.outcome = None
    presenter.upload_all()
    assert "MZ1" in page.said[-1].text


def test_nothing_chosen_everything_says_so() -> None:
    presenter, _, _ = page_of()
    for action in ("upload_record", "fetch_record", "withdraw_record", "upload_records"):
        assert presenter.why_not(action) is not None
    assert presenter.why_not("import_records") is None
    assert "没有待上传" in presenter.empty()[0]
    assert presenter.values() == () and presenter.head() == "" and presenter.state() == ""
