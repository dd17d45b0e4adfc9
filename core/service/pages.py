"""A paged list of the centre, read whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from core.outcome import Accepted, Outcome

if TYPE_CHECKING:
    from core.service.transact import Road

MAX_PAGES = 2_000
Heard = Callable[[int, int, tuple[dict[str, Any], ...]], bool]


def all_rows(
    road: Road, step: str, values: Mapping[str, Any], corrects: str = ""
) -> list[dict[str, Any]] | None:
    """Every row of every page, or ``None`` when any page failed: half a list proves nothing."""
    return read_whole(road, step, values, corrects)[1]


def read_whole(
    road: Road, step: str, values: Mapping[str, Any], corrects: str = "",
    heard: Heard = lambda page, pages, rows: False,
) -> tuple[Outcome, list[dict[str, Any]] | None]:  # fmt: skip
    """As ``all_rows``, with the ending of the page asked last.

    ``heard`` is told of every page (its number, how many there are, its rows); it says True to stop
    before the next one.
    """
    rows: list[dict[str, Any]] = []
    last: int | None = None
    outcome: Outcome = Accepted()
    for page in range(1, MAX_PAGES + 1):
        asked = {**values, "page": str(page)}
        outcome = road.travel(step, asked, corrects=corrects, blocks=False).outcome
        if not isinstance(outcome, Accepted):
            return outcome, None
        found = _pages(outcome.rows)
        last = found if page == 1 else last
        if found is None or found != last:  # an empty or shifted page: the list is not whole
            return outcome, None
        rows.extend(outcome.rows)
        stopped = heard(page, found, outcome.rows)
        if page >= found:
            return outcome, rows
        if stopped:
            return outcome, None
    return outcome, None


def _pages(rows: tuple[dict[str, Any], ...]) -> int | None:
    said = {str(row.get("pages") or "1") for row in rows} or {"1"}
    numbers = {int(text) for text in said if text.isascii() and text.isdigit()}
    return numbers.pop() if len(numbers) == len(said) == 1 else None
