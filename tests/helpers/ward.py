"""The inpatient page without a window over real services: one world, a presenter for each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.domain.stay import StayRow
from gui.screens.inpatient.presenter import InpatientPresenter
from tests.helpers.fake_desk import FakePage
from tests.helpers.inprocess import World

KEYS = {
    "包振邦": "bao", "石宝珍": "shi", "田广林": "tian", "孟庆生": "meng", "段丽华": "duan",
    "向文斌": "xiang", "孔令辉": "kong", "冷秋月": "leng", "贾云鹏": "jia",
}  # fmt: skip


class Ward:
    """The invented hospital's stays, one desk, and whoever sits at it."""

    def __init__(self, world: World, desk: Any) -> None:
        self.world, self.desk = world, desk

    def sit(self) -> tuple[InpatientPresenter, FakePage]:
        """A fresh page with the list read."""
        page = FakePage()
        presenter = InpatientPresenter(self.desk, page)
        presenter.load()
        return presenter, page

    def row(self, name: str) -> StayRow:
        """The newest row of a patient."""
        return [row for row in self.desk.stays.worklist() if row.name == name][-1]

    def lay(self, name: str) -> None:
        """The patient's card into the reader."""
        self.world.order("CARD", person=KEYS.get(name, name))

    def opened(self, name: str, *, card: bool = True) -> tuple[InpatientPresenter, FakePage]:
        """The patient's stay on the page, the card read."""
        presenter, page = self.sit()
        presenter.open(self.row(name).visit_no)
        if card:
            self.lay(name)
            presenter.read_card()
        return presenter, page

    def admitted(self, name: str) -> tuple[InpatientPresenter, FakePage]:
        """Registered, unless it was already."""
        presenter, page = self.opened(name)
        if not presenter.case or not presenter.case.registered:
            presenter.admit()
        assert presenter.case is not None and presenter.case.registered, page.text
        return presenter, page

    def uploaded(self, name: str) -> tuple[InpatientPresenter, FakePage]:
        """Registered, every line at the centre."""
        presenter, page = self.admitted(name)
        if presenter.case and presenter.case.missing:
            presenter.upload()
        assert presenter.case is not None and not presenter.case.missing, page.text
        return presenter, page

    def left(self, name: str) -> tuple[InpatientPresenter, FakePage]:
        """Discharged and pre-settled for good."""
        presenter, page = self.uploaded(name)
        if presenter.case and presenter.case.discharge is None:
            presenter.discharge({**presenter.discharge_values(), "outcome_code": "01"})
        presenter.presettle()
        assert presenter.case is not None and presenter.case.shown is not None, page.text
        return presenter, page


@contextmanager
def a_ward(home: Path) -> Iterator[Ward]:
    """A world with its desk, closed at the end."""
    world = World(home)
    with world.desk() as desk:
        yield Ward(world, desk)
