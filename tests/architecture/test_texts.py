"""Chinese lives in the resources, every text that is named exists, and its holes are filled."""

from __future__ import annotations

import ast
import re
from string import Formatter

from core.words import texts
from tests.architecture.source import files, name, nodes

HAN = re.compile(r"[\u4e00-\u9fff]")
MAYBE = re.compile(rf"{HAN.pattern}|\\[uUN]")  # as it is, or escaped
SPEAKERS = {"say", "fault"}


def spoken():
    """Every ``say("key", …)`` and ``fault("key", …)`` with a literal key."""
    for path in files("core", "gui"):
        for node in nodes(path):
            key = literal_key(node)
            if key:
                yield f"{name(path)}:{node.lineno}", key, node


def literal_key(node):
    """The key of a call that speaks, where it stands there as it is."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
        return ""
    first = node.args[0]
    literal = isinstance(first, ast.Constant) and isinstance(first.value, str)
    return first.value if literal and node.func.id in SPEAKERS else ""


def code(path):
    """The file without docstrings and comments, where a term may be explained."""
    module = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(module):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            constant = body[0].value
            if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                constant.value = ""
    return ast.unparse(module)


def test_chinese_lives_in_the_resources():
    some = [path for path in files("core", "gui") if MAYBE.search(path.read_text("utf-8"))]
    assert some
    assert [name(path) for path in some if HAN.search(code(path))] == []


def test_every_text_that_the_program_names_exists():
    known = texts()
    named = list(spoken())
    assert len(named) > 100
    assert [f"{where} {key}" for where, key, _ in named if key not in known] == []


def test_every_hole_of_a_text_is_filled():
    known, empty = texts(), []
    for where, key, call in spoken():
        given = {word.arg for word in call.keywords}
        holes = {hole for _, hole, _, _ in Formatter().parse(known.get(key, "")) if hole}
        if None not in given and holes - given:
            empty.append(f"{where} {key}: {sorted(holes - given)}")
    assert empty == []


def test_every_text_can_be_filled():
    """Braces are holes with names; anything else would break while a cashier reads it."""
    broken = [
        key for key, text in texts().items()
        for _, hole, _, _ in Formatter().parse(text)
        if hole is not None and not hole.isidentifier()
    ]  # fmt: skip
    assert broken == []
