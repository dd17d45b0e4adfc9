"""How the test HIS trades files with a watched folder: its exports, and the results it reads."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from core.money import to_fen
from tests.helpers.hishouse import HisProcess

VISIT = {
    "visit_id": "就诊号", "pat_name": "姓名", "id_card": "身份证号", "sex_code": "性别",
    "age": "年龄", "tel": "联系电话", "dept_id": "科室编码", "dept": "科室名称",
    "doctor_id": "医生编码", "icd": "诊断编码", "icd_name": "诊断名称",
    "visit_type": "医疗类别", "come_time": "就诊时间",
}  # fmt: skip
LINE = {
    "order_no": "处方号", "detail_id": "明细流水号", "list_no": "目录类别",
    "item_id": "院内编码", "item_name": "项目名称", "centre_no": "中心编码", "spec": "规格",
    "unit": "单位", "price": "单价", "qty": "数量", "money": "金额", "made_time": "费用时间",
    "doctor_id": "医生编码", "dept_id": "科室编码", "category": "费用类别",
    "back_of": "原明细流水号",
}  # fmt: skip


class Exchange:
    """The HIS beside a folder; it may be killed and begun again between any two acts."""

    def __init__(self, his: HisProcess, root: Path) -> None:
        self.his, self.root = his, root
        (root / "in").mkdir(parents=True, exist_ok=True)
        (root / "out").mkdir(exist_ok=True)

    def export(self, visit_no: str) -> None:
        """A visit and its lines as two files, written beside and renamed."""
        told = self.his.order("visit", visit_no=visit_no)
        self._write(f"visit-{visit_no}.csv", VISIT, [told["visit"]])
        lines = [{**line, "visit_id": visit_no} for line in told["lines"]]
        self._write(f"lines-{visit_no}.csv", {"visit_id": "就诊号", **LINE}, lines)

    def _write(
        self, name: str, columns: Mapping[str, str], rows: Iterable[Mapping[str, Any]]
    ) -> None:
        stream = io.StringIO()
        writer = csv.writer(stream)
        writer.writerow(columns.values())
        writer.writerows([row[column] or "" for column in columns] for row in rows)
        fresh = self.root / "in" / f"{name}.tmp"
        fresh.write_bytes(stream.getvalue().encode("gb18030"))
        fresh.rename(self.root / "in" / name)

    def read_results(self, *, keep: bool = False) -> list[str]:
        """Enter every result into its own tables; ``keep``: it dies before it deletes the file."""
        steps = []
        for path in sorted((self.root / "out").glob("*.csv")):
            with path.open(encoding="utf-8-sig", newline="") as stream:
                (said,) = csv.DictReader(stream)
            money = {
                name: to_fen(said[name]) for name in ("total", "fund", "personal") if said[name]
            }
            self.his.order("told", step=said["step"], visit_no=said["visit_no"],
                           msgid=said["msgid"], **money)  # fmt: skip
            steps.append(said["step"])
            if not keep:
                path.unlink()
        return steps
