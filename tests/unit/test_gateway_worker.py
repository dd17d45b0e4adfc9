"""The worker file by itself: what it may import, its memory, its stand-ins, its names."""

from __future__ import annotations

import ast
import ctypes
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.gateway.dll import worker
from core.gateway.dll.worker import GUARD, Area, CannotLoad, Distrust, StandIn

SOURCE = Path(worker.__file__)
USUAL = {"init": "Si_INIT", "function": "Si_Busi"}
OLD_NAMES = {"msvcrt", "resource"}


def imported() -> set[str]:
    """The modules the worker imports."""
    found = set()
    for node in ast.walk(ast.parse(SOURCE.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


def test_the_worker_needs_nothing_but_the_standard_library():
    assert imported() - sys.stdlib_module_names - OLD_NAMES == set()


def test_the_worker_is_written_in_the_syntax_of_python_3_8():
    ast.parse(SOURCE.read_text("utf-8"), feature_version=(3, 8))


def test_the_worker_runs_as_a_script_without_any_of_our_packages(tmp_path):
    command = [sys.executable, "-I", "-S", str(SOURCE)]
    done = subprocess.run(command, input=b"", capture_output=True, cwd=tmp_path, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def fill(area: Area, data: bytes) -> None:
    """Write as a library would: by address, without asking."""
    ctypes.memmove(area.address, data, len(data))


def test_fresh_memory_is_an_empty_text():
    assert Area(5000).text() == b""


def test_memory_is_never_smaller_than_asked():
    assert Area(5000).size >= 5000


def test_a_text_ends_at_its_first_nul():
    area = Area(4096)
    fill(area, b"answer\0leftover")
    assert area.text() == b"answer"


def test_cleared_memory_holds_nothing_of_before():
    area = Area(8192)
    fill(area, b"x" * area.size)
    area.clear()
    assert area.text() == b""
    assert area.memory[: area.size] == bytes(area.size)
    assert area.memory[area.size :] == GUARD


def test_memory_filled_to_the_last_byte_has_no_terminator():
    area = Area(4096)
    fill(area, b"n" * area.size)
    with pytest.raises(Distrust) as caught:
        area.text()
    assert (caught.value.code, caught.value.evidence) == ("no_terminator", b"n" * area.size)


@pytest.mark.parametrize("beyond", [1, 2, len(GUARD)])
def test_a_single_byte_beyond_is_an_overrun(beyond):
    area = Area(4096)
    fill(area, b"o" * (area.size + beyond - 1) + b"\0")
    with pytest.raises(Distrust) as caught:
        area.text()
    assert caught.value.code == "overrun"


def order(path: Path, **changes: object) -> dict[str, object]:
    """A load order as the desk writes it."""
    return {"library": str(path), "output_size": 1 << 20, "usual": USUAL, **USUAL, **changes}


def standin(tmp_path: Path, text: str) -> Path:
    """A stand-in file."""
    made = tmp_path / "standin.py"
    made.write_text(text, "utf-8")
    return made


ECHO = "def Si_INIT():\n    return 0, b''\ndef Si_Busi(request):\n    return 4, request\n"


def test_a_stand_in_answers(tmp_path):
    library = StandIn(order(standin(tmp_path, ECHO)))
    assert library.init() == (0, b"")
    assert library.business(b"hello") == (4, b"hello")


def test_a_stand_in_is_found_by_its_usual_name_too(tmp_path):
    library = StandIn(order(standin(tmp_path, ECHO), function="ZJ_Busi", init="ZJ_INIT"))
    assert (library.init_name, library.function_name) == ("Si_INIT", "Si_Busi")


def test_the_name_of_the_settings_goes_first(tmp_path):
    text = ECHO + "def ZJ_Busi(request):\n    return 5, b'mine'\n"
    library = StandIn(order(standin(tmp_path, text), function="ZJ_Busi"))
    assert library.business(b"") == (5, b"mine")


def test_a_stand_in_without_the_function_is_refused(tmp_path):
    with pytest.raises(CannotLoad) as caught:
        StandIn(order(standin(tmp_path, "Si_INIT = print\n")))
    assert caught.value.code == "function_missing"
    assert caught.value.facts["function"] == "Si_Busi"


@pytest.mark.parametrize("text", ["this is not python", "raise RuntimeError('no')", "import nono"])
def test_a_stand_in_that_cannot_be_imported_is_no_library(tmp_path, capsys, text):
    with pytest.raises(CannotLoad) as caught:
        StandIn(order(standin(tmp_path, text)))
    assert caught.value.code == "not_a_library"
    assert "Traceback" in capsys.readouterr().err


def test_a_stand_ins_giant_answer_is_distrusted(tmp_path):
    text = ECHO.replace("4, request", "0, b'g' * (1 << 20)")
    with pytest.raises(Distrust) as caught:
        StandIn(order(standin(tmp_path, text))).business(b"")
    assert caught.value.code == "reply_too_large"
    assert len(caught.value.evidence) == worker.EVIDENCE


def test_dataclasses_work_in_a_stand_in(tmp_path):
    head = "from __future__ import annotations\nfrom dataclasses import dataclass\n"
    text = head + "@dataclass\nclass Book:\n    pages: int\n" + ECHO
    assert StandIn(order(standin(tmp_path, text))).init() == (0, b"")


class Exports:
    """A library object that exports but one name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._handle = SimpleNamespace()


@pytest.mark.parametrize("export", ["Si_Busi", "Si_Busi@8", "_Si_Busi@8", "_Si_Busi"])
def test_decorated_names_are_tried(monkeypatch, export):
    def prototype(pair):
        name, library = pair
        if name != library.name:
            raise AttributeError(name)
        return f"function {name}"

    monkeypatch.setattr(worker, "function_type", lambda count, stdcall, gives: prototype)
    found = worker.find(Exports(export), "Si_Busi", 2, False)
    assert found == (export, f"function {export}")


def test_a_decorated_name_is_called_as_stdcall(monkeypatch):
    asked = []

    def function_type(count, stdcall, gives):
        asked.append(stdcall)

        def prototype(pair):
            if "@" not in pair[0]:
                raise AttributeError
            return pair[0]

        return prototype

    monkeypatch.setattr(worker, "function_type", function_type)
    assert worker.find(None, "Si_INIT", 1, False)[0] == "Si_INIT@4"
    assert asked == [False, True]


def test_all_names_tried_are_told(monkeypatch):
    with pytest.raises(CannotLoad) as caught:
        worker.find(ctypes.CDLL(None), "no_such_function", 2, False)
    tried = caught.value.facts["tried"]
    assert tried == "no_such_function, no_such_function@8, _no_such_function@8, _no_such_function"


def test_a_real_function_is_found_and_called():
    name, function = worker.find(ctypes.CDLL(None), "strlen", 1, False)
    text = ctypes.create_string_buffer(b"four")
    assert (name, function(ctypes.addressof(text))) == ("strlen", 4)
