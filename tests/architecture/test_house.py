"""The house limits: sizes, docstrings, words, texts, and what may be committed."""

from __future__ import annotations

import ast
import re
import sys

import pytest

from core.words import texts
from tests.architecture.source import ROOT, committed, files, functions, imports, name, tree

PROGRAM = ("core", "gui", "installer")
FUNCTION, FILE = 40, 350
HARD_FILE = 500
HAN = re.compile(r"[\u4e00-\u9fff]")
LABEL = re.compile(r'\b(?:say|fault)\(\s*"([a-z0-9_]+(?:\.[a-z0-9_]+)+)"')
TOP = {".ci", ".gitattributes", ".gitignore", "README.md", "core", "gui", "installer", "pyproject.toml", "resources", "tests"}


def test_the_ordinary_function_fits_on_a_screen():
    long = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in files(*PROGRAM, "tests")
        for node in functions(path)
        if node.end_lineno - node.lineno + 1 > FUNCTION
    ]
    assert long == []


def test_no_file_outgrows_its_room():
    def lines(path):
        return path.read_text("utf-8").count("\n")

    assert [name(p) for p in files(*PROGRAM) if lines(p) > FILE] == []
    assert [name(p) for p in files("tests") if lines(p) > HARD_FILE] == []


def test_every_module_says_what_it_owns():
    silent = [name(p) for p in files(*PROGRAM) if not ast.get_docstring(tree(p))]
    assert silent == []


def test_every_public_function_of_the_core_says_what_it_does():
    silent = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in files("core")
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_module_names_are_the_trades_words():
    assert [n for p in files(*PROGRAM) if re.search(r"util|common|manager|helper", n := name(p))] == []


def test_chinese_lives_in_the_resources():
    assert [name(p) for p in files("core", "gui") if HAN.search(_code(p))] == []


def _code(path):
    """The file without docstrings and comments, where a term may be explained."""
    module = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(module):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            constant = body[0].value
            if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                constant.value = ""
    return ast.unparse(module)


def test_every_text_that_the_program_names_exists():
    known = texts()
    missing = [
        f"{name(path)}: {key}"
        for path in files("core", "gui")
        for key in LABEL.findall(path.read_text("utf-8"))
        if key not in known
    ]
    assert missing == []


@pytest.mark.parametrize("banned", ["print", "float", "eval", "exec"])
def test_banned_calls(banned):
    allowed = {"float": ("gui/", "core/settings.py", "core/commands/bench", "core/bench/", "core/gateway/",
                         "core/service/session.py", "core/simulator/", "core/protocol/")}  # fmt: skip
    found = [
        f"{name(path)}:{node.lineno}"
        for path in files("core", "gui")
        if not name(path).startswith(allowed.get(banned, ("\0",)))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == banned
    ]
    assert found == []


def test_nothing_is_left_for_later():
    words = re.compile(r"\b(TO" + r"DO|FIX" + r"ME)\b|raise NotImplemented" + "Error")
    assert [name(p) for p in files(*PROGRAM, "tests") if words.search(p.read_text("utf-8"))] == []


def test_no_test_waits_by_sleeping():
    waits = {"sleep", "qWait", "qSleep"}
    found = [
        f"{name(path)}:{node.lineno}"
        for path in files("tests")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in waits
    ]
    assert found == []


def test_the_top_level_is_the_house_and_nothing_else():
    assert {path.relative_to(ROOT).parts[0] for path in committed()} <= TOP


def test_nothing_committed_names_a_machine_or_a_registry():
    hosts = ["py" + "pi.org", "pythonhosted", "npm" + "js.org", "deb.debian" + ".org", "/ro" + "ot/", "/wo" + "rk/"]
    found = [
        f"{name(path)}: {host}"
        for path in committed()
        if path.suffix in {".py", ".toml", ".md", ".lock", ".html", ".qss", ".csv", ".txt", ".json", ""}
        for host in hosts
        if host in path.read_bytes().decode("utf-8", "replace")
    ]
    assert found == []


@pytest.mark.parametrize("lock", ["requirements.lock", "test.lock"])
def test_the_lock_pins_by_hash_and_names_no_address(lock):
    text = (ROOT / "installer" / lock).read_text("utf-8")
    assert "pyside6-essentials==6.11.3" in text
    assert not re.search(r"index|find-links|https?:|file:", text)
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert "==" in block and "--hash=sha256:" in block, block[:60]


def test_the_locks_hold_what_the_program_imports():
    locked = (ROOT / "installer/requirements.lock").read_text("utf-8")
    names = {"dateutil": "python-dateutil", "python_calamine": "python-calamine", "argon2": "argon2-cffi",
             "sqlite_utils": "sqlite-utils", "PySide6": "pyside6-essentials", "shiboken6": "shiboken6",
             "pydantic_core": "pydantic-core"}  # fmt: skip
    own = {"core", "gui", "resources", "tests"}
    used = {found.split(".")[0] for path in files("core", "gui") for found in imports(path)}
    foreign = used - set(sys.stdlib_module_names) - own
    assert [n for n in sorted(foreign) if f"{names.get(n, n)}==" not in locked] == []


@pytest.mark.parametrize(("room", "ratio"), [("core", 1.0), ("gui", 0.5)])
def test_there_is_enough_test_for_the_program(room, ratio):
    def lines(paths):
        return sum(1 for p in paths for line in p.read_text("utf-8").splitlines() if line.strip())

    of_gui = ("tests/gui/", "tests/unit/test_presenter")
    tests = [p for p in files("tests") if name(p).startswith(of_gui) == (room == "gui")]
    assert lines(tests) / lines(files(room)) >= ratio
