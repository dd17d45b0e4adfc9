"""Invented fee lines and the files in which hospitals would hand them over."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.clock import CHINA
from core.domain import Amounts, FeeLine
from core.domain.writeback import WriteBack
from core.money import line_amount, yuan

SAMPLES = Path(__file__).parents[2] / "resources" / "samples"
AT = datetime(2026, 3, 2, 9, 30, 0, tzinfo=CHINA)
VISIT = "MZ202603029001"
HEADERS = {
    "visit_no": "就诊号", "rx_no": "处方号", "line_id": "明细流水号", "list_type": "目录类别",
    "hosp_code": "院内编码", "name": "项目名称", "centre_code": "中心编码", "spec": "规格",
    "unit": "单位", "price": "单价", "quantity": "数量", "amount": "金额",
    "occurred_at": "费用时间", "doctor_code": "医生编码", "doctor_name": "医生姓名",
    "dept_code": "科室编码",
    "category": "费用类别", "full_self_pay": "全额自费", "min_unit": "最小计量单位",
    "is_disease": "疾病费用", "ref_line_id": "原明细流水号",
}  # fmt: skip
LEAST = (
    "visit_no",
    "line_id",
    "name",
    "centre_code",
    "price",
    "quantity",
    "amount",
    "occurred_at",
    "list_type",
)


def told(
    msgid: str, step: str, visit_no: str, bill_no: str = "", amounts: Amounts | None = None
) -> WriteBack:
    """What a hospital is told."""
    return WriteBack(msgid=msgid, step=step, visit_no=visit_no, bill_no=bill_no, amounts=amounts)


def fee_line(number: int = 1, **changes: Any) -> FeeLine:
    """A good line; ``price`` and ``quantity`` as text or ``Decimal``, the amount follows them."""
    values: dict[str, Any] = {
        "visit_no": VISIT, "line_id": f"L{number:04}", "rx_no": "RX1", "hosp_code": "YP0001",
        "name": "布洛芬缓释胶囊", "centre_code": "D9900001", "spec": "0.3g*24粒", "unit": "盒",
        "price": "18.6000", "quantity": "2", "occurred_at": AT, "doctor_code": "D00012",
        "dept_code": "K0102", **changes,
    }  # fmt: skip
    price, quantity = Decimal(str(values["price"])), Decimal(str(values["quantity"]))
    amount = values.get("amount", line_amount(price, quantity))
    return FeeLine(**{**values, "price": price, "quantity": quantity, "amount": amount})


def cell(line: FeeLine, field: str) -> str:
    """One field of a line as an export writes it."""
    value = getattr(line, field)
    if field == "amount":
        return str(yuan(value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


def rows_of(lines: Iterable[FeeLine], fields: Sequence[str] = tuple(HEADERS)) -> list[list[str]]:
    """Header and rows of an export."""
    return [
        [HEADERS[name] for name in fields],
        *([cell(line, name) for name in fields] for line in lines),
    ]


def text_of(rows: Iterable[Sequence[Any]], delimiter: str = ",") -> str:
    """Rows as text, quoted where needed, with the line ends of Windows."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return stream.getvalue()


def write_text(
    path: Path, rows: Iterable[Sequence[Any]], encoding: str = "gbk", delimiter: str = ","
) -> Path:
    """An export as a text file."""
    path.write_bytes(text_of(rows, delimiter).encode(encoding))
    return path


def write_workbook(
    path: Path, rows: Iterable[Sequence[Any]], shape: Callable[[Any], None] | None = None
) -> Path:
    """An export as XLSX; ``shape`` may still change the openpyxl workbook."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    if shape:
        shape(book)
    book.save(path)
    return path


def one_row(**cells: Any) -> list[list[Any]]:
    """Header and one good row of the least columns, some cells given by field."""
    row = {name: cell(fee_line(), name) for name in LEAST} | cells
    return [[HEADERS[name] for name in row], list(row.values())]
