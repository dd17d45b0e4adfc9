"""Code lists for tests: a file of their own, a clock that stands still, invented rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from core.catalogue.entries import Entry
from core.catalogue.mappings import MappingBook
from core.catalogue.store import CodeStore
from core.catalogue.versions import ListBook
from core.clock import ManualClock
from core.domain import Operator, Role
from core.events import Events
from core.service.catalogue import Catalogue
from core.service.mapping import Mappings
from core.service.mapping_sheets import MappingSheets

DAY = date(2026, 3, 2)
IT = Operator(id="0301", name="信息科", role=Role.IT)
CHIEF = Operator(id="0201", name="试用主管", role=Role.SUPERVISOR)
CASHIER = Operator(id="0101", name="试用收费员", role=Role.CASHIER)

BONES = (
    Entry("S42.000", "锁骨骨折"),
    Entry("S72.900", "长骨骨折"),
    Entry("S52.500x001", "桡骨远端骨折", wubi="KMGF"),
    Entry("S52.501", "桡骨头骨折"),
    Entry("S93.400", "踝关节扭伤"),
)
ITEMS = (
    Entry("H001", "布洛芬缓释胶囊（门诊）", "0.3g×24粒", "盒", "18.60", "1"),
    Entry("H002", "膝关节CT平扫", "", "次", "210.00", "2"),
    Entry("H003", "一次性弹力绷带", "7.5cm*4.5m", "卷", "9.80", "2"),
    Entry("H004", "院内自制膏", "20g", "支", "12.00", "1"),
)
CENTRE = (
    Entry("C1001", "布洛芬缓释胶囊", "0.30g*24粒", "盒", "18.60", "1"),
    Entry("C1002", "布洛芬片", "0.1g*100片", "瓶", "6.00", "1"),
    Entry("C2001", "膝关节CT平扫", "", "次", "210.00", "2"),
    Entry("C2002", "髋关节CT平扫", "", "次", "210.00", "2"),
    Entry("C3001", "弹力绷带", "7.5cm×4.5m", "卷", "9.00", "2"),
)


class Lists:
    """Everything about code lists over one file in ``home``."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.clock = ManualClock()
        self.events = Events()
        self.store = CodeStore(home / "codes.db")
        self.book = ListBook(self.store, self.clock)
        self.catalogue = Catalogue(self.store, self.clock, home)
        self.records = MappingBook(self.store, self.clock)
        self.mappings = Mappings(self.catalogue, self.records, self.clock, self.events)
        self.sheets = MappingSheets(self.mappings, self.catalogue, self.clock)

    def take(self, name: str, entries: tuple[Entry, ...], day: date = DAY) -> None:
        """The rows as the next version of a list."""
        self.book.take(name, entries, day, "信息科", "test.csv")

    def stock(self) -> None:
        """Items and the centre's list."""
        self.take("item", ITEMS)
        self.take("centre", CENTRE)


def write_csv(path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    """A small file of lines."""
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return path
