"""The command: one sub-command is loaded, the home is found anywhere, endings become codes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.commands import main as command
from core.errors import Refused, SetupError, fault
from core.settings import default_home

ROOT = Path(__file__).parents[2]


@pytest.fixture
def module(monkeypatch):
    """Stands for a sub-command; keeps the arguments it was run with."""
    seen = SimpleNamespace(args=None, ends=lambda: 0, loaded=[])

    def add_arguments(parser):
        parser.add_argument("--json", action="store_true")
        parser.add_argument("code", nargs="?", default="")

    def run(args):
        seen.args = args
        return seen.ends()

    def load(name):
        seen.loaded.append(name)
        return SimpleNamespace(add_arguments=add_arguments, run=run)

    monkeypatch.setattr(command.importlib, "import_module", load)
    return seen


def test_without_words_it_is_the_window(module):
    assert command.main([]) == 0
    assert module.loaded == ["core.commands.window"]
    assert module.args.home == default_home().absolute()


@pytest.mark.parametrize("name", command.COMMANDS)
def test_only_the_asked_command_is_loaded(module, name):
    assert command.main([name]) == 0
    assert module.loaded == [f"core.commands.{name}"]


@pytest.mark.parametrize(
    "words",
    [
        ["--home", "here", "call", "1101", "--json"],
        ["call", "--home", "here", "1101", "--json"],
        ["call", "1101", "--json", "--home", "here"],
        ["call", "1101", "--json", "--home=here"],
        ["--home=here", "call", "1101", "--json"],
    ],
)
def test_the_home_may_stand_anywhere(module, words):
    assert command.main(words) == 0
    assert module.args.home == Path("here").absolute()
    assert (module.args.code, module.args.json) == ("1101", True)


def test_the_home_of_a_person_is_written_out(module, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    command.main(["--home", "~/desk"])
    assert module.args.home == tmp_path / "desk"


@pytest.mark.parametrize("words", [["--home"], ["call", "--home"], ["--home", ""]])
def test_a_home_without_a_folder_is_usage(module, words, capsys):
    with pytest.raises(SystemExit) as ended:
        command.main(words)
    assert ended.value.code == 2
    assert "--home" in capsys.readouterr().err
    assert module.args is None


@pytest.mark.parametrize("code", [0, 1, 3, 4])
def test_the_commands_own_code_is_given_back(module, code):
    module.ends = lambda: code
    assert command.main(["call", "2207"]) == code


@pytest.mark.parametrize("kind", [Refused, SetupError])
def test_a_known_condition_is_a_sentence_and_code_two(module, capsys, kind):
    def ends():
        raise kind([fault("slip.unknown", msgid="H1"), fault("slip.unknown", msgid="H2")])

    module.ends = ends
    assert command.main(["call", "2207"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "H1" in said.err and "H2" in said.err


def test_our_own_bug_is_not_dressed_up(module):
    module.ends = lambda: 1 // 0
    with pytest.raises(ZeroDivisionError):
        command.main(["call", "2207"])


def test_an_interrupted_command_says_so_by_its_code(module):
    def ends():
        raise KeyboardInterrupt

    module.ends = ends
    assert command.main(["simulate"]) == 130


def test_an_unknown_command_names_the_others(module, capsys):
    assert command.main(["settle"]) == 2
    said = capsys.readouterr().err
    assert "settle" in said and "call" in said and "doctor" in said
    assert module.loaded == []


# -- as a process


def gsdesk(*words, **options):
    return subprocess.run(
        [sys.executable, "-m", "core", *words],
        cwd=ROOT,
        capture_output=True,
        check=False,
        **options,
    )


@pytest.mark.parametrize("name", command.COMMANDS)
def test_every_command_explains_itself(name, capsys):
    with pytest.raises(SystemExit) as ended:
        command.main([name, "--help"])
    said = capsys.readouterr()
    assert ended.value.code in (0, None)
    assert "--home" in said.out and said.err == ""


def test_a_strange_word_is_usage():
    assert gsdesk("call", "1101", "--dance").returncode == 2


def test_the_output_is_utf8_whatever_the_machine_speaks():
    import os

    done = gsdesk("--help", env={**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert "工伤结算台" in done.stdout.decode("utf-8")


def test_a_reader_that_has_enough_is_no_trouble(tmp_path):
    """``gsdesk journal list --json | head``: the pipe is closed before all is written."""
    words = [sys.executable, "-m", "core", "journal", "list", "--json", "--home", str(tmp_path)]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(60), said) == (141, b"")


def test_the_command_line_never_loads_the_window():
    asked = (
        "import sys; import core.commands.main, core.commands.call, core.commands.doctor;"
        "sys.exit(any(n.startswith('PySide6') for n in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=False)
    assert done.returncode == 0
