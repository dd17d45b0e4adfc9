"""The flow at the end of a day: books that differ, repaired by the proposals, confirmed, cut."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from core.clock import stamp
from core.money import show
from gui.flows.cashier import PASSWORD, charge, rail_key_of
from gui.tour import Tour

PATIENTS = 3
A_DAY = -86_400
MORE = 100  # fen that the centre has too much
SECOND = "tour2"
UNKNOWN_VISIT = "MZTOUR0001"
LAST = 999  # a message id of this desk that its journal does not know
MOST_REPAIRS = 12
SMALLEST_PDF = 1000


def dayend(tour: Tour) -> None:
    """From several settlements to the sign-out."""
    tour.need(tour.control is not None, "tour.no_control")
    for number in range(PATIENTS):
        charge(tour)
        if number + 1 < PATIENTS:
            tour.step("next_patient", lambda: tour.cashier.act("next_patient"))
    drift(tour)
    tour.step("dayend", lambda: tour.cashier.press(rail_key_of(tour, "dayend")))
    unequal(tour)
    repair_all(tour)
    confirm(tour)
    undo(tour)
    confirm(tour)
    cut(tour)
    sign_out(tour)


def drift(tour: Tour) -> None:
    """The centre loses a settlement, has one dearer, books one a day before, and one too many."""
    control = tour.control
    assert control is not None
    visits = [paid.visit_no for paid in tour.desk.history.settlements("", None)[:PATIENTS]]
    control.mismatch("lose", visit=visits[0])
    control.mismatch("shift", visit=visits[1], fen=MORE)
    control.mismatch("move", visit=visits[2], seconds=A_DAY)
    desk = tour.desk
    lost = desk.centre.new_msgid(stamp(desk.session.centre_now()), desk.settings.desk.number, LAST)
    control.mismatch(
        "book", visit=UNKNOWN_VISIT, bill=f"{UNKNOWN_VISIT}-1", msgid=lost, total=MORE, fund=MORE,
        operator=desk.session.operator.id,
    )  # fmt: skip


def presenter(tour: Tour) -> Any:
    """The page of 日终对账, without its widgets."""
    return tour.cashier.page.presenter


def unequal(tour: Tour) -> None:
    """F5 says that the sums differ, F3 by which pairs."""
    tour.step("compare", lambda: tour.cashier.act("compare_day"), "refused")
    tour.need(presenter(tour).books.verdict() == "unequal", "tour.dayend.not_unequal")
    tour.step("match", lambda: tour.cashier.act("match_day"))
    tour.need(presenter(tour).pairs.counts()["open"] > PATIENTS, "tour.dayend.no_pairs")


def repair_all(tour: Tour) -> None:
    """F2 on one pair after the other, its proposal taken as it is, until the sums agree."""
    count = 0
    while presenter(tour).repairs():
        count += 1
        tour.need(count <= MOST_REPAIRS, "tour.dayend.no_end", count=count)
        done = presenter(tour).pairs.counts()["open"]
        tour.step(f"repair-{count}", lambda: repair(tour))
        text = " ".join(message.text for message in tour.cashier.banners())
        left = presenter(tour).pairs.counts()["open"]
        tour.need(left < done, "tour.dayend.not_repaired", text=text)
    tour.need(presenter(tour).books.verdict() == "equal", "tour.dayend.no_end", count=count)


def repair(tour: Tour) -> None:
    """The card over the page: the first reason, a second person where one is needed."""
    cashier, page = tour.cashier, tour.cashier.page
    second = presenter(tour).pairs.pair.needs_second
    cashier.act("confirm_day")
    cashier.wait(lambda: page.reason.isVisible(), "the card that asks for the reason")
    fill(tour, second)


def fill(tour: Tour, second: bool) -> None:
    """Reason, second person, and the button, by keys alone."""
    cashier, card = tour.cashier, tour.cashier.page.reason
    cashier.press("Down")
    if second:
        number, password = second_person(tour)
        cashier.tab_to(card.form.fields["second"].editor)
        cashier.type(number)
        cashier.press("Return")
        cashier.type(password)
    cashier.tab_to(card.yes)
    cashier.press("Space")


def second_person(tour: Tour) -> tuple[str, str]:
    """A supervisor other than the operator: of the training, else made for the occasion."""
    from core.domain import Role
    from core.service.trainers import training_password

    operators, me = tour.desk.operators, tour.desk.session.operator
    bosses = [item for item in operators.list() if item.role is Role.SUPERVISOR]
    other = [item.id for item in bosses if item.id != me.id]
    if tour.desk.settings.training:
        return other[0], training_password()
    if SECOND not in other:
        operators.create(SECOND, SECOND, Role.SUPERVISOR, PASSWORD)
    return SECOND, PASSWORD


def confirm(tour: Tour) -> None:
    """F2, F2; the centre holds one standing confirmation of what our journal says."""
    tour.step("confirm", lambda: tour.cashier.act("confirm_day"))
    tour.need(presenter(tour).books.armed, "tour.not_armed")
    tour.step("confirmed", lambda: tour.cashier.act("confirm_day"))
    tour.need(presenter(tour).books.verdict() == "confirmed", "tour.dayend.not_confirmed")
    compare_books(tour)


def compare_books(tour: Tour) -> None:
    """Our net sum of the day and the centre's books, and its standing confirmations."""
    assert tour.control is not None
    ours = presenter(tour).books.comparison.ours.net.total
    theirs = net_of(tour.control.books("settlement")["settlements"], today(tour))
    tour.expect(ours == theirs, "tour.dayend.books_total", ours=show(ours), theirs=show(theirs))
    rows = tour.control.books("confirmation")["confirmations"]
    standing = [row for row in rows if row["equal"] and not row["undone_by"]]
    tour.expect(len(standing) == 1, "tour.dayend.books_confirmed", count=len(standing))


def today(tour: Tour) -> str:
    """Eight digits of the centre's day."""
    return stamp(tour.desk.session.centre_now())[:8]


def net_of(rows: list[dict[str, Any]], day: str) -> int:
    """Settlements and cancellations that the centre booked on a day, in fen."""
    booked = (row for row in rows if not row["reversed_by"])
    return sum(_part(row, day) for row in booked)


def _part(row: dict[str, Any], day: str) -> int:
    total = int(row["total"])
    settled = total if row["booked_at"].startswith(day) else 0
    back = total if row["cancelled_by"] and row["cancelled_at"].startswith(day) else 0
    return settled - back


def undo(tour: Tour) -> None:
    """F8 with a reason, and a supervisor where the operator is none; then both sums again."""
    cashier, page = tour.cashier, tour.cashier.page
    cashier.act("undo_day")
    cashier.wait(lambda: page.reason.isVisible(), "the card that asks for the reason")
    alone = presenter(tour).is_supervisor()
    tour.step("undo_confirmation", lambda: fill(tour, not alone))
    tour.need(presenter(tour).books.verdict() == "equal", "tour.dayend.not_undone")
    tour.step("compare_again", lambda: cashier.act("compare_day"))


def cut(tour: Tour) -> None:
    """F6, F2, F2: the closing stands and its sheet is out."""
    cashier = tour.cashier
    tour.step("closing", lambda: cashier.act("switch_day"))
    cuts = presenter(tour).cuts
    cash = cuts.cash()
    tour.step("close", lambda: cashier.act("confirm_day"))
    tour.need(cuts.armed, "tour.not_armed")
    tour.step("closed", lambda: cashier.act("confirm_day"))
    number = cuts.chosen
    tour.need(number > 0, "tour.dayend.not_closed")
    cashier.wait(lambda: tour.desk.closings.prints(number), "the sheet")
    keep_sheet(tour, number, cash)
    tour.step("preview", lambda: cashier.act("preview_day"))
    tour.step("back", lambda: cashier.press("Escape"))


def keep_sheet(tour: Tour, number: int, cash: str) -> None:
    """The sheet as PDF beside the pictures; the cash stands on it."""
    from gui.screens.dayend.printing import pdf_of

    path = tour.out / f"sheet-{number}.pdf"
    printed: Path = tour.desk.home / "sheets" / f"{number:06d}-1.pdf"
    if printed.exists():
        shutil.copyfile(printed, path)
    else:
        path.write_bytes(pdf_of(tour.desk, number))
    tour.slips.append(path.name)
    tour.expect(path.stat().st_size > SMALLEST_PDF, "tour.dayend.not_printed")
    found = tour.slip_text(path.name)
    tour.expect(cash in found, "tour.dayend.sheet_amount", amount=cash)


def sign_out(tour: Tour) -> None:
    """Ctrl+Alt+O: 9002, and the log-in again."""
    cashier = tour.cashier
    tour.step("hand_over", lambda: cashier.act("leave"))
    tour.step("sign_out", lambda: cashier.press("Space"))
    tour.expect(cashier.window.frame is None, "tour.dayend.still_inside")
    assert tour.control is not None
    rows = tour.control.books("sign_in")["sign_ins"]
    tour.expect(not any(is_open(row) for row in rows), "tour.dayend.not_signed_out")


def is_open(row: dict[str, Any]) -> bool:
    """Is somebody still signed in under this number?"""
    return not row["ended_at"]
