"""Cards with a presenter of their own: their sentences stand in them, their work runs below."""

from __future__ import annotations

from typing import Any

import pytest

from gui.messages import Message
from gui.screens.work import Work
from gui.screens.working_card import WorkingCard


@pytest.fixture
def card(page: Any) -> WorkingCard:
    made = WorkingCard(page, 400)
    made.card.column.addWidget(made.said)
    made.open()
    return made


@pytest.mark.parametrize(
    ("kind", "role"),
    [("done", "done"), ("unknown", "amber"), ("warning", "fault"), ("danger", "fault")],
)
def test_a_sentence_looks_like_what_it_means(card: WorkingCard, kind: Any, role: str) -> None:
    assert not card.said.isVisible()
    card.tell(Message(kind, "中心未答复"))
    assert card.said.isVisible() and card.said.text() == "中心未答复"
    assert card.said.property("role") == role
    card.hush()
    assert not card.said.isVisible() and card.said.text() == ""


@pytest.mark.parametrize("begins", [True, False])
def test_work_runs_on_the_screen_below(card: WorkingCard, page: Any, begins: bool) -> None:
    begun: list[Work] = []
    page.run = lambda work: begun.append(work) or begins
    work = Work("find", "", lambda: None, lambda _: None, lambda _: None)
    assert card.run(work) is begins and begun == [work]
