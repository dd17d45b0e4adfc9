"""The house limits: sizes, docstrings, words, banned calls, and enough tests."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.source import files, functions, name, nodes, tree

PROGRAM = ("core", "gui", "installer")
FUNCTION, FILE = 40, 350
HARD_FILE = 500


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
    assert [
        n for p in files(*PROGRAM) if re.search(r"util|common|manager|helper", n := name(p))
    ] == []


@pytest.mark.parametrize("banned", ["print", "eval", "exec", "breakpoint", "input"])
def test_banned_calls(banned):
    found = [
        f"{name(path)}:{node.lineno}"
        for path in files("core", "gui")
        for node in nodes(path)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == banned
    ]
    assert found == []


def test_no_error_is_swallowed_whole():
    """No bare ``except``, and none that hides everything without a word."""
    found = [
        f"{name(path)}:{node.lineno}"
        for path in files(*PROGRAM, "tests")
        for node in nodes(path)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (_everything(node.type) and _silent(node.body)))
    ]
    assert found == []


def _everything(caught):
    return isinstance(caught, ast.Name) and caught.id in ("Exception", "BaseException")


def _silent(body):
    return all(isinstance(node, ast.Pass) for node in body)


def test_nothing_is_left_for_later():
    words = re.compile(r"\b(TO" + r"DO|FIX" + r"ME)\b|raise NotImplemented" + "Error")
    assert [name(p) for p in files(*PROGRAM, "tests") if words.search(p.read_text("utf-8"))] == []


def test_no_test_waits_by_sleeping():
    waits = {"sleep", "qWait", "qSleep"}
    found = [
        f"{name(path)}:{node.lineno}"
        for path in files("tests")
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) in waits
    ]
    assert found == []


@pytest.mark.parametrize(("room", "ratio"), [("core", 1.0), ("gui", 0.5)])
def test_there_is_enough_test_for_the_program(room, ratio):
    def lines(paths):
        return sum(1 for p in paths for line in p.read_text("utf-8").splitlines() if line.strip())

    of_gui = ("tests/gui/", "tests/unit/test_presenter")
    tests = [p for p in files("tests") if name(p).startswith(of_gui) == (room == "gui")]
    assert lines(tests) / lines(files(room)) >= ratio
