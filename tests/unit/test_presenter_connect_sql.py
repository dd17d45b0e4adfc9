"""The form of the hospital's database: fields and statements to settings, and back again."""

from __future__ import annotations

import pytest

from core.his.sql.settings import EVENTS, QUERIES, SECRET
from core.settings import HisSettings
from gui.screens.connect.pages.sql import PAGE, SqlForm, parameters

SAVED = {
    "url": "postgresql://u@h:5433/his?sslmode=require", "rows": 10, "seconds": 5,
    "functions": ["his.age"], "words": {"sex": {"X": "男"}},
    "queries": {"visit": "SELECT 1 WHERE a = :visit_no"},
    "columns": {"visit": {"person_name": "xm", "visit_no": "jzh"}},
    "write": {"on": True, "receipts": "wi_receipt",
              "statements": {"settle": ["UPDATE a", "INSERT b"]}},
}  # fmt: skip


@pytest.fixture
def form():
    return SqlForm()


def settings(table):
    return HisSettings.model_validate({"sql": table})


def test_what_is_saved_comes_back_as_it_was(form):
    texts = form.texts(settings(SAVED))
    assert texts["dialect"] == "postgresql" and texts["port"] == "5433" and texts["on"] == "1"
    assert texts["columns.visit"] == "person_name = xm\nvisit_no = jzh"
    assert settings(form.table(texts)) == settings(SAVED)
    assert "password" in texts and not texts["password"]


def test_an_empty_form_is_the_empty_table(form):
    texts = form.texts(HisSettings())
    found = settings(form.table(texts)).sql
    assert (found.url, found.queries, found.write.on) == ("", {}, False)


def test_a_typed_password_goes_to_the_keyring_and_nowhere_else(form):
    texts = {**form.texts(settings(SAVED)), "password": "geheim"}
    assert form.secrets(texts) == {SECRET: "geheim"}
    assert "geheim" not in str(form.table(texts))
    assert form.secrets({**texts, "password": ""}) == {}


@pytest.mark.parametrize("port", ["x", "0", "70000", "-1"])
def test_a_port_that_is_none(form, port):
    (found,) = form.wrong({"port": port})
    assert found.field == "port" and port in found.text


def test_lines_of_a_mapping_that_are_none_are_named(form):
    found = form.wrong({"columns.visit": "person_name = xm\nnonsense\n = x\n\n", "port": ""})
    assert [item.field for item in found] == ["columns.visit"] * 2
    assert "nonsense" in found[0].text
    assert form.wrong({"columns.visit": "a = b", "port": "1521"}) == ()


def test_statements_end_with_their_semicolons(form):
    texts = form.texts(settings(SAVED))
    texts["told.settle"] = "UPDATE a\r\nSET b = ';x';\r\nINSERT c;\n\n;\n"
    found = form.table(texts)["write"]["statements"]["settle"]
    assert found == ["UPDATE a\nSET b = ';x'", "INSERT c"]


def test_every_statement_says_its_parameters():
    assert parameters("visit") == ":visit_no"
    assert ":total_fen" in parameters("settle")
    assert all(parameters(name) for name in (*QUERIES, *EVENTS))


def test_the_fields_have_labels_and_the_page_its_words(form):
    assert PAGE.title and PAGE.hint
    specs = {spec.name: spec for spec in form.specs()}
    assert specs["dialect"].choices["oracle"] == "Oracle"
    assert specs["password"].kind == "secret"
    assert all(spec.label and spec.hint for spec in specs.values())
