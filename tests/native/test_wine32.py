"""The unchanged worker under a real 32-bit Windows Python, with real 32-bit libraries, by Wine.

Left out where there is no such room. ``GSDESK_WINE`` is the command that runs a Windows program in
the present folder (also visible there as ``Z:``), ``GSDESK_MINGW`` the one that runs the 32-bit
mingw compiler, ``GSDESK_PYTHON32`` a 32-bit Windows Python that takes ``-m MODULE -s FOLDER``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.app import Desk, open_desk
from core.gateway.dll import process
from core.gateway.dll.starting import Starter
from core.his.embedded import EmbeddedHospital
from core.outcome import Accepted, Unknown
from tests.helpers.agreement import assert_agree
from tests.helpers.flows import brought, do, settled
from tests.helpers.gateways import bench, no_reply, reply
from tests.helpers.inprocess import CASHIER
from tests.native.test_twists import SETTLE, Ground, served_centre

WINE, MINGW, PYTHON = (
    os.environ.get(f"GSDESK_{name}", "") for name in ("WINE", "MINGW", "PYTHON32")
)
HERE = Path(__file__).parent
INIT_SECONDS = 120.0
pytestmark = pytest.mark.skipif(
    not (WINE and MINGW and PYTHON), reason="no room with Wine and a 32-bit Windows Python is named"
)
BUILDS = {
    "cdecl": [],
    "stdcall": ["-DGSDESK_STDCALL", "-Wl,--kill-at"],
    "decorated": ["-DGSDESK_STDCALL"],
}


def windows(path: Path) -> str:
    """The path as a program under Wine names it."""
    return "Z:" + str(path).replace("/", "\\")


def built(folder: Path, source: str, *flags: str) -> Path:
    """A 32-bit DLL of ``tests/native/<source>_library.c``."""
    for file in HERE.glob("*_library.c"):
        shutil.copy(file, folder)
    made = folder / f"{source}.dll"
    command = (
        f"{MINGW} -shared -static -O2 -Wall {' '.join(flags)} {source}_library.c -o {made.name}"
    )
    subprocess.run(f"{command} -lws2_32", shell=True, cwd=folder, check=True, timeout=300)
    return made


@pytest.fixture
def room(tmp_path, monkeypatch) -> Path:
    """A folder with the worker, and an interpreter that is the Windows one."""
    shutil.copy(process.WORKER, tmp_path)
    shutil.copy(HERE / "launch32.py", tmp_path)
    python = tmp_path / "python32"
    place = windows(tmp_path)
    python.write_text(
        f"#!/bin/bash\ncd '{tmp_path}' && exec {WINE} {PYTHON} -m launch32 -s '{place}'"
        f" 2> >(cat >&2)\n"
    )
    python.chmod(0o755)
    order = Starter._order

    def for_windows(self, path):
        known = json.loads(order(self, path))
        return json.dumps(known | {"library": windows(path), "desk": 0}).encode()

    monkeypatch.setattr(Starter, "_order", for_windows)
    return tmp_path


def test_a_32_bit_library_is_told_from_a_64_bit_one(room):
    library = built(room, "hostile")
    with bench(room / "home", library, init_timeout=INIT_SECONDS) as desk:
        answer = desk.say("hello")
        assert "32" in answer.text and "python32" in answer.text


def test_the_worker_calls_it_and_survives_what_it_does(room):
    library = built(room, "hostile")
    wanted = {"python32": str(room / "python32"), "init_timeout": INIT_SECONDS}
    with bench(room / "home", library, **wanted) as desk:
        assert reply(desk.say("交易文本")) == "交易文本".encode("gbk")
        assert len(reply(desk.say("largest"))) == 4 * 1024 * 1024 - 1
        assert no_reply(desk.say("no-terminator")) == "no_terminator"
        assert reply(desk.say("after")) == b"after"
        assert no_reply(desk.say("overrun-by-one")) == "overrun"
        assert no_reply(desk.say("crash")) == "worker_died"
        assert no_reply(desk.say("hang", 1.0)) == "deadline"
        assert reply(desk.say("again")) == b"again"
        assert reply(desk.say("chdir")) == b"moved"
        assert reply(desk.say("cwd")).decode() == windows(room)


@contextmanager
def over(room: Path, build: str) -> Iterator[tuple[Ground, Desk]]:
    """A whole desk over the twisted library, built in one of the ways."""
    library = built(room, "twisted", *BUILDS[build])
    ground = Ground(room / "home", library)
    settings = ground.folder / "settings.toml"
    more = f'python32 = "{room / "python32"}"\ninit_timeout = {INIT_SECONDS}\n'
    convention = "cdecl" if build == "cdecl" else "stdcall"
    settings.write_text(settings.read_text() + more + f'convention = "{convention}"\n')
    with served_centre(ground):
        hospital = EmbeddedHospital(ground.folder / "hospital.db", ground.world.clock)
        with open_desk(
            ground.folder, clock=ground.world.clock, operator=CASHIER, hospital=hospital
        ) as desk:
            desk.gateway.centre = ground.world.centre
            yield ground, desk


@pytest.mark.parametrize("build", BUILDS)
def test_a_visit_is_settled_and_cancelled_over_it(room, build, monkeypatch):
    with over(room, build) as (ground, desk):
        monkeypatch.setenv("GSDESK_CENTRE", ground.address)
        visit_no = settled(desk)
        assert_agree(desk, ground.world.books(), visit_no)
        assert isinstance(do(desk, "cancel_settlement", visit_no).outcome, Accepted)
        assert_agree(desk, ground.world.books(), visit_no)


@pytest.mark.parametrize(
    ("kind", "cause"), [("crash", "worker_died"), ("no-terminator", "no_terminator")]
)
def test_a_settlement_it_breaks_is_found(room, kind, cause, monkeypatch):
    with over(room, "decorated") as (ground, desk):
        monkeypatch.setenv("GSDESK_CENTRE", ground.address)
        visit_no = brought(desk, "settle")
        (room / "twist").write_text(f"{SETTLE} after {kind}\n", "ascii")
        outcome = do(desk, "settle", visit_no).outcome
        assert isinstance(outcome, Unknown) and outcome.cause == cause
        ground.agree(desk, visit_no)
