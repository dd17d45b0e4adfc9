"""What every counter of the simulated platform shares: books, habits, and how rows are found."""

from __future__ import annotations

from collections.abc import Callable

from core.simulator.books import Books, Row
from core.simulator.gd.wire import refuse
from core.simulator.office import Habits
from core.simulator.wire import Call, Values
from core.simulator.world import InsuredPerson, persons

OUTPATIENT, INPATIENT = "41", "42"  # aka130
Counter = Callable[["Platform", Call], Values]
NUMBER_OF: dict[str, Callable[[InsuredPerson], str]] = {
    "aac001": lambda person: person.number,
    "aac002": lambda person: person.id_no,
    "bka100": lambda person: person.card_no,
}


class Platform(Habits):
    """Books, habits (``platform_rules``) and how rows are found."""

    def __init__(self, books: Books) -> None:
        super().__init__(books, "platform_rules")

    def institution(self, code: str) -> str:
        """The name of an institution; its code when it is unknown."""
        found = (one["name"] for one in self.rules["institution"] if one["code"] == code)
        return str(next(found, code))

    def person(self, kind: str, value: str) -> InsuredPerson:
        """The insured person by computer number, social-security number or card number."""
        number_of = NUMBER_OF[kind]
        found = next((one for one in persons() if number_of(one) == value), None)
        return found or refuse("person_unknown", value=value)

    def any_visit(self, call: Call) -> Row:
        """The live visit of ``aaz218``; refused when there is none."""
        number = call.body["aaz218"]
        keys = {"hospital": call.hospital, "centre_visit_no": number, "state": "live"}
        return self.books.one("visit", **keys) or refuse("visit_unknown", visit=number)

    def visit(self, call: Call, business: str) -> Row:
        """The same; refused when it is of the other kind, too."""
        found = self.any_visit(call)
        if found["business"] != business:
            wanted = "not_outpatient" if business == OUTPATIENT else "not_inpatient"
            refuse(wanted, visit=call.body["aaz218"])
        return found

    def visits_by(self, call: Call, business: str) -> list[Row]:
        """The live visits that ``bka895`` / ``bka896`` ask for; empty when there are none."""
        kind, value = call.body["bka895"], call.body["bka896"]
        keys = {"hospital": call.hospital, "business": business, "state": "live"}
        if kind in NUMBER_OF:
            keys["person_no"] = self.person(kind, value).number
        else:
            keys["centre_visit_no" if kind == "aaz218" else "visit_no"] = value
        return self.books.find("visit", **keys)

    def active_settlement(self, visit: Row) -> Row | None:
        """The settlement of a stay that stands."""
        keys = {"visit_id": visit["id"], "cancelled_by": "", "reversed_by": ""}
        return self.books.one("settlement", **keys, refund_of=None)

    def unsettled_stay(self, call: Call, settled: str = "settled_exists") -> Row:
        """The live stay of ``aaz218``; refused as ``settled`` while its settlement stands."""
        visit = self.visit(call, INPATIENT)
        if self.active_settlement(visit):
            refuse(settled)
        return visit

    def mark(self, call: Call) -> str:
        """What names this call in the rows it changes: its own id, else the number it will have."""
        return call.msgid or f"call-{self.books.serial('call')}"

    def new_number(self, call: Call) -> str:
        """A new aaz218: institution, day, serial (20 characters; protocol-gd.md §7)."""
        return f"{call.hospital[:6]:0<6}{call.at[:8]}{self.books.serial('visit'):06d}"
