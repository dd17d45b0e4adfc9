"""A long invented code list for the measurements: words of the training lists put together."""

from __future__ import annotations

from itertools import islice, product
from pathlib import Path

from core.catalogue.entries import Entry
from core.catalogue.store import CodeStore
from core.clock import SystemClock
from core.service.catalogue import Catalogue
from core.simulator.world import read_table

ROWS = 40_000
LIST = "diagnosis"
WORDS = ("cggz", "S52.0", "jzgzkf", "ggz", "zgsx")  # as typed, letter by letter


def entries(count: int) -> list[Entry]:
    """That many rows with names of several words; no two codes are equal."""
    table = read_table("invented_codes")
    parts, kinds = table["diagnosis"]["parts"], table["diagnosis"]["kinds"]
    more = [*parts, *table["service"]["parts"]]
    names = islice(product(parts, kinds, more), count)
    return [Entry(f"S{n // 400:02}.{n % 400:03}x{n:05}", "".join(of)) for n, of in enumerate(names)]


def loaded(folder: Path, count: int = ROWS) -> Catalogue:
    """A catalogue in ``folder`` whose list of ``count`` rows is loaded, ready for the first key."""
    clock = SystemClock()
    catalogue = Catalogue(CodeStore(folder / "codes.db"), clock, folder)
    catalogue.lists.take(LIST, entries(count), clock.now().date(), "-", "-")
    catalogue.load(LIST)
    return catalogue
