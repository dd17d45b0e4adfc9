"""The page of the hospital's database in the real window: written, tested, previewed, saved."""

from __future__ import annotations

import pytest

from core.his.sql.writing import receipt_table
from core.settings import load_settings
from tests.helpers.hishouse import QUERIES, STATEMENTS
from tests.helpers.training import at_the_desk, desk_of, go
from tests.his.small import small_hospital


@pytest.fixture(scope="module")
def cashier(qapp, tmp_path_factory):
    folder = tmp_path_factory.mktemp("connect")
    small_hospital(folder / "his.db")
    with at_the_desk(folder / "home", who="trainit") as made:
        go(made, "connect").show_page("sql")
        made.idle()
        yield made


def page(cashier):
    return cashier.page.page


def fill(cashier, **fields):
    found = page(cashier)
    path = desk_of(cashier).home.parent / "his.db"
    found.form.set_values({"dialect": "sqlite", "database": str(path), "rows": "100",
                           "seconds": "10", "on": "1", "port": "", **fields})  # fmt: skip
    texts = {f"query.{name}": text for name, text in QUERIES.items()}
    texts |= {f"told.{name}": ";\n".join(many) for name, many in STATEMENTS.items()}
    texts["columns.fee_lines"] = (
        "list_type = list_no\nname = item_name\ncentre_code = centre_no\namount = money\n"
        "occurred_at = made_time\nref_line_id = back_of"
    )
    found.set_statements(texts)


def test_statements_are_written_one_by_one_tested_and_saved(cashier):
    fill(cashier)
    found = page(cashier)
    found.names.setCurrentRow(2)
    assert found.statement.toPlainText() == QUERIES["fee_lines"]
    assert "occurred_at = made_time" in found.mapping.toPlainText()
    found.names.setCurrentRow(8)
    assert not found.mapping.isVisible() and found.receipts.isVisible()
    assert receipt_table("sqlite", "gsdesk_receipt") in found.receipts.text()
    cashier.do("connect_test")
    assert all(step.good for step in found.presenter.tested), found.presenter.tested
    cashier.do("connect_preview")
    assert found.presenter.counts() == {"visits": 1, "lines": 2, "rejected": 0}
    cashier.do("connect_save")
    saved = load_settings(desk_of(cashier).home).his.sql
    assert saved.queries == QUERIES and saved.write.on
    assert saved.write.statements["settle"] == STATEMENTS["settle"]
    assert found.names.item(0).text().startswith("●")


def test_what_is_wrong_is_said_and_nothing_is_saved(cashier):
    fill(cashier, port="x")
    before = load_settings(desk_of(cashier).home)
    cashier.do("connect_save")
    assert load_settings(desk_of(cashier).home) == before
    fill(cashier)
    texts = page(cashier).values() | {"query.visit": "DELETE FROM bill"}
    page(cashier).set_statements(texts)
    cashier.do("connect_test")
    wrong = [step for step in page(cashier).presenter.tested if not step.good]
    assert "DELETE" in wrong[0].says
