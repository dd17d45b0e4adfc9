"""The way from a banner to the screen where it is mended, fee rows made late, faults bounded."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from core.errors import Fault, Refused, fault
from gui.messages import SHOWN_FAULTS, Message, Messages, leads_of, of_refusal
from gui.screens.outpatient.fees import FeeRows, fee_rows
from gui.widgets.banner import Banner, BannerArea
from tests.helpers.fake_desk import LINES, FakeDesk, line, result_of

UNMAPPED = fault("lines.no_centre_code", "centre_code", name="膏", code="H1")


def test_a_fault_leads_to_its_screen() -> None:
    assert leads_of([fault("charge.no_lines"), UNMAPPED]) == ("codes", "blocks")
    assert leads_of([fault("charge.no_lines")]) == ("", "") == leads_of([])
    assert of_refusal(Refused(UNMAPPED)).leads == ("codes", "blocks")


def test_a_banner_goes_there(dressed, qtbot) -> None:
    gone: list[tuple[str, str]] = []
    banner = Banner(of_refusal(Refused(UNMAPPED)), None, lambda *to: gone.append(to))
    qtbot.addWidget(banner)
    banner.show()
    assert "目录对照" in banner.link.text()
    banner.link.click()
    assert gone == [("codes", "blocks")]


def test_a_banner_without_a_way_has_no_button(dressed, qtbot) -> None:
    for banner in (Banner(Message("info", "x"), None, lambda *to: None),
                   Banner(of_refusal(Refused(UNMAPPED)))):  # fmt: skip
        qtbot.addWidget(banner)
        assert not hasattr(banner, "link")


def test_the_area_hands_the_way_on(dressed, qtbot) -> None:
    gone: list[str] = []
    messages = Messages()
    area = BannerArea(messages, "outpatient", go=lambda screen, argument: gone.append(screen))
    qtbot.addWidget(area)
    messages.say("outpatient", of_refusal(Refused(UNMAPPED)))
    area.banners()[0].link.click()
    assert gone == ["codes"]


@pytest.mark.parametrize("count", [1, SHOWN_FAULTS, SHOWN_FAULTS + 1, 500])
def test_many_faults_are_counted_instead_of_listed(count: int) -> None:
    faults = [Fault("k", f"第 {n} 条") for n in range(count)]
    lines = of_refusal(Refused(faults)).text.split("\n")
    assert len(lines) == min(count, SHOWN_FAULTS + 1)
    if count > SHOWN_FAULTS:
        assert str(count - SHOWN_FAULTS) in lines[-1]


# fee rows


def rows(faulty: dict[str, str] | None = None, uploaded: Sequence[int] = ()) -> FeeRows:
    results = tuple(result_of(LINES[place]) for place in uploaded)
    return fee_rows(FakeDesk().kept.model_copy(update={"uploaded": results}), faulty or {})


def test_rows_are_made_when_they_are_looked_at(monkeypatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(
        "gui.screens.outpatient.fees._row", lambda one, *_: made.append(one.line_id) or one
    )
    found = rows()
    assert len(found) == len(LINES) and found and made == []
    assert found[1] is LINES[1] and made == [LINES[1].line_id]
    assert found[-1] is LINES[-1] and len(found[:2]) == 2
    with pytest.raises(IndexError):
        found[len(LINES)]


def test_no_visit_has_no_rows() -> None:
    empty = fee_rows(None, {})
    assert not empty and list(empty) == [] and empty.faulty_place == -1 and not empty.says


def test_equal_visits_have_equal_rows() -> None:
    assert rows() == rows() and rows({"L1": "x"}) != rows() and rows() != ()
    assert rows(uploaded=[0]) != rows()


def test_the_first_row_that_cannot_go() -> None:
    assert rows().faulty_place == -1
    assert rows({LINES[2].line_id: "x", LINES[1].line_id: "y"}).faulty_place == 1
    assert rows({LINES[1].line_id: "y"}, uploaded=[1]).faulty_place == -1
    assert rows({"": "total"}).faulty_place == -1


def test_rows_say_the_same_as_each_of_them() -> None:
    visit = FakeDesk().kept
    back = line(9, quantity="-1", amount=-1234)
    cases = [
        rows(), rows({LINES[0].line_id: "x"}), rows(uploaded=[0]),
        rows({LINES[0].line_id: "x"}, uploaded=[0]), rows({"": "total"}),
        fee_rows(visit.model_copy(update={"lines": (back,)}), {}),
        fee_rows(visit.model_copy(update={"lines": (back,), "uploaded": (result_of(back),)}), {}),
    ]  # fmt: skip
    for found in cases:
        assert found.says is any(row.says for row in found)
