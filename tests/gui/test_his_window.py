"""A visit of a hospital's database goes through the real window and is paid in its tables."""

from __future__ import annotations

from contextlib import closing

import tomlkit

from core.clock import SystemClock
from tests.helpers.hishouse import HisProcess, sql_settings
from tests.helpers.training import (
    at_the_desk,
    case,
    desk_of,
    live_settlements,
    presettled,
    printed,
    settle,
)


def test_a_visit_of_the_hospital_by_keys(qapp, tmp_path):
    url = f"sqlite:///{tmp_path / 'his.db'}"
    with closing(HisProcess(url)) as his:
        his.open_house(SystemClock().now().isoformat())
        table = sql_settings(url).model_dump(mode="json", exclude_unset=True)
        his_table = {"use": ["sql"], "in_training": True, "sql": table}
        more = tomlkit.dumps({"his": his_table})
        with at_the_desk(tmp_path / "home", more=more) as cashier:
            presettled(cashier)
            visit_no = case(cashier).visit.visit_no
            assert not his.order("paid", visit_no=visit_no)["paid"]
            settle(cashier)
            printed(cashier)
            cashier.wait(lambda: not desk_of(cashier).outbox.open(), "the hospital told")
            (row,) = live_settlements(cashier, visit_no)
            paid = his.order("paid", visit_no=visit_no)
            assert paid["paid"] and paid["log"] == [["settle", paid["total"]]]
            assert paid["msgid"] == row["msgid"]
