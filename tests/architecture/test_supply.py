"""What is installed and committed: locks, imports, the README's commands, no machine's traces."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import pytest

from core.his.sql.dialects import DIALECTS
from tests.architecture.source import ROOT, committed, files, imports, name

LOCKS = ("requirements.lock", "test.lock")
PACKAGE_OF = {
    "python_calamine": "python-calamine", "argon2": "argon2-cffi", "sqlite_utils": "sqlite-utils",
    "PySide6": "pyside6-essentials", "shiboken6": "pyside6-essentials", "pydantic_core": "pydantic",
    "pytestqt": "pytest-qt",
}  # fmt: skip
OWN = {"core", "gui", "resources", "tests", "installer"}
TOOLS = {"mypy", "ruff", "pytest-timeout", "pytest-xdist", "pytest-qt"}
TOP = {"README.md", "core", "gui", "installer", "pyproject.toml", "resources", "tests"}
DOT = {".ci", ".gitattributes", ".gitignore"}
TEXT = {".py", ".toml", ".md", ".lock", ".html", ".qss", ".csv", ".txt", ".json", ".sh", ".c", ""}
TRACES = (
    "py" + "pi.org", "python" + "hosted", "npm" + "js.org", "deb.debian" + ".org", "/ro" + "ot/",
    "/wo" + "rk/", "/ho" + "me/", "C:\\Us" + "ers",
)  # fmt: skip


def lock(which):
    return (ROOT / "installer" / which).read_text("utf-8")


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def names_of(requirements):
    return {re.split(r"[=<>~!;\[ ]", item)[0].lower() for item in requirements}


def foreign(*folders):
    """Packages that the files below ``folders`` import and that are not ours nor Python's."""
    used = {found.split(".")[0] for path in files(*folders) for found in imports(path)}
    return {PACKAGE_OF.get(item, item) for item in used - set(sys.stdlib_module_names) - OWN}


@pytest.mark.parametrize("which", LOCKS)
def test_a_lock_pins_by_hash_and_names_no_address(which):
    text = lock(which)
    assert "pyside6-essentials==6.11.3" in text
    assert not re.search(r"index|find-links|https?:|file:|\s@\s", text)
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[a-z0-9.-]+==[^ ]+( ; .+)? \\\n", block), block[:60]
        assert re.findall(r"--hash=sha256:[0-9a-f]{64}\b", block), block[:60]


@pytest.mark.parametrize("package", ["pyside6-essentials", "pydantic-core", "pypdfium2", "psutil"])
def test_a_lock_serves_linux_and_windows(package):
    """One hash would be one machine's wheel."""
    blocks = re.split(r"\n(?=\S)", lock("requirements.lock"))
    block = next(block for block in blocks if block.startswith(f"{package}=="))
    assert block.count("--hash=") >= 3


def test_the_test_lock_agrees_with_the_other():
    pinned = re.compile(r"^([a-z0-9.-]+==[^ ]+)", re.MULTILINE)
    assert set(pinned.findall(lock("requirements.lock"))) <= set(pinned.findall(lock("test.lock")))


def loaded_by_name():
    """Packages that no line imports: the drivers that the table of databases names."""
    own = {"pysqlite"}  # of Python itself
    return {item.driver for item in DIALECTS.values()} - own


def test_the_project_names_what_the_program_imports_and_no_more():
    wanted = foreign("core", "gui") | loaded_by_name()
    assert wanted == names_of(project()["dependencies"])


@pytest.mark.parametrize("name", sorted(DIALECTS))
def test_a_driver_is_what_the_engine_loads(name):
    """The table says the truth: an engine of that kind of database takes that very package."""
    from sqlalchemy import create_engine

    item = DIALECTS[name]
    engine = create_engine(f"{item.name}+{item.driver}://")
    assert engine.dialect.dbapi.__name__.split(".")[0] in {item.driver, "sqlite3"}


def test_the_test_tools_are_what_the_tests_import():
    known = names_of(project()["dependencies"])
    tools = names_of(project()["optional-dependencies"]["test"])
    assert foreign("tests", "installer") - known <= tools
    assert tools - foreign("tests", "installer") <= TOOLS


@pytest.mark.parametrize("which", LOCKS)
def test_a_lock_holds_what_the_project_names(which):
    wanted = names_of(project()["dependencies"])
    if which == "test.lock":
        wanted |= names_of(project()["optional-dependencies"]["test"])
    locked = set(re.findall(r"^([a-z0-9.-]+)==", lock(which), re.MULTILINE))
    assert wanted - locked == set()


def test_the_oldest_python_is_said_once():
    from installer import bootstrap

    oldest = ".".join(map(str, bootstrap.OLDEST))
    assert project()["requires-python"] == f">={oldest}"


def test_the_two_commands_of_the_readme_are_what_ci_runs():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert "python3 installer/bootstrap.py run" in readme
    assert "python3 installer/bootstrap.py test" in readme
    lines = (ROOT / ".ci/run").read_text("utf-8").splitlines()
    called = [line for line in lines if not line.startswith("#")]
    assert len(called) == 1
    assert called[0].endswith("exec python3 installer/bootstrap.py test")


def test_the_readme_shows_the_house_as_it_stands():
    readme = (ROOT / "README.md").read_text("utf-8")
    rooms = sorted(p.name for p in (ROOT / "core").iterdir() if (p / "__init__.py").exists())
    assert [room for room in rooms if f"{room}/" not in readme] == []
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", readme)
    assert pictures
    assert [picture for picture in pictures if not (ROOT / picture).is_file()] == []


def test_the_top_level_is_the_house_and_nothing_else():
    assert {path.relative_to(ROOT).parts[0] for path in committed()} <= TOP | DOT


def test_nothing_committed_names_a_machine_or_a_registry():
    found = [
        f"{name(path)}: {trace}"
        for path in committed()
        if path.suffix in TEXT
        for trace in TRACES
        if trace in path.read_bytes().decode("utf-8", "replace")
    ]
    assert found == []


def test_nothing_made_is_committed():
    folders = r"(^|/)(__pycache__|build|dist|\.venv|\.hypothesis|\.mypy_cache)/"
    made = re.compile(folders + r"|\.(pyc|log|sqlite|so|dll)$")
    assert [name(path) for path in committed() if made.search(name(path))] == []


def test_the_command_is_the_entry_point():
    assert project()["name"] == "gsdesk"
    assert project()["scripts"] == {"gsdesk": "core.commands.main:main"}
    command = [sys.executable, "-m", "core", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0
    assert "--home" in done.stdout.decode("utf-8")
