"""The two README commands: what is missing is set up, what is there is left alone, each no a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from installer import bootstrap
from installer.bootstrap import SetupFailed

POSIX = pytest.mark.skipif(os.name == "nt", reason="the command is a shell script")
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="system packages of Linux")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project folder of its own with locks, metadata and no environment yet."""
    locks = {verb: tmp_path / f"{verb}.lock" for verb in ("run", "test")}
    for verb, path in locks.items():
        path.write_text(f"{verb}==1\n", "utf-8")
    (tmp_path / "pyproject.toml").write_text("[project]\n", "utf-8")
    folder = tmp_path / ".venv" / "bin"
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "BIN", folder)
    monkeypatch.setattr(bootstrap, "PYTHON", folder / "python")
    monkeypatch.setattr(bootstrap, "LOCKS", locks)
    return tmp_path


@pytest.fixture
def commands(monkeypatch):
    """Commands that would have been run, and the code each ends with."""
    made = Commands()
    monkeypatch.setattr(bootstrap.subprocess, "run", made.run)
    return made


class Commands:
    """In the place of ``subprocess.run``: notes what is asked, runs nothing."""

    def __init__(self):
        self.asked = []
        self.environments = []
        self.codes = []
        self.out = ""
        self.err = "E: no space left"

    def run(self, command, **options):
        self.asked.append(command)
        self.environments.append(options.get("env"))
        code = self.codes.pop(0) if self.codes else 0
        return SimpleNamespace(returncode=code, stdout=self.out, stderr=self.err)


# -- what is set up is remembered


@pytest.mark.parametrize("verb", ["run", "test"])
def test_the_fingerprint_follows_lock_and_metadata(project, verb):
    first = bootstrap.fingerprint(verb)
    assert first == bootstrap.fingerprint(verb)
    bootstrap.LOCKS[verb].write_text("other==2\n", "utf-8")
    second = bootstrap.fingerprint(verb)
    (project / "pyproject.toml").write_text("[project]\nname = 'x'\n", "utf-8")
    assert len({first, second, bootstrap.fingerprint(verb)}) == 3


def test_the_fingerprint_follows_the_interpreter(project, monkeypatch):
    first = bootstrap.fingerprint("run")
    monkeypatch.setattr(bootstrap.sys, "version", "3.99.0 (other)")
    assert bootstrap.fingerprint("run") != first


def test_the_other_lock_does_not_matter(project):
    first = bootstrap.fingerprint("run")
    bootstrap.LOCKS["test"].write_text("other==2\n", "utf-8")
    assert bootstrap.fingerprint("run") == first


@pytest.fixture
def steps(project, monkeypatch):
    """What ``prepare`` does, noted instead of done."""
    done = []
    monkeypatch.setattr(bootstrap, "system_packages", lambda verb: None)
    monkeypatch.setattr(bootstrap, "make_venv", lambda: done.append("venv") or _venv())
    monkeypatch.setattr(bootstrap, "install", lambda verb: done.append(f"install {verb}"))
    return done


def _venv():
    bootstrap.PYTHON.parent.mkdir(parents=True)
    bootstrap.PYTHON.write_text("", "utf-8")


def test_a_second_start_does_nothing(steps):
    bootstrap.prepare("run")
    bootstrap.prepare("run")
    assert steps == ["venv", "install run"]


def test_a_changed_lock_installs_into_the_environment_that_is_there(steps):
    bootstrap.prepare("run")
    bootstrap.LOCKS["run"].write_text("other==2\n", "utf-8")
    bootstrap.prepare("run")
    assert steps == ["venv", "install run", "install run"]


def test_the_tests_are_set_up_beside_what_runs(steps):
    bootstrap.prepare("run")
    bootstrap.prepare("test")
    bootstrap.prepare("run")
    assert steps == ["venv", "install run", "install test"]


def test_an_installation_that_failed_is_tried_again(steps, monkeypatch):
    def fails(verb):
        raise SetupFailed("no network")

    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "install", fails)
        with pytest.raises(SetupFailed):
            bootstrap.prepare("run")
    bootstrap.prepare("run")
    assert steps == ["venv", "install run"]


def test_the_shipped_locks_are_there_and_hashed():
    for lock in bootstrap.LOCKS.values():
        text = lock.read_text("utf-8")
        assert "PySide6-Essentials==6.11.3".casefold() in text.casefold()
        assert "--hash=sha256:" in text


def test_the_test_lock_has_all_that_the_run_lock_has():
    pinned = {verb: _pins(lock) for verb, lock in bootstrap.LOCKS.items()}
    assert pinned["run"] and pinned["run"] <= pinned["test"]


def _pins(lock):
    words = (line.split()[0] for line in lock.read_text("utf-8").splitlines() if "==" in line)
    return {word.casefold() for word in words if not word.startswith("#")}


# -- the environment


@POSIX
def test_the_command_stands_beside_the_interpreter(project, commands):
    site = project / ".venv" / "site"
    site.mkdir(parents=True)
    bootstrap.BIN.mkdir()
    commands.out = f"{site}\n"
    bootstrap.link_project()
    assert (site / "gsdesk.pth").read_text("utf-8") == f"{project}\n"
    script = bootstrap.BIN / "gsdesk"
    assert script.stat().st_mode & 0o111 == 0o111
    assert f'exec "{bootstrap.PYTHON}" -m core "$@"' in script.read_text("utf-8")


@POSIX
def test_the_linked_project_is_imported_by_a_real_interpreter(tmp_path, monkeypatch):
    site, tools = tmp_path / "site", tmp_path / "bin"
    site.mkdir()
    tools.mkdir()
    root = Path(bootstrap.__file__).parents[1]
    interpreter = tools / "python"
    interpreter.write_text(
        f'#!/bin/sh\ncase "$2" in *purelib*) echo "{site}";; *) PYTHONPATH="$(cat {site}/gsdesk.pth)"'
        f' exec "{sys.executable}" "$@";; esac\n',
        "utf-8",
    )
    interpreter.chmod(0o755)
    monkeypatch.setattr(bootstrap, "ROOT", root)
    monkeypatch.setattr(bootstrap, "BIN", tools)
    monkeypatch.setattr(bootstrap, "PYTHON", interpreter)
    bootstrap.link_project()
    done = subprocess.run(
        [tools / "gsdesk", "profile", "--help"], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0 and b"manual" in done.stdout


def test_pip_gets_another_chance(project, commands, capsys):
    commands.codes = [1, 1, 0]
    bootstrap.pip("install", "x")
    assert len(commands.asked) == 3
    assert "try 2 of 3" in capsys.readouterr().out


def test_pip_that_keeps_failing_is_one_sentence(project, commands, capsys):
    commands.codes = [1, 1, 1]
    with pytest.raises(SetupFailed, match="no space left"):
        bootstrap.pip("install", "x")
    assert len(commands.asked) == 3


def test_only_hashed_wheels_are_installed(project, commands, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "link_project", lambda: None)
    bootstrap.install("test")
    [command] = commands.asked
    assert {"--require-hashes", "--only-binary", ":all:"} <= set(command)
    assert command[-1] == str(bootstrap.LOCKS["test"])


# -- a machine where something is missing


def not_root(monkeypatch, root=False):
    monkeypatch.setattr(bootstrap, "is_debian_root", lambda: root)


def test_without_root_the_missing_venv_is_named(project, commands, monkeypatch, capsys):
    not_root(monkeypatch)
    commands.codes = [1]
    with pytest.raises(SetupFailed, match=r"python3\.\d+-venv"):
        bootstrap.make_venv()


def test_root_on_debian_installs_it_and_goes_on(project, commands, monkeypatch, capsys):
    not_root(monkeypatch, root=True)
    commands.codes = [1, 0, 0, 0]
    bootstrap.make_venv()
    venv, update, fetch, again = commands.asked
    assert update[:3] == ["apt-get", "-qq", "update"]
    assert fetch[-1].endswith("-venv") and venv == again
    assert commands.environments[2]["DEBIAN_FRONTEND"] == "noninteractive"


def test_a_venv_that_cannot_be_made_even_then_says_why(project, commands, monkeypatch, capsys):
    not_root(monkeypatch, root=True)
    commands.codes = [1, 0, 0, 1]
    with pytest.raises(SetupFailed, match="no space left"):
        bootstrap.make_venv()


def test_an_apt_that_fails_is_a_sentence(commands):
    commands.codes = [0, 100]
    with pytest.raises(SetupFailed, match=r"libegl1.*no space left"):
        bootstrap.apt_install(["libegl1"])


@LINUX
def test_without_root_the_packages_are_only_named(commands, monkeypatch, capsys):
    not_root(monkeypatch)
    monkeypatch.setattr(bootstrap, "missing_packages", lambda verb: ["libegl1", bootstrap.FONT])
    bootstrap.system_packages("run")
    said = capsys.readouterr().out
    assert f"libegl1 {bootstrap.FONT}" in said and "please install" in said
    assert commands.asked == []


@LINUX
def test_root_on_debian_installs_the_packages(commands, monkeypatch, capsys):
    not_root(monkeypatch, root=True)
    monkeypatch.setattr(bootstrap, "missing_packages", lambda verb: ["libegl1"])
    bootstrap.system_packages("run")
    assert commands.asked[-1][-1] == "libegl1"


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_elsewhere_no_package_is_looked_for(monkeypatch, platform):
    monkeypatch.setattr(bootstrap.sys, "platform", platform)
    monkeypatch.setattr(bootstrap, "missing_packages", lambda verb: pytest.fail("looked"))
    bootstrap.system_packages("run")
    assert bootstrap.has_display()


@pytest.fixture
def machine(monkeypatch):
    """A machine that has every library, a font and a compiler; a test takes some away."""
    has = SimpleNamespace(libraries=set(bootstrap.LIBRARIES.values()), font=True, compiler=True)
    find = monkeypatch.setattr
    find(bootstrap.ctypes.util, "find_library", lambda name: name if name in has.libraries else None)
    find(bootstrap, "has_chinese_font", lambda: has.font)
    find(bootstrap.shutil, "which", lambda name: name if has.compiler or name != "cc" else None)
    return has


@pytest.mark.parametrize("verb", ["run", "test"])
def test_a_whole_machine_misses_nothing(machine, verb):
    assert bootstrap.missing_packages(verb) == []


def test_each_library_has_its_package(machine):
    for package, library in bootstrap.LIBRARIES.items():
        machine.libraries.discard(library)
        assert bootstrap.missing_packages("run") == [package]
        machine.libraries.add(library)


def test_font_and_compiler_are_asked_for_where_they_are_needed(machine):
    machine.font = machine.compiler = False
    assert bootstrap.missing_packages("run") == [bootstrap.FONT]
    assert bootstrap.missing_packages("test") == [bootstrap.FONT, *bootstrap.COMPILER]


# -- display, and what the verbs do


@LINUX
@pytest.mark.parametrize(
    ("names", "there"),
    [((), False), (("DISPLAY",), True), (("WAYLAND_DISPLAY",), True)],
)
def test_a_display_is_one_of_two_names(monkeypatch, names, there):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name in names:
        monkeypatch.setenv(name, ":0")
    assert bootstrap.has_display() is there


@pytest.fixture
def children(monkeypatch):
    """Programs that would have been started, with what was added to their environment."""
    started = []
    monkeypatch.setattr(
        bootstrap, "child", lambda words, **environment: started.append((words, environment)) or 0
    )
    return started


def test_with_a_display_the_desk_opens(monkeypatch, children):
    monkeypatch.setattr(bootstrap, "has_display", lambda: True)
    assert bootstrap.run(["--home", "x"]) == 0
    assert children == [(["-m", "core", "--home", "x"], {})]


def test_without_one_it_tours_offscreen_and_names_the_folder(monkeypatch, children, capsys):
    monkeypatch.setattr(bootstrap, "has_display", lambda: False)
    assert bootstrap.run([]) == 0
    [(words, environment)] = children
    folder = words[words.index("--out") + 1]
    assert words[:3] == ["-m", "core", "tour"]
    assert environment == {"QT_QPA_PLATFORM": "offscreen"}
    assert f"pictures and slips: {folder}" in capsys.readouterr().out


def test_a_tour_that_differs_is_told(monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "has_display", lambda: False)
    monkeypatch.setattr(bootstrap, "child", lambda *_, **__: 1)
    assert bootstrap.run([]) == 1
    assert "failed with code 1" in capsys.readouterr().out


def test_every_check_runs_in_turn(children, capsys):
    assert bootstrap.check(["-k", "money"]) == 0
    tools = [words[1] for words, _ in children]
    assert tools == ["ruff", "mypy", "pytest"]
    assert children[-1][0][-2:] == ["-k", "money"]


def test_the_first_check_that_fails_ends_it(monkeypatch, capsys):
    codes = iter([0, 3])
    monkeypatch.setattr(bootstrap, "child", lambda *_, **__: next(codes))
    assert bootstrap.check([]) == 3


def main(monkeypatch, *words):
    monkeypatch.setattr(bootstrap.sys, "argv", ["bootstrap.py", *words])
    return bootstrap.main()


def test_what_follows_the_verb_is_passed_on(monkeypatch, children):
    monkeypatch.setattr(bootstrap, "prepare", lambda verb: None)
    monkeypatch.setattr(bootstrap, "has_display", lambda: True)
    assert main(monkeypatch, "run", "--home", "x") == 0
    assert children == [(["-m", "core", "--home", "x"], {})]


def test_an_old_python_is_told_so(monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "OLDEST", (99, 0))
    monkeypatch.setattr(bootstrap, "prepare", lambda verb: pytest.fail("prepared"))
    assert main(monkeypatch, "run") == 1
    assert "Python 99.0 or newer is needed" in capsys.readouterr().err


def test_a_set_up_that_cannot_go_on_is_one_line(monkeypatch, capsys):
    def fails(verb):
        raise SetupFailed("the dependencies cannot be installed: no network")

    monkeypatch.setattr(bootstrap, "prepare", fails)
    assert main(monkeypatch, "test") == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_strange_verb_is_usage(monkeypatch, capsys):
    with pytest.raises(SystemExit) as error:
        main(monkeypatch, "fly")
    assert error.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_it_needs_nothing_but_the_standard_library():
    done = subprocess.run(
        [sys.executable, "-S", "-I", bootstrap.__file__, "--help"], capture_output=True, check=False
    )
    assert done.returncode == 0 and b"run" in done.stdout
