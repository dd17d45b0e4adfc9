"""What every counter of the simulated centre shares: books, habits, and how rows are found."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any

from core.simulator.books import Books, Row
from core.simulator.wire import Body, Call, Values, number, refuse
from core.simulator.world import InsuredPerson, persons, read_table
from core.simulator.world import person as find_person

Counter = Callable[["Office", Call], Body]
Shape = Callable[[Row], Values]
INPATIENT = "2"  # medical categories of a stay begin with it


class Habits:
    """The books and the centre's habits (the table ``table``, overlaid by the books' settings)."""

    def __init__(self, books: Books, table: str) -> None:
        self.books = books
        self.rules: Values = read_table(table) | books.setting("rules", {})

    def rule(self, name: str, value: Any) -> None:
        """Change a habit for good."""
        self.rules[name] = value
        self.books.set("rules", self.books.setting("rules", {}) | {name: value})

    def card(self) -> str:
        """The number of the person whose card lies in the reader, or empty."""
        found = find_person(str(self.rules["default_card"]))
        return str(self.books.setting("card", found.number if found else ""))


class Office(Habits):
    """Books, habits (``simulator_rules``) and how rows are found."""

    def __init__(self, books: Books) -> None:
        super().__init__(books, "simulator_rules")
        self.kinds: dict[str, str] = read_table("simulator_fields")["kinds"]

    def person(self, number: str) -> InsuredPerson:
        """The insured person of that number; refused when there is none."""
        found = next((one for one in persons() if one.number == number), None)
        if found is None:
            refuse("person_unknown", person=number)
        return found

    def visit(self, call: Call, visit_no: str) -> Row:
        """The live visit; refused when there is none."""
        found = self.books.one("visit", hospital=call.hospital, visit_no=visit_no, state="live")
        if found is None:
            refuse("visit_unknown", visit=visit_no)
        return found

    def active_settlement(self, visit: Row) -> Row | None:
        """The settlement of a visit that is neither cancelled nor reversed."""
        return self.books.one("settlement", visit_id=visit["id"], cancelled_by="", reversed_by="")

    def settlement(self, call: Call, visit_no: str, bill_no: str) -> Row:
        """The active settlement of visit and bill; refused when unknown, reversed or cancelled."""
        keys = {"hospital": call.hospital, "visit_no": visit_no, "bill_no": bill_no}
        found = self.books.one("settlement", **keys, reversed_by="")
        if found is None:
            refuse("settlement_unknown", visit=visit_no, bill=bill_no)
        if found["cancelled_by"]:
            refuse("settlement_cancelled", visit=visit_no, bill=bill_no)
        return found

    def paged(self, call: Call, sql: str, shape: Shape, **values: Any) -> list[Values]:
        """The asked page; every row repeats ``pageCount`` (protocol-zjs.md §3.8, SEEN)."""
        found = self.books.rows(f"SELECT count(*) AS n FROM ({sql})", **values)
        size, skip, pages = self._page(call, found[0]["n"])
        part = self.books.rows(f"{sql} LIMIT :size OFFSET :skip", **values, size=size, skip=skip)
        return [shape(row) | {"pageCount": pages} for row in part]

    def page_of(self, call: Call, rows: list[Values]) -> list[Values]:
        """The same for rows that are in memory."""
        size, skip, pages = self._page(call, len(rows))
        return [row | {"pageCount": pages} for row in rows[skip : skip + size]]

    def _page(self, call: Call, count: int) -> tuple[int, int, str]:
        size = int(self.rules["page_size"])
        page = max(1, int(call.body["pageNumber"] or 1))
        return size, (page - 1) * size, number(max(1, ceil(count / size)))


def in_order(begin: str, end: str) -> None:
    """Refuse a period that ends before it begins (14 digits each; an empty end is open)."""
    if end and begin > end:
        refuse("period")
