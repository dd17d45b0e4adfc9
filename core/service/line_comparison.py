"""The centre's fee lines (9104) beside ours: what is missing on either side, what differs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from core.domain.enquiry import CentreLine, ComparedLine, Mark
from core.domain.fees import FeeLine, LineResult

COMPARED = ("amount", "price", "quantity")


def compare(
    lines: Sequence[FeeLine], uploaded: Sequence[LineResult], theirs: Sequence[CentreLine],
    bill_no: str = "",
) -> tuple[ComparedLine, ...]:  # fmt: skip
    """Our lines in our order, then those that only the centre has; by line id.

    With ``bill_no`` only what the centre lists under that bill, and ours that it lists nowhere:
    a line under another bill belongs there.
    """
    others = {row.line_id for row in theirs if not _of_bill(row, bill_no)}
    there = {row.line_id: row for row in theirs if _of_bill(row, bill_no)}
    sent = {row.line_id: row for row in uploaded}
    ours = {line.line_id: line for line in lines}
    ids = dict.fromkeys((*ours, *sent, *there))
    return tuple(
        _compared(line_id, ours.get(line_id), sent.get(line_id), there.get(line_id))
        for line_id in ids
        if line_id in there or line_id not in others
    )


def _of_bill(row: CentreLine, bill_no: str) -> bool:
    return not bill_no or not row.bill_no or row.bill_no == bill_no


def _compared(
    line_id: str, ours: FeeLine | None, sent: LineResult | None, theirs: CentreLine | None
) -> ComparedLine:
    amount = ours.amount if ours else sent.amount if sent else None
    differs = _differences(ours, amount, theirs)
    name = ours.name if ours and ours.name else theirs.centre_code if theirs else ""
    return ComparedLine(
        line_id=line_id, name=name or line_id, ours=ours, our_amount=amount, theirs=theirs,
        mark=_mark(ours, sent, theirs, differs), differs=differs,
    )  # fmt: skip


def _mark(
    ours: FeeLine | None, sent: LineResult | None, theirs: CentreLine | None,
    differs: Sequence[str],
) -> Mark:  # fmt: skip
    if theirs is None:
        return "missing_there" if sent else "not_sent"
    if ours is None and sent is None:
        return "missing_here"
    return "differs" if differs else "same"


def _differences(
    ours: FeeLine | None, amount: int | None, theirs: CentreLine | None
) -> tuple[str, ...]:
    """What both sides say and do not say alike; where one is silent there is no difference."""
    if theirs is None:
        return ()
    mine = {"amount": amount, "price": ours.price if ours else None,
            "quantity": ours.quantity if ours else None}  # fmt: skip
    said = {name: getattr(theirs, name) for name in COMPARED}
    return tuple(
        name for name in COMPARED
        if mine[name] is not None and said[name] is not None and mine[name] != said[name]
    )  # fmt: skip


def count_marks(rows: Iterable[ComparedLine]) -> Mapping[Mark, int]:
    """How many rows of each mark, in the order a person looks at them."""
    order: tuple[Mark, ...] = ("differs", "missing_there", "missing_here", "not_sent", "same")
    counts: dict[Mark, int] = dict.fromkeys(order, 0)
    for row in rows:
        counts[row.mark] += 1
    return counts
