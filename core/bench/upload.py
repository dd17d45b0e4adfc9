"""(b) Fee lines from a file to accepted, against bare json, bare calls and one commit a batch."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

from core.bench.floor import Floor
from core.bench.pairs import Measured, measured, timed
from core.bench.stage import Recorder, Stage, fee_line, registered, sure
from core.his.importer import FeeImporter

if TYPE_CHECKING:
    from core.app import Desk

NAME, AIM = "fee_lines", 2.0
LINES, QUICK_LINES = 10_000, 3_000
COLUMNS = (
    "rx_no", "line_id", "occurred_at", "hosp_code", "name", "centre_code", "price", "quantity",
    "amount", "doctor_code", "dept_code",
)  # fmt: skip


def measure(folder: Path, quick: bool = False) -> Measured:
    """Medians of paired uploads of the same file, each into a visit of its own."""
    stage = Stage(folder, QUICK_LINES if quick else LINES)
    replies = stage.replies()
    file = write_file(folder / "lines.csv", stage.lines)
    desk, recorder = stage.desk(replies, "upload_fees")
    with desk, Floor(folder, replies) as floor:
        pairs = [_pair(desk, recorder, floor, file, number) for number in range(2 if quick else 5)]
    ours, floors = zip(*pairs, strict=True)
    return measured(NAME, list(ours), list(floors), AIM)


def write_file(path: Path, count: int) -> Path:
    """The lines as a hospital exports them: CSV, UTF-8, headers by our own names' labels."""
    from core.his.tables import label

    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow([label(name) for name in COLUMNS])
        for number in range(count):
            line = fee_line("-", number)
            rows.writerow([_cell(name, getattr(line, name)) for name in COLUMNS])
    return path


def _cell(name: str, value: object) -> str:
    from core.money import yuan

    if name == "amount" and isinstance(value, int):
        return str(yuan(value))
    return f"{value:%Y-%m-%d %H:%M:%S}" if name == "occurred_at" else str(value)


def _pair(
    desk: Desk, recorder: Recorder, floor: Floor, file: Path, number: int
) -> tuple[float, float]:
    visit_no = f"F{number:06d}"
    registered(desk, visit_no)
    recorder.seen.clear()
    ours = timed(lambda: upload(desk, file, visit_no))
    batches = [json.loads(payload.decode("gbk")) for payload in recorder.seen]
    return ours, timed(lambda: _bare(floor, batches))


def upload(desk: Desk, file: Path, visit_no: str) -> None:
    """From the file to accepted, as the import window does it."""
    found = FeeImporter(desk.home).preview(file, visit_no)
    if not found.usable:
        raise RuntimeError(f"a faulty benchmark file: {found.faulty[:1]} {found.missing}")
    desk.charge.use_lines(visit_no, found.lines)
    sure(desk.charge.upload(visit_no).outcome)


def _bare(floor: Floor, batches: list[object]) -> None:
    for batch in batches:
        text = json.dumps(batch, ensure_ascii=False, separators=(",", ":"))
        reply = floor.pipe.call(text.encode("gbk"))
        floor.store.keep(text, reply.decode("gbk"))
