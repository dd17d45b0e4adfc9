"""Set-up: what is missing is made once, what fails is a sentence, the second start does nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from types import SimpleNamespace

import pytest

from installer import bootstrap

OK = SimpleNamespace(returncode=0, stdout="", stderr="")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty project: nothing set up, every program that would be run is written down."""
    for name in ("requirements.lock", "test.lock"):
        (tmp_path / name).write_text(f"{name}==1 \\\n    --hash=sha256:0\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "BIN", tmp_path / ".venv/bin")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / ".venv/bin/python")
    locks = {"run": tmp_path / "requirements.lock", "test": tmp_path / "test.lock"}
    monkeypatch.setattr(bootstrap, "LOCKS", locks)
    return tmp_path


class Programs:
    """Stands for every other program: answers by the words in its command, and remembers."""

    def __init__(self, place):
        self.place, self.ran, self.fails, self.children = place, [], {}, []

    def ask(self, command, environment=None):
        self.ran.append(" ".join(command))
        for words, times in self.fails.items():
            if words in self.ran[-1] and times:
                self.fails[words] -= 1
                return SimpleNamespace(returncode=1, stdout="", stderr=f"{words} is broken")
        if "-m venv" in self.ran[-1]:
            (self.place / ".venv/bin").mkdir(parents=True)
            (self.place / ".venv/bin/python").write_text("")
        if "sys.version" in self.ran[-1]:
            return SimpleNamespace(returncode=0, stdout=sys.version, stderr="")
        if "purelib" in self.ran[-1]:
            return SimpleNamespace(returncode=0, stdout=str(self.place / ".venv"), stderr="")
        return SimpleNamespace(returncode=0, stdout="WenQuanYi", stderr="")

    def child(self, command, **environment):
        self.children.append((command, environment))
        return 0

    def count(self, words):
        return sum(words in command for command in self.ran)


@pytest.fixture
def programs(place, monkeypatch):
    made = Programs(place)
    monkeypatch.setattr(bootstrap, "ask", made.ask)
    monkeypatch.setattr(bootstrap, "child", made.child)
    monkeypatch.setattr(bootstrap, "missing_packages", lambda verb: [])
    monkeypatch.setattr(bootstrap.time, "sleep", lambda seconds: made.ran.append(f"wait {seconds}"))
    monkeypatch.setenv("DISPLAY", ":0")
    return made


def test_the_first_start_makes_everything(programs, place):
    assert bootstrap.main(["run"]) == 0
    assert programs.count("-m venv") == 1
    assert programs.count("--require-hashes") == 1
    assert (place / ".venv/gsdesk.pth").read_text("utf-8").strip() == str(place)
    command = place / ".venv/bin/gsdesk"
    assert os.access(command, os.X_OK) and "-m core" in command.read_text("utf-8")
    assert programs.children == [(["-m", "core"], {})]


def test_the_second_start_takes_no_set_up(programs):
    bootstrap.main(["run"])
    programs.ran.clear()
    assert bootstrap.main(["run"]) == 0
    assert programs.ran == []
    assert len(programs.children) == 2


def test_after_the_tests_the_desk_is_set_up_too(programs):
    bootstrap.main(["test"])
    programs.ran.clear()
    bootstrap.main(["run"])
    assert programs.ran == []


def test_the_tests_want_more_than_the_desk(programs, place):
    bootstrap.main(["run"])
    bootstrap.main(["test"])
    assert programs.count("-m venv") == 1
    assert programs.count(str(place / "requirements.lock")) == 1
    assert programs.count(str(place / "test.lock")) == 1


def test_a_changed_lock_is_installed_into_the_same_environment(programs, place):
    bootstrap.main(["run"])
    (place / "requirements.lock").write_text("other==2 \\\n    --hash=sha256:1\n")
    bootstrap.main(["run"])
    assert programs.count("--require-hashes") == 2
    assert programs.count("-m venv") == 1


def test_another_python_gets_a_fresh_environment(programs, place, monkeypatch):
    bootstrap.main(["run"])
    (place / ".venv/old").write_text("of the other Python")
    monkeypatch.setattr(bootstrap, "usable", lambda: False)
    (place / ".venv/.ready-run").write_text("another fingerprint")
    bootstrap.main(["run"])
    assert programs.count("-m venv") == 2
    assert not (place / ".venv/old").exists()


def test_a_set_up_that_was_broken_off_is_done_again(programs, place):
    programs.fails["--require-hashes"] = 99
    assert bootstrap.main(["run"]) == 1
    assert not (place / ".venv/.ready-run").exists()
    programs.fails.clear()
    assert bootstrap.main(["run"]) == 0


def test_a_network_that_stutters_gets_another_chance(programs):
    programs.fails["--require-hashes"] = 2
    assert bootstrap.main(["run"]) == 0
    assert programs.count("--require-hashes") == 3
    assert programs.count("wait") == 2


def test_a_network_that_is_gone_is_a_sentence(programs, capsys):
    programs.fails["--require-hashes"] = 99
    assert bootstrap.main(["run"]) == 1
    assert programs.count("--require-hashes") == 3
    said = capsys.readouterr().err
    assert "网络" in said and "is broken" in said
    assert programs.children == []


def test_without_ensurepip_a_person_is_told_what_to_install(programs, monkeypatch, capsys):
    programs.fails["-m venv"] = 99
    monkeypatch.setattr(bootstrap, "is_debian_root", lambda: False)
    assert bootstrap.main(["run"]) == 1
    assert f"python3.{sys.version_info.minor}-venv" in capsys.readouterr().err


def test_without_ensurepip_debian_installs_it(programs, monkeypatch):
    programs.fails["-m venv"] = 1
    monkeypatch.setattr(bootstrap, "is_debian_root", lambda: True)
    assert bootstrap.main(["run"]) == 0
    assert programs.count(f"python3.{sys.version_info.minor}-venv") == 1


def test_an_environment_that_cannot_be_made_even_then_says_why(programs, monkeypatch, capsys):
    programs.fails["-m venv"] = 99
    monkeypatch.setattr(bootstrap, "is_debian_root", lambda: True)
    assert bootstrap.main(["run"]) == 1
    assert "-m venv is broken" in capsys.readouterr().err


def test_a_full_disk_is_a_sentence(programs, monkeypatch, capsys):
    def full(verb):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(bootstrap, "prepare", full)
    assert bootstrap.main(["run"]) == 1
    assert "No space left" in capsys.readouterr().err


# -- the system's part


@pytest.mark.parametrize("root", [True, False])
def test_missing_libraries_are_installed_or_named(programs, monkeypatch, capsys, root):
    monkeypatch.setattr(bootstrap, "missing_packages", lambda verb: ["libegl1", bootstrap.FONT])
    monkeypatch.setattr(bootstrap, "is_debian_root", lambda: root)
    monkeypatch.setattr(sys, "platform", "linux")
    assert bootstrap.main(["run"]) == 0
    installed = [command for command in programs.ran if "apt-get" in command]
    assert len(installed) == (2 if root else 0)
    assert f"libegl1 {bootstrap.FONT}" in capsys.readouterr().out


def test_apt_that_fails_is_a_sentence(programs, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "missing_packages", lambda verb: ["libegl1"])
    monkeypatch.setattr(bootstrap, "is_debian_root", lambda: True)
    monkeypatch.setattr(sys, "platform", "linux")
    programs.fails["install -y"] = 1
    assert bootstrap.main(["run"]) == 1
    assert "libegl1" in capsys.readouterr().err


def test_what_is_missing_is_named_as_debian_names_it(monkeypatch):
    monkeypatch.setattr(bootstrap.ctypes.util, "find_library", lambda name: None)
    monkeypatch.setattr(bootstrap, "has_chinese_font", lambda: False)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    run, test = (set(bootstrap.missing_packages(verb)) for verb in ("run", "test"))
    assert {"libglib2.0-0", "libegl1", "libxcb-cursor0", "libcups2", bootstrap.FONT} <= run
    assert test - run == set(bootstrap.COMPILER)


@pytest.mark.parametrize("root", [True, False])
def test_a_print_scheduler_is_installed_where_the_tests_may_start_one(monkeypatch, root):
    monkeypatch.setattr(bootstrap, "is_debian_root", lambda: root)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: "cc" if name == "cc" else None)
    named = set(bootstrap.missing_packages("test")) & set(bootstrap.SPOOLER)
    assert named == (set(bootstrap.SPOOLER) if root else set())
    assert not set(bootstrap.missing_packages("run")) & set(bootstrap.SPOOLER)


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("root", [False, True])
def test_a_database_server_is_installed_where_the_tests_may_start_one(monkeypatch, root, there):
    name, program = bootstrap.DATABASE
    monkeypatch.setattr(bootstrap, "is_debian_root", lambda: root)
    monkeypatch.setattr(bootstrap, "DATABASE", (name, "etc" if there else f"{program}-no-such"))
    assert (name in bootstrap.missing_packages("test")) is (root and not there)
    assert name not in bootstrap.missing_packages("run")


@pytest.mark.parametrize(("package", "library"), bootstrap.LIBRARIES.items())
def test_each_library_has_its_package(monkeypatch, package, library):
    monkeypatch.setattr(bootstrap.ctypes.util, "find_library", lambda name: name != library or None)
    monkeypatch.setattr(bootstrap, "has_chinese_font", lambda: True)
    assert bootstrap.missing_packages("run") == [package]


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_elsewhere_no_package_is_looked_for(monkeypatch, system):
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(bootstrap, "missing_packages", lambda verb: pytest.fail("looked"))
    bootstrap.system_packages("run")


def test_nothing_is_missing_where_all_is_there(monkeypatch):
    monkeypatch.setattr(bootstrap.ctypes.util, "find_library", lambda name: f"lib{name}.so")
    monkeypatch.setattr(bootstrap, "has_chinese_font", lambda: True)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert bootstrap.missing_packages("test") == []


# -- what it is for


def test_without_a_display_the_desk_is_toured(programs, place, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "has_display", lambda: False)
    assert bootstrap.main(["run", "--flow", "refund"]) == 0
    (command, environment) = programs.children[0]
    folder = str(place / "build" / "tour")
    assert command == ["-m", "core", "tour", "--out", folder, "--flow", "refund"]
    assert environment == {"QT_QPA_PLATFORM": "offscreen"}
    assert folder in capsys.readouterr().out


def test_a_command_needs_no_display(programs, monkeypatch):
    monkeypatch.setattr(bootstrap, "has_display", lambda: False)
    monkeypatch.setattr(bootstrap, "commands", lambda: {"doctor"})
    bootstrap.main(["run", "doctor", "--json"])
    assert programs.children == [(["-m", "core", "doctor", "--json"], {})]


def test_a_failing_tour_ends_with_its_code(programs, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "has_display", lambda: False)
    monkeypatch.setattr(bootstrap, "child", lambda command, **environment: 1)
    assert bootstrap.main(["run"]) == 1
    assert "tour" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("system", "set_", "shown"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("win32", {}, True),
    ],
)
def test_where_a_window_can_open(monkeypatch, system, set_, shown):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in set_.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", system)
    assert bootstrap.has_display() == shown


def test_every_check_is_run_and_the_tests_come_last(programs):
    assert bootstrap.main(["test", "tests/unit"]) == 0
    modules = [command[1] for command, _ in programs.children]
    assert modules == ["ruff", "mypy", "pytest"]
    assert programs.children[-1][0][-1] == "tests/unit"


def test_the_first_check_that_fails_ends_it(programs, monkeypatch):
    ran = []
    monkeypatch.setattr(bootstrap, "child", lambda command, **_: ran.append(command) or 3)
    assert bootstrap.main(["test"]) == 3
    assert len(ran) == 1


def test_a_child_gives_its_code_back(monkeypatch):
    monkeypatch.setattr(bootstrap, "PYTHON", sys.executable)
    asked = "import os, sys; sys.exit(int(os.environ['CODE']))"
    assert bootstrap.child(["-c", asked], CODE="5") == 5


def test_an_old_python_is_told_so(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 8, 10))
    assert bootstrap.main(["run"]) == 1
    assert "3.11" in capsys.readouterr().err


def test_a_linked_project_is_imported_by_a_real_environment(tmp_path, monkeypatch):
    """No pip, no packages: the project is found, and the command lies beside the interpreter."""
    venv = tmp_path / "中文 folder"
    made = [sys.executable, "-m", "venv", "--without-pip", str(venv)]
    subprocess.run(made, check=True, capture_output=True)
    tools = venv / ("Scripts" if os.name == "nt" else "bin")
    monkeypatch.setattr(bootstrap, "BIN", tools)
    monkeypatch.setattr(bootstrap, "PYTHON", tools / "python")
    bootstrap.link_project()
    asked = [str(tools / "python"), "-c", "import core, sys; sys.stdout.write(core.__file__)"]
    done = subprocess.run(asked, cwd=tmp_path, capture_output=True, check=True, encoding="utf-8")
    assert done.stdout == str(bootstrap.ROOT / "core/__init__.py")
    command = (tools / "gsdesk").read_text("utf-8")
    assert str(tools / "python") in command and command.endswith('-m core "$@"\n')


# -- the file itself


def test_it_needs_nothing_but_the_standard_library():
    """Also without the project: no site packages, another folder, only the verb missing."""
    command = [sys.executable, "-I", "-S", str(bootstrap.ROOT / "installer/bootstrap.py")]
    done = subprocess.run([*command, "--help"], capture_output=True, check=False, cwd="/")
    assert done.returncode == 0
    assert b"run" in done.stdout
    wrong = subprocess.run([*command, "dance"], capture_output=True, check=False)
    assert wrong.returncode == 2


def test_every_sentence_is_chinese_and_english():
    table = tomllib.loads(bootstrap.TEXTS.read_text("utf-8"))["installer"]
    spoken = {key: said for key, said in table.items() if key not in ("prefix", "checking")}
    assert [key for key, said in spoken.items() if said.isascii()] == []
    assert [key for key, said in spoken.items() if said.rstrip(".")[-6:].isascii() is False] == []


def test_the_commands_are_those_of_the_program():
    from core.commands.main import COMMANDS

    assert set(COMMANDS) - {"window"} <= bootstrap.commands()


def test_the_tests_keep_their_files_in_memory_where_there_is_plenty(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "MEMORY", tmp_path)
    monkeypatch.setattr(bootstrap, "PLENTY", 1)
    with bootstrap.quick_folder() as place:
        place.mkdir()
    assert not place.exists() and place.parent == tmp_path
    monkeypatch.setattr(bootstrap, "PLENTY", 1 << 62)
    with bootstrap.quick_folder() as place:
        assert place is None
    monkeypatch.setattr(bootstrap, "MEMORY", tmp_path / "none")
    with bootstrap.quick_folder() as place:
        assert place is None
