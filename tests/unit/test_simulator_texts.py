"""Every sentence the simulator names exists, with the holes it fills, and none lies idle."""

from __future__ import annotations

import ast
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.simulator.world import persons, read_table
from core.words import texts

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [*sorted((ROOT / "core/simulator").glob("*.py")), ROOT / "core/commands/simulate.py"]
NAMING = {"refuse", "say", "fault", "_say", "_complain"}
FAMILIES = ("reason_", "slip_", "memo_")  # their last word is chosen at run time
FILLED = {"_complain": {"where", "label", "name"}}


def calls() -> Iterator[tuple[str, str, set[str], bool]]:
    """(function, key, holes, whether a ``**`` hides more) of every call that names a text."""
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            name = getattr(getattr(node, "func", None), "id", "")
            if isinstance(node, ast.Call) and name in NAMING and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and _is_own(name, str(first.value)):
                    holes = {word.arg for word in node.keywords if word.arg}
                    hidden = any(word.arg is None for word in node.keywords)
                    key = str(first.value).removeprefix("simulator.")
                    yield name, key, holes | FILLED.get(name, set()), hidden


def _is_own(function: str, key: str) -> bool:
    """Texts of the card reader and of the desk are tested where they are kept."""
    return function not in {"say", "fault"} or key.startswith("simulator.")


def holes_of(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def own_texts() -> dict[str, str]:
    """The simulator's texts by short key."""
    return {
        key.removeprefix("simulator."): text
        for key, text in texts().items()
        if key.startswith("simulator.")
    }


@pytest.mark.parametrize(("function", "key", "holes", "hidden"), sorted(calls(), key=str))
def test_a_named_text_exists_and_its_holes_are_filled(
    function: str, key: str, holes: set[str], hidden: bool
) -> None:
    wanted = holes_of(own_texts()[key])
    assert hidden or wanted <= holes, (key, wanted - holes)


def test_no_text_lies_idle() -> None:
    more = (ROOT / "core/simulator/gd").glob("*.py")
    source = "".join(path.read_text("utf-8") for path in (*SOURCES, *more))
    idle = [
        key for key in own_texts() if not key.startswith(FAMILIES) and f'"{key}"' not in source
        and f'"simulator.{key}"' not in source
    ]  # fmt: skip
    assert idle == []


def test_every_reason_has_its_word() -> None:
    for one in persons():
        if one.refused_reason:
            assert own_texts()[f"reason_{one.refused_reason}"]


@pytest.mark.parametrize("key", sorted(own_texts()))
def test_a_text_fits_the_wire(key: str) -> None:
    text = own_texts()[key]
    assert text.encode("gbk")
    assert len(text.encode("gbk")) <= 200  # err_msg


@pytest.mark.parametrize(
    "name", ["simulator_persons", "simulator_catalogue", "simulator_fields", "simulator_rules"]
)
def test_a_table_is_toml_and_says_what_it_is(name: str) -> None:
    text = (ROOT / "resources/tables" / f"{name}.toml").read_text("utf-8")
    assert text.startswith("# ")
    assert tomllib.loads(text) == read_table(name)


def test_no_source_holds_chinese() -> None:
    for path in SOURCES:
        found = [sign for sign in path.read_text("utf-8") if "\u4e00" <= sign <= "\u9fff"]
        assert not found, (path.name, found[:5])
