"""Papers of 查询补打 without a window: the centre's slip, many at once, jobs that wait."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from core.domain.papers import CentreSlip, PaperStanding, PrintJob
from core.errors import Refused, SetupError, fault
from core.events import Events, Progress
from core.outcome import Accepted, Rejected, Unknown
from core.service.centre_slips import Fetched
from gui import paper, printing
from gui.screens.history.papers import MOST_AT_ONCE, Papers, prints_word
from tests.helpers.fake_desk import NOON, FakeDesk, FakePage

SLIP = CentreSlip(
    msgid="M-7", digest="ab" * 32, size=4, file_name="结算单.pdf", file_type="pdf", fetched_at=NOON
)
JOB = PrintJob(number=1, msgid="M-7", kind="slip", queue="前台", job=5, at=NOON)


class Page(FakePage):
    """Remembers what lies over it."""

    shown: Any = None

    def show_paper(self, shown: Any) -> None:
        self.shown = shown


@pytest.fixture
def desk(tmp_path) -> FakeDesk:
    made = FakeDesk()
    made.home, made.events = tmp_path, Events()
    made.kept_slip = None
    made.fetched = Fetched(Accepted(), SLIP, "M-6101")
    documents = made.documents
    documents.centre_slip = lambda msgid: made.kept_slip
    documents.slip_content = lambda slip: b"%PDF"
    documents.fetch_slip = lambda msgid: (made.calls.append(("6101", msgid)), made.fetched)[1]
    documents.jobs.withdraw = lambda msgid: (JOB,)
    return made


@pytest.fixture
def page() -> Page:
    return Page()


@pytest.fixture
def papers(desk, page) -> Papers:
    made = Papers(desk, page)
    made.of = "M-7"
    return made


def test_the_first_time_it_is_downloaded(papers, desk, page):
    papers.show_centre()
    assert desk.calls == [("6101", "M-7")]
    assert page.shown.content == b"%PDF" and papers.shown is page.shown
    assert all(part in page.shown.head for part in ("结算单.pdf", "4 字节", "abababab", "12:00"))


def test_what_was_downloaded_needs_no_centre(papers, desk, page):
    desk.kept_slip = SLIP
    papers.show_centre()
    assert desk.calls == [] and page.shown is not None
    papers.fetch()
    assert desk.calls == [("6101", "M-7")]
    papers.put_away()
    assert papers.shown is None


@pytest.mark.parametrize(
    ("fetched", "kind", "words"),
    [
        (Fetched(Rejected("-1", "没有这笔结算")), "danger", "没有这笔结算"),
        (Fetched(Unknown("deadline", "")), "unknown", ""),
        (Fetched(Accepted(), None, "M", fault("centre_slip.empty")), "warning", "空的"),
    ],
)
def test_no_slip_is_said_and_nothing_is_shown(papers, desk, page, fetched, kind, words):
    desk.fetched = fetched
    papers.fetch()
    assert page.kinds == [kind] and words in page.text and page.shown is None


def test_other_bytes_than_before_are_said(papers, desk, page):
    desk.fetched = Fetched(Accepted(), SLIP, "M", changed=True)
    papers.fetch()
    assert "不同" in page.text and page.shown is not None


@pytest.mark.parametrize(
    ("kind", "ending"),
    [("pdf", ".pdf"), (".PDF ", ".pdf"), ("../x", ".bin"), ("", ".bin"), ("结算", ".bin")],
)
def test_the_original_is_saved_under_a_plain_name(papers, desk, page, tmp_path, kind, ending):
    desk.fetched = Fetched(Accepted(), SLIP.model_copy(update={"file_type": kind}), "M")
    papers.fetch()
    papers.save()
    path = tmp_path / "exports" / f"M-7-centre{ending}"
    assert path.read_bytes() == b"%PDF" and str(path) in page.text


def test_a_disk_that_refuses_is_a_sentence(papers, page, tmp_path):
    papers.fetch()
    (tmp_path / "exports").write_text("in the way")
    papers.save()
    assert page.kinds == ["warning"] and "exports" in page.text


def test_nothing_shown_nothing_saved(papers, desk, page, tmp_path):
    papers.save()
    papers.print_centre()
    assert page.said == [] and not (tmp_path / "exports").exists()


def test_the_centres_slip_is_printed(papers, desk, page, monkeypatch):
    place = str(desk.home / "slips" / "x.pdf")
    monkeypatch.setattr(printing, "print_centre_slip", lambda desk, msgid: place)
    papers.fetch()
    papers.print_centre()
    assert "slips/x.pdf" in page.text and str(desk.home) not in page.text


@pytest.fixture
def printer(monkeypatch):
    """Prints everything but what it is told to fail on."""
    printed, fails = [], set()

    def out(desk, msgid):
        if msgid in fails:
            raise SetupError(fault("printing.stopped", name="前台", why="缺纸"))
        printed.append(msgid)
        return "前台"

    monkeypatch.setattr(printing, "print_slip", out)
    return SimpleNamespace(printed=printed, fails=fails)


def test_many_are_printed_with_their_count(papers, desk, page, printer):
    heard: list[Any] = []
    desk.events.listen(heard.append)
    papers.print_all(["M-1", "M-2", "M-3"])
    assert printer.printed == ["M-1", "M-2", "M-3"] and "3 张" in page.text
    assert [(event.done, event.total) for event in heard if isinstance(event, Progress)] == [
        (1, 3), (2, 3), (3, 3)
    ]  # fmt: skip


def test_the_first_that_fails_ends_it(papers, page, printer):
    printer.fails.add("M-2")
    papers.print_all(["M-1", "M-2", "M-3"])
    assert printer.printed == ["M-1"]
    assert "打印了 1 张，共 3 张" in page.text and "缺纸" in page.text


def test_it_can_be_stopped(papers, page, printer):
    page.hold = True
    papers.print_all(["M-1", "M-2"])
    page.waiting[0].stop()
    page.finish()
    assert printer.printed == [] and "停下" in page.text


def test_not_more_than_a_desk_can_want_at_once(papers, page, printer):
    papers.print_all([f"M-{number}" for number in range(MOST_AT_ONCE + 5)])
    assert len(printer.printed) == MOST_AT_ONCE


def test_a_waiting_job_is_taken_back(papers, desk, page):
    papers.withdraw()
    assert "前台" in page.text and page.kinds == ["done"]
    desk.documents.jobs.withdraw = _refuse
    papers.withdraw()
    assert page.kinds == ["warning"]


def _refuse(msgid: str) -> Any:
    raise Refused(fault("printing.no_job"))


def test_why_not(papers):
    assert papers.why_not("print_all", "", 0) is not None
    assert papers.why_not("print_all", "", 2) is None
    assert papers.why_not("centre_slip", "", 0) is None
    assert papers.why_not("save_centre", "", 0) is not None
    assert papers.why_not("withdraw_job", "", 0) is not None
    assert papers.why_not("withdraw_job", "前台", 0) is None
    papers.of = ""
    assert papers.why_not("centre_slip", "", 0) is not None


@pytest.mark.parametrize(
    ("standing", "word"),
    [
        (None, "未打"), (PaperStanding(prints=1), "已打"), (PaperStanding(prints=3), "补打 2 次"),
        (PaperStanding(waits_at="前台"), "等候中"),
        (PaperStanding(prints=1, centre_prints=2), "已打 中心单 2"),
    ],
)  # fmt: skip
def test_marks_in_the_list(standing, word):
    assert prints_word(standing) == word


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "a" / "b.pdf"
    assert paper.write_whole(path, b"1", "slip.not_written").read_bytes() == b"1"
    assert [item.name for item in path.parent.iterdir()] == ["b.pdf"]
    with pytest.raises(SetupError):
        paper.write_whole(path / "c", b"1", "slip.not_written")
