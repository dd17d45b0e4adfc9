"""扣款申诉 without a window, over a real desk: lists, drafts that keep themselves, F2 twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.domain.deduction import AppealState, Deduction, DeductionEvent, ReasonSum
from core.events import TransactionChanged
from gui.screens.appeals.faces import (
    comparison,
    due_text,
    event_words,
    file_words,
    line_words,
    row_of,
    whole_of,
)
from gui.screens.appeals.presenter import FILTERS, AppealsPresenter
from gui.screens.appeals.writing import read_file
from tests.helpers.audits import PDF, WORDS, Audited
from tests.helpers.fake_desk import FakePage


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    made = Audited(tmp_path_factory.mktemp("presenter"))
    yield made
    made.close()


@pytest.fixture
def page() -> FakePage:
    return FakePage()


@pytest.fixture
def presenter(audited: Audited, page: FakePage) -> Iterator[AppealsPresenter]:
    yield AppealsPresenter(audited.desk, page)
    audited.world.gateway.unsent = False
    audited.world.order("CLEAR")
    audited.world.resolve(audited.desk)


def at(presenter: AppealsPresenter, item: Deduction) -> AppealsPresenter:
    """The presenter looking at that deduction."""
    presenter.find("")
    presenter.choose(item.ded_id)
    assert presenter.item is not None and presenter.item.ded_id == item.ded_id
    return presenter


# -- the list


def test_fetching_fills_the_list_and_says_what_is_new(
    audited: Audited, presenter: AppealsPresenter, page: FakePage
) -> None:
    ded_id = audited.deduct(123)
    presenter.fetch()
    assert page.kinds == ["done"] and "新增" in page.text
    assert ded_id in {row.ded_id for row in presenter.rows}
    assert presenter.chosen and presenter.item is not None and presenter.loaded


def test_a_failed_fetch_leaves_the_kept_list(
    audited: Audited, presenter: AppealsPresenter, page: FakePage
) -> None:
    item = audited.listed()
    audited.world.gateway.unsent = True
    presenter.fetch()
    assert page.kinds[0] == "warning" and "照常" in page.said[0].text
    assert item.ded_id in {row.ded_id for row in presenter.rows}


def test_a_list_that_shifts_while_it_is_read_is_not_believed(
    audited: Audited, presenter: AppealsPresenter, page: FakePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.outcome import Accepted
    from core.service.deductions import Fetched

    monkeypatch.setattr(audited.desk.appeals, "fetch", lambda *_: Fetched(Accepted()))
    presenter.fetch()
    assert "再按一次 F5" in page.text


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_can_be_asked(
    audited: Audited, presenter: AppealsPresenter, name: str
) -> None:
    audited.listed()
    presenter.only(name)  # type: ignore[arg-type]
    states = {item.state for item in presenter.items}
    if name in ("waiting", "upheld", "dismissed", "gone"):
        assert states <= {AppealState(name)}
    assert len(presenter.rows) == len(presenter.items)


def test_periods_are_read_as_they_are_typed(presenter: AppealsPresenter, page: FakePage) -> None:
    assert presenter.on_period("20260301", "2026/3/2")
    assert f"{presenter.begin} {presenter.end}" == "2026-03-01 2026-03-02"
    assert not presenter.on_period("上月", "2026-13-01")
    assert "上月" in page.text and "2026-13-01" in page.text
    assert not presenter.on_period("2026-03-02", "2026-03-01")
    assert "晚于" in page.text


def test_an_empty_list_says_what_to_press(presenter: AppealsPresenter) -> None:
    presenter.on_period("2020-01-01", "2020-01-02")
    assert presenter.rows == () and "F5" in presenter.empty()[1]
    presenter.find("没有这个人")
    assert "F5" in presenter.empty()[1] and presenter.item is None
    assert presenter.head() and not presenter.note() and presenter.pairs() == ()
    assert presenter.why_not("export_appeals") is not None


def test_what_presses_is_counted_in_words(audited: Audited, presenter: AppealsPresenter) -> None:
    item = audited.listed()
    books = audited.world.centre.books
    row = books.one("deduction", ded_id=item.ded_id)
    assert row is not None
    books.change("deduction", row["id"], appeal_ends="20260303100000")
    presenter.fetch()
    assert "到期 1 笔" in presenter.warning() and "！" in presenter.warning()
    presenter.choose(item.ded_id)
    assert presenter.due() == "！还有 1 天" and presenter.due_tone() == "amber"
    presenter.only("soon")
    assert [one.ded_id for one in presenter.items] == [item.ded_id] and presenter.sums == ()
    books.change("deduction", row["id"], appeal_ends="20260401100000")
    audited.fetch()


# -- one deduction


def test_the_deducted_line_stands_beside_ours(
    audited: Audited, presenter: AppealsPresenter
) -> None:
    item = audited.listed(100, line=1)
    at(presenter, item)
    pairs = {pair.label: pair for pair in presenter.pairs()}
    assert pairs["处方流水号"].theirs == pairs["处方流水号"].ours == item.line_id
    assert not any(pair.differs for pair in pairs.values())
    assert item.visit_no in presenter.note() and "1.00" in presenter.head()


def test_choosing_another_keeps_what_was_written(
    audited: Audited, presenter: AppealsPresenter
) -> None:
    first, second = audited.listed(), audited.listed()
    at(presenter, first).write(100, "第一笔", "")
    presenter.choose(second.ded_id)
    assert presenter.writing.reason == "" and not presenter.writing.dirty
    assert audited.appeals.draft(first.ded_id).reason == "第一笔"
    assert presenter.item is not None and presenter.item.ded_id == second.ded_id


def test_a_draft_is_saved_and_the_list_says_so(
    audited: Audited, presenter: AppealsPresenter
) -> None:
    item = audited.listed()
    at(presenter, item).write(80, "写了", "0990")
    assert presenter.writing.dirty
    presenter.writing.save()
    assert not presenter.writing.dirty
    row = next(row for row in presenter.rows if row.ded_id == item.ded_id)
    assert row.state == "草稿"
    draft = audited.appeals.draft(item.ded_id)
    assert (draft.amount, draft.reason, draft.phone) == (80, "写了", "0990")


def test_what_is_typed_while_it_is_being_saved_is_saved_afterwards(
    audited: Audited, presenter: AppealsPresenter, page: FakePage
) -> None:
    item = audited.listed()
    at(presenter, item).write(100, "一", "")
    page.hold = True
    presenter.writing.save()
    presenter.write(100, "一二", "")
    presenter.writing.save()
    assert presenter.writing.saving and presenter.writing.dirty
    page.finish()
    assert audited.appeals.draft(item.ded_id).reason == "一二"


def test_reading_anew_does_not_overwrite_what_is_typed(
    audited: Audited, presenter: AppealsPresenter
) -> None:
    item = audited.listed()
    at(presenter, item).write(100, "还没存", "")
    presenter.look()
    assert presenter.writing.reason == "还没存"


def test_templates_are_filled_kept_and_dropped(
    audited: Audited, presenter: AppealsPresenter, page: FakePage
) -> None:
    item = audited.listed()
    at(presenter, item)
    words = presenter.use_template("related")
    assert item.visit_no in words and audited.lines[0].name in words
    assert presenter.use_template("") == ""
    presenter.write(100, "见病历", "")
    presenter.keep_template("常用")
    assert "常用" in page.text
    assert presenter.writing.looked is not None
    assert "常用" in [one.label for one in presenter.writing.looked.templates]
    presenter.drop_template("own:常用")
    assert "常用" not in [one.label for one in presenter.writing.looked.templates]


def test_files_are_attached_by_path(
    audited: Audited, presenter: AppealsPresenter, page: FakePage, tmp_path: Path
) -> None:
    item = audited.listed()
    path = tmp_path / "病历 摘要.pdf"
    path.write_bytes(PDF)
    at(presenter, item).attach(f' "{path}" ')
    appeal = presenter.writing.appeal()
    assert appeal is not None and [one.name for one in appeal.attachments] == ["病历 摘要.pdf"]
    presenter.attach(str(tmp_path / "none.pdf"))
    assert "none.pdf" in page.text and page.kinds[-1] == "warning"
    presenter.detach(appeal.attachments[0].digest)
    appeal = presenter.writing.appeal()
    assert appeal is not None and appeal.attachments == ()
    presenter.attach("  ")
    presenter.detach("")


# -- sending


def test_f2_twice_sends(audited: Audited, presenter: AppealsPresenter, page: FakePage) -> None:
    item = audited.listed(60)
    at(presenter, item).write(60, WORDS, "")
    presenter.send()
    assert presenter.armed and "0.60" in presenter.summary() and audited.booked(item.ded_id) == []
    presenter.send()
    assert not presenter.armed and "受理" in page.text
    assert [row["amount"] for row in audited.booked(item.ded_id)] == [60]
    row = next(row for row in presenter.rows if row.ded_id == item.ded_id)
    assert row.state == "待审" and not presenter.writing.editable
    assert presenter.why_not("send_appeal") is not None
    presenter.send()
    assert len(audited.booked(item.ded_id)) == 1


@pytest.mark.parametrize(
    ("amount", "words", "says"), [(60, "", "理由"), (61, WORDS, "0.60"), (None, WORDS, "申诉金额")]
)
def test_what_is_incomplete_is_told_and_not_armed(
    audited: Audited, presenter: AppealsPresenter, page: FakePage,
    amount: int | None, words: str, says: str,
) -> None:  # fmt: skip
    item = audited.listed(60)
    at(presenter, item).write(amount, words, "")
    presenter.send()
    assert not presenter.armed and says in page.text and page.kinds == ["warning"]
    assert presenter.why_not("send_appeal") is None


def test_any_change_takes_the_first_press_back(
    audited: Audited, presenter: AppealsPresenter
) -> None:
    at(presenter, audited.written())
    presenter.send()
    presenter.write(100, WORDS + "再", "")
    assert not presenter.armed
    presenter.send()
    assert presenter.disarm() and not presenter.disarm()


def test_a_refusal_is_a_banner_in_the_centres_words(
    audited: Audited, presenter: AppealsPresenter, page: FakePage
) -> None:
    item = audited.written()
    at(presenter, item)
    audited.world.fault("refuse", "3101", text="材料不全")
    presenter.send()
    presenter.send()
    assert page.said[-1].text == "材料不全" and page.kinds == ["danger"]
    assert presenter.writing.editable


def test_an_unknown_appeal_is_shown_so_until_it_is_found(
    audited: Audited, presenter: AppealsPresenter, page: FakePage
) -> None:
    item = audited.written()
    at(presenter, item)
    audited.world.fault("reply_lost", "3101", ending="status")
    presenter.send()
    presenter.send()
    assert page.kinds == ["unknown"]
    row = next(row for row in presenter.rows if row.ded_id == item.ded_id)
    assert row.state == "结果未定" and row.state_tone == "amber"
    reason = presenter.why_not("write_appeal")
    assert reason is not None and "待处理" in reason.text
    audited.world.resolve(audited.desk)
    presenter.changed(TransactionChanged("M", item.visit_no, "settled"))
    row = next(row for row in presenter.rows if row.ded_id == item.ded_id)
    assert row.state == "待审"
    presenter.changed(TransactionChanged("M", "another", "settled"))


def test_keys_during_the_call_do_nothing(
    audited: Audited, presenter: AppealsPresenter, page: FakePage
) -> None:
    item = audited.written()
    at(presenter, item)
    presenter.send()
    page.hold = True
    for _ in range(5):
        presenter.send()
    presenter.choose("another")
    page.finish()
    assert len(audited.booked(item.ded_id)) == 1 and presenter.chosen == item.ded_id


@pytest.mark.parametrize("name", ["send_appeal", "appeal_lines", "write_appeal", "attach_file"])
def test_without_a_deduction_there_is_nothing_to_do(presenter: AppealsPresenter, name: str) -> None:
    reason = presenter.why_not(name)
    assert reason is not None and "选择" in reason.text
    assert presenter.why_not("find_appeal") is None
    assert presenter.summary() == "" and presenter.due() == "" and presenter.due_tone() == ""


def test_the_list_goes_out_as_a_book(
    audited: Audited, presenter: AppealsPresenter, page: FakePage
) -> None:
    from openpyxl import load_workbook

    presenter.export()
    assert "F5" in page.text
    item = audited.listed(150, "=HYPERLINK()")
    presenter.find("HYPERLINK")
    presenter.export()
    (path,) = (audited.desk.home / "exports").glob("*.xlsx")
    book = load_workbook(path)
    first, second = book.worksheets
    row = dict(zip(*(tuple(cells) for cells in first.iter_rows(values_only=True)), strict=True))
    assert (row["扣款编号"], row["扣款金额"]) == (item.ded_id, 1.5)
    assert row["扣款原因"] == "=HYPERLINK()" and first["I2"].data_type == "s"
    assert [cell.value for cell in second[2]] == ["=HYPERLINK()", 1, 1.5, 0, 0]
    assert page.text.endswith(f"exports/{path.name}")


# -- words


def test_a_difference_between_the_two_sides_is_marked(audited: Audited) -> None:
    from types import SimpleNamespace

    item = audited.listed()
    other = SimpleNamespace(line_id=item.line_id, centre_code="F1", amount=1, sent=None)
    pairs = {pair.label: pair for pair in comparison(item, other)}
    assert pairs["中心编码"].differs and pairs["医院金额"].differs
    assert not pairs["处方流水号"].differs and not pairs["上传金额"].differs
    assert all(not pair.ours and not pair.differs for pair in comparison(item, None))


def test_lines_are_cited_with_what_is_known(audited: Audited) -> None:
    item = audited.listed(line=1)
    line = audited.appeals.evidence(item).line
    words = line_words(line)
    assert line is not None and line.name in words and item.line_id in words and "×" in words
    from dataclasses import replace

    assert "×" not in line_words(replace(line, price=None, quantity=None))


@pytest.mark.parametrize("kind", ["new", "state", "back", "deducted", "until", "gone", "attached",
                                  "detached", "sent", "refused", "unknown"])  # fmt: skip
def test_every_event_has_a_sentence(audited: Audited, kind: str) -> None:
    text = "waiting" if kind in ("state", "back") else "字"
    words = event_words(DeductionEvent(at=audited.world.clock.now(), kind=kind, text=text))
    assert words and "{" not in words


def test_sums_files_and_rows_are_worded() -> None:
    rows = (ReasonSum(reason="a", count=1, deducted=5, appealed=3, upheld=1),
            ReasonSum(reason="b", count=2, deducted=7, appealed=0, upheld=0))  # fmt: skip
    whole = whole_of(rows)
    assert (whole.count, whole.deducted, whole.appealed, whole.upheld) == (3, 12, 3, 1)
    assert file_words("a.pdf", 1025) == "a.pdf　2 KB"
    from core.service.appeal_rules import Deadline

    assert due_text(Deadline("overdue", -3)) == "× 已过 3 天"
    bare = Deduction(ded_id="D", deducted=1, state=AppealState.OTHER, code="8")
    assert row_of(bare, Deadline("none"), "特殊").state == "其他 特殊"


def test_a_file_that_is_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.errors import Refused
    from gui.screens.appeals import writing

    monkeypatch.setattr(writing, "MOST_READ", 3)
    (tmp_path / "a.pdf").write_bytes(PDF)
    with pytest.raises(Refused, match="太大"):
        read_file(str(tmp_path / "a.pdf"))
    with pytest.raises(Refused, match="读不出来"):
        read_file("\x00")
