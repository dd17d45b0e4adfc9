"""Columns of values to fee lines: refunds, amounts, prescriptions, stable ids, duplicates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from core.domain import FeeLine
from core.domain.fees import lines_of
from core.his.cells import shown
from core.his.columns import Table
from core.his.tables import label, tables
from core.money import LARGEST, line_amount, show

DRUGS = "1"  # the list of a line of which nothing is known
IDENTITY = (
    "visit_no", "rx_no", "occurred_at", "hosp_code", "centre_code", "name", "spec",
    "price", "quantity", "amount", "doctor_code", "ref_line_id",
)  # fmt: skip


def complete(table: Table, visit_no: str, *, judged_later: bool = False) -> None:
    """Make every column of a line out of what the file has; what is wrong becomes a fault.

    ``judged_later``: an amount that is not price × quantity stays as it is, for ``check_lines``.
    """
    _fill_visits(table, visit_no)
    _turn_refunds(table)
    _check_amounts(table, judged_later)
    _fill_prescriptions(table)
    _fill_lists(table)
    _fill_ids(table)


def _column(table: Table, name: str, default: Any) -> list[Any]:
    return table.columns.get(name) or [default] * table.height


def _fill_visits(table: Table, visit_no: str) -> None:
    found = _column(table, "visit_no", "")
    table.columns["visit_no"] = [value or visit_no for value in found] if "" in found else found
    _demand(table, "visit_no")


def _demand(table: Table, name: str) -> None:
    """A code that every line must have."""
    if "" not in table.columns[name]:
        return
    for index, value in enumerate(table.columns[name]):
        if value == "":
            table.blame(index, "import.cell.empty", name, label=label(name), value="")


def _turn_refunds(table: Table) -> None:
    """A refund has a positive price, a negative quantity and amount, however it was written."""
    prices, quantities = table.columns["price"], table.columns["quantity"]
    table.columns["amount"] = amounts = _column(table, "amount", None)
    marks = table.columns.pop("refund", None)
    if not marks and _none_below_zero(prices, amounts):
        return
    marks = marks or [False] * table.height
    for index, (price, amount, mark) in enumerate(zip(prices, amounts, marks, strict=True)):
        if price is None or quantities[index] is None:
            continue
        if mark or price < 0 or (amount is not None and amount < 0 < quantities[index]):
            _turn(table, index, marked=bool(mark))


def _none_below_zero(*columns: list[Any]) -> bool:
    found = [set(column) - {None} for column in columns]
    return all(min(values, default=0) >= 0 for values in found)


def _turn(table: Table, index: int, *, marked: bool) -> None:
    prices, quantities, amounts = (table.columns[name] for name in ("price", "quantity", "amount"))
    if prices[index] < 0 and quantities[index] < 0:
        table.blame(index, "import.row.negative_price", "price", value=shown(prices[index]))
        return
    prices[index], quantities[index] = abs(prices[index]), -abs(quantities[index])
    if marked and amounts[index] is not None:
        amounts[index] = -abs(amounts[index])


def _check_amounts(table: Table, judged_later: bool) -> None:
    """price × quantity half-up must be what the file says; where the file is silent, it is that."""
    prices, quantities, amounts = (table.columns[name] for name in ("price", "quantity", "amount"))
    stated = any(amount is not None for amount in amounts)
    if judged_later and stated and _all_small(prices, quantities):
        return
    for index, (price, quantity) in enumerate(zip(prices, quantities, strict=True)):
        if price is None or quantity is None:
            continue
        ours = line_amount(price, quantity)
        if not quantity or not -LARGEST < ours < LARGEST:
            key = "too_large" if quantity else "no_quantity"
            table.blame(index, f"import.row.{key}", "quantity", value=shown(quantity))
        elif not stated:
            amounts[index] = ours
        elif amounts[index] is not None and amounts[index] != ours:
            holes = {"stated": show(amounts[index]), "ours": show(ours)}
            table.blame(
                index, "import.row.amount", "amount", price=price, quantity=quantity, **holes
            )


def _all_small(prices: list[Any], quantities: list[Any]) -> bool:
    """No product can be an amount that is larger than any."""
    largest = [max(map(abs, set(column) - {None}), default=0) for column in (prices, quantities)]
    return bool(largest[0] * largest[1] < LARGEST // 100)


def _fill_prescriptions(table: Table) -> None:
    """A line without a prescription number belongs to the prescription of its day."""
    days = table.columns["occurred_at"]
    found = _column(table, "rx_no", "")
    if "" not in found:
        return
    table.columns["rx_no"] = [
        value or (f"{day:%Y%m%d}" if day else "") for value, day in zip(found, days, strict=True)
    ]


def _fill_lists(table: Table) -> None:
    """Without a column for the list, the fee category says it, as far as it is known."""
    if "list_type" not in table.columns and "category" in table.columns:
        lists = tables().list_types
        words = table.columns["category"]
        table.columns["list_type"] = [lists.get(word or "", DRUGS) for word in words]


def knows_lists(table: Table) -> bool:
    """Every line's list is known from the category, where no column says it."""
    return set(table.columns.get("category", [""])) <= tables().list_types.keys()


def _fill_ids(table: Table) -> None:
    """Ids of the file; where it has no such column, ids of the content, the same in each import."""
    if "line_id" in table.columns:
        _demand(table, "line_id")
        return
    columns = [table.columns[name] for name in IDENTITY if name in table.columns]
    table.columns["line_id"] = list(content_ids(zip(*columns, strict=True)))


def content_ids(rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    """An id a row made from its values; equal rows are told apart by counting them."""
    seen: dict[str, int] = {}
    for row in rows:
        words = [_canonical(value) for value in row]
        digest = blake2b("\x1f".join(words).encode(), digest_size=10).hexdigest().upper()
        seen[digest] = count = seen.get(digest, 0) + 1
        yield f"F{digest}" if count == 1 else f"F{digest}-{count}"


def _canonical(value: Any) -> str:
    return str(value.normalize()) if isinstance(value, Decimal) else str(value)


def blame_duplicates(table: Table, numbers: Sequence[int]) -> None:
    """A line id counts once in a visit; the later row is the wrong one, and names the first."""
    if len(set(table.columns["line_id"])) == table.height:
        return
    pairs = list(zip(table.columns["visit_no"], table.columns["line_id"], strict=True))
    if len(set(pairs)) == len(pairs):
        return
    first: dict[tuple[str, str], int] = {}
    for index, pair in enumerate(pairs):
        before = first.setdefault(pair, index)
        if before != index and pair[1]:
            table.blame(index, "import.row.twice", "line_id", value=pair[1], first=numbers[before])


def fee_lines(table: Table, wanted: Iterable[int]) -> tuple[FeeLine, ...]:
    """The rows of these indices as lines; their values are those of the readers, typed."""
    taken = list(wanted)
    if len(taken) == table.height:
        columns = table.columns
    else:
        columns = {name: [column[i] for i in taken] for name, column in table.columns.items()}
    return lines_of(columns, len(taken))
