"""Who may know whom (architecture.md, "The house")."""

from __future__ import annotations

import ast
import re
import sys

import pytest

from tests.architecture.source import ROOT, files, imports, name

STDLIB = set(sys.stdlib_module_names)
FAMILIES = {"core.centre.zjs", "core.centre.gd"}


def offenders(where, forbidden, allowed=()):
    """Files below ``where`` (but ``allowed``) that import something of ``forbidden``."""
    return [
        f"{name(path)} imports {found}"
        for path in files(*where)
        if not name(path).startswith(tuple(allowed) or ("\0",))
        for found in imports(path)
        if any(f"{found}.".startswith(f"{banned}.") for banned in forbidden)
    ]


def test_the_core_never_imports_qt_nor_the_window():
    assert offenders(["core"], {"PySide6", "shiboken6", "gui"}) == []


def test_only_the_worker_imports_ctypes():
    assert offenders(["core", "gui"], {"ctypes"}, ["core/gateway/dll/worker.py"]) == []


def test_the_worker_needs_nothing_but_the_standard_library():
    worker = ROOT / "core/gateway/dll/worker.py"
    assert [found for found in imports(worker) if found.split(".")[0] not in STDLIB] == []


def test_only_journal_books_and_hospital_know_sqlite():
    allowed = [
        "core/journal/",
        "core/database.py",
        "core/simulator/books.py",
        "core/his/",
        "core/catalogue/",
        "core/prove/layers.py",  # a journal in memory whose moments can be put back
        "core/bench/",
        "core/commands/bench",
    ]
    assert offenders(["core", "gui"], {"sqlite3", "sqlite_utils"}, allowed) == []


def test_presenters_are_plain_python():
    presenters = [path for path in files("gui/screens") if path.name == "presenter.py"]
    assert presenters
    assert [
        name(path) for path in presenters if any(i.startswith("PySide6") for i in imports(path))
    ] == []


def test_the_window_knows_services_only():
    forbidden = {"core.gateway", "core.protocol", *FAMILIES, "core.simulator"}
    allowed = ["gui/shell/drills.py", "gui/tour", "gui/flows", "gui/benchmark.py"]
    assert offenders(["gui"], forbidden, allowed) == []


@pytest.mark.parametrize(
    ("room", "forbidden"),
    [
        (
            "core/domain",
            {"core.service", "core.journal", "core.gateway", "core.centre", "core.protocol"},
        ),
        (
            "core/protocol",
            {"core.service", "core.journal", "core.gateway", "core.his", "core.simulator"},
        ),
        (
            "core/centre",
            {"core.service", "core.journal", "core.gateway.dll", "core.his", "core.simulator"},
        ),
        (
            "core/gateway",
            {"core.service", "core.journal", "core.his", "core.protocol", *FAMILIES},
        ),
        ("core/journal", {"core.service", "core.gateway", "core.protocol", "core.simulator"}),
        (
            "core/service",
            {"core.gateway.dll", "core.protocol", *FAMILIES, "core.commands", "core.app"},
        ),
        (
            "core/his",
            {"core.service", "core.journal", "core.gateway", "core.protocol", "core.centre"},
        ),
        (
            "core/api",
            {"core.journal", "core.gateway", "core.protocol", "core.centre", "core.simulator"},
        ),
        (
            "core/catalogue",
            {"core.service", "core.journal", "core.gateway", "core.protocol", "core.centre"},
        ),
    ],
)
def test_every_room_looks_downwards(room, forbidden):
    assert offenders([room], forbidden) == []


def test_only_the_composition_root_names_adapters():
    adapters = {"core.gateway.dll.supervisor", *FAMILIES, "core.his.embedded"}
    rest = [
        "core/app.py",
        "core/gateway/",
        "core/centre/",
        "core/his/",
        "core/commands/bench",
        "core/bench/",
    ]
    rest += ["core/commands/profile.py", "core/protocol/"]
    assert offenders(["core", "gui"], adapters, rest) == []


def test_only_the_api_speaks_http_as_a_server():
    """And a desk without it loads none of that."""
    assert offenders(["core", "gui"], {"fastapi", "starlette", "uvicorn"}, ["core/api/"]) == []
    light = [ROOT / "core/api/__init__.py", ROOT / "core/api/switch.py"]
    heavy = {"fastapi", "starlette", "uvicorn", "httpx", "core.api.server"}
    late = ast.parse(light[1].read_text("utf-8")).body
    assert [name(p) for p in light if not p.exists()] == []
    assert [node.module for node in late if getattr(node, "module", "") in heavy] == []


def test_no_family_is_named_in_the_window():
    """Screens ask capabilities and steps (``gui.abilities``), never which family it is."""
    family = re.compile(r"zjs|\bgd\b|guangdong|hygeia|bizh|centre\.family", re.I)
    assert [name(path) for path in files("gui") if family.search(path.read_text("utf-8"))] == []
