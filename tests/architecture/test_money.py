"""Money is integer fen: binary fractions are for seconds and millimetres, and each one says so."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.source import files, name, nodes

TIME = re.compile(
    r"second|wait|deadline|timeout|quiet|backoff|offset|monotonic|patience|delay|poll|_ms|pause|clock|due|self\.facts|text\)",
    re.IGNORECASE,
)
ROOMS = (
    "core/domain", "core/service", "core/journal", "core/centre", "core/protocol", "core/commands",
)  # fmt: skip
ALONE = ("core/money.py", "core/app.py", "core/his/lines.py", "core/his/checks.py")


def fractions(path):
    """Lines of a file that name ``float`` or write a binary fraction."""
    lines = path.read_text("utf-8").splitlines()
    for node in nodes(path):
        named = isinstance(node, ast.Name) and node.id == "float"
        written = isinstance(node, ast.Constant) and isinstance(node.value, float)
        if named or written:
            yield node.lineno, lines[node.lineno - 1]


def money_rooms():
    return [path for path in files("core") if name(path).startswith((*ROOMS, *ALONE))]


def test_binary_fractions_are_for_time_only():
    strange = [
        f"{name(path)}:{number} {line.strip()}"
        for path in money_rooms()
        for number, line in fractions(path)
        if not TIME.search(line)
    ]
    assert strange == []


@pytest.mark.parametrize("room", ["core/domain", "core/money.py"])
def test_where_amounts_are_made_there_is_no_fraction_at_all(room):
    paths = [path for path in files("core") if name(path).startswith(room)]
    assert [name(path) for path in paths if any(fractions(path))] == []


def test_amounts_of_the_models_are_fen():
    """A field that holds money says ``Fen``; ``Decimal`` is for prices and quantities."""
    word = re.compile(r"amount|total|fund|personal|paid|limit$|drug|service|material")
    wrong = [
        f"{name(path)}:{node.lineno} {node.target.id}: {ast.unparse(node.annotation)}"
        for path in files("core/domain")
        for node in nodes(path)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        and word.search(node.target.id)
        and not re.search(r"Fen|Amounts|Sum|Totals|bool|str|tuple", ast.unparse(node.annotation))
    ]  # fmt: skip
    assert wrong == []
