"""The self-check: each check says what is, with its remedy; one that fails stops no other."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from core.app import Desk
from core.domain import State
from core.errors import SetupError, fault
from core.gateway.port import Health
from core.service import health as module
from core.service.health import Check
from core.settings import CardSettings, CentreSettings, HospitalSettings, Settings, save_settings
from tests.helpers.journals import bring

NAMES = [
    "settings", "library", "centre_clock", "sign_in", "hospital", "outbox", "journal", "settling",
    "pending", "backup", "own_clock", "disk", "printer", "font",
]  # fmt: skip


@pytest.fixture
def desk(world):
    with world.desk() as desk:
        desk.health.font = lambda: ("ok", "有中文字体")
        yield desk


def check(desk: Desk, name: str, centre: bool = True) -> Check:
    """The check of that name."""
    return next(item for item in desk.health.checks(centre) if item.name == name)


def test_a_desk_in_order_says_so_in_the_order_of_the_screen(desk):
    found = desk.health.checks()
    assert [item.name for item in found] == NAMES
    assert {item.name: item.says for item in found if item.state == "failed"} == {}
    assert all(item.title and item.says for item in found)


def test_without_the_centre_nobody_outside_is_called(world, desk):
    before = list(world.gateway.sent)
    names = [item.name for item in desk.health.checks(centre=False)]
    assert names == [name for name in NAMES if name not in {"library", "centre_clock"}]
    assert world.gateway.sent == before


def test_a_check_that_breaks_is_one_failed_check(desk, monkeypatch, caplog):
    monkeypatch.setattr(desk.journal, "open_rows", lambda: 1 / 0)
    desk.health.printer = lambda: (_ for _ in ()).throw(SetupError(fault("charge.no_lines")))
    found = {item.name: item for item in desk.health.checks()}
    assert list(found) == NAMES
    assert (found["pending"].state, found["printer"].state) == ("failed", "failed")
    assert "division" in found["pending"].says
    assert "Ctrl+O" in found["printer"].says
    assert found["font"].state == "ok"


def test_settings_that_changed_since_the_start(desk):
    save_settings(desk.home, {"desk": {"number": 7}})
    found = check(desk, "settings", False)
    assert found.state == "warning"
    assert "重新启动" in found.says


def test_settings_that_can_no_longer_be_read(desk):
    (desk.home / "settings.toml").write_text("[desk\n", "utf-8")
    assert check(desk, "settings", False).state == "failed"


@pytest.mark.parametrize(("code", "state"), [("H99000000001", "warning"), ("H99000000002", "ok")])
def test_an_invented_hospital_in_real_use(desk, monkeypatch, code, state):
    hospital = HospitalSettings(code=code)
    real = Settings().model_copy(update={"hospital": hospital})
    real = real.model_copy(update={"centre": real.centre.model_copy(update={"library": "x.dll"})})
    monkeypatch.setattr(module, "load_settings", lambda home: real)
    desk.settings = real
    assert check(desk, "settings", False).state == state


@pytest.mark.parametrize(
    ("said", "state", "part"),
    [
        (Health("ok", "就绪", 32), "ok", "32 位"),
        (Health("warning", "曾经重启", 64), "warning", "未锁定"),
        (Health("failed", "找不到文件"), "failed", "找不到文件"),
    ],
)
def test_the_library(world, desk, monkeypatch, said, state, part):
    monkeypatch.setattr(world.gateway, "health", lambda: said)
    found = check(desk, "library")
    assert found.state == state
    assert part in found.says


@pytest.mark.parametrize(
    ("seconds", "state"),
    [(0, "ok"), (60, "ok"), (-61, "warning"), (599, "warning"), (601, "failed"), (-9999, "failed")],
)
def test_the_centres_clock(seconds, state):
    assert module._clock(float(seconds))[0] == state
    assert str(abs(seconds)) in module._clock(float(seconds))[1]


def test_a_centre_that_does_not_answer(world, desk):
    world.gateway.unsent = True
    assert check(desk, "centre_clock").state == "failed"


def test_a_centre_that_tells_no_time(desk, monkeypatch):
    session = desk.session
    silent = SimpleNamespace(compare_clocks=session.compare_clocks, centre_offset=None)
    monkeypatch.setattr(desk, "session", silent)
    assert desk.health._centre_clock()[0] == "warning"


def test_the_sign_in(desk):
    assert check(desk, "sign_in", False).state == "warning"
    desk.session.sign_in()
    assert check(desk, "sign_in", False).state == "ok"


def test_a_hospital_that_cannot_be_reached(desk, monkeypatch):
    def gone(*_: Any) -> Any:
        raise SetupError(fault("hospital.unreadable", path="x", error="y"))

    monkeypatch.setattr(desk.hospital, "waiting", gone)
    assert check(desk, "hospital", False).state == "failed"


def test_a_journal_whose_chain_is_broken(desk):
    bring(desk.journal, "MZ1", State.REJECTED)
    desk.journal.db.conn.execute("DROP TRIGGER entry_is_append_only_u")
    desk.journal.db.conn.execute("UPDATE entry SET text = 'x' WHERE number = 1")
    found = check(desk, "journal", False)
    assert found.state == "failed"
    assert "1" in found.says


def test_a_journal_whose_pages_are_torn(desk, monkeypatch):
    monkeypatch.setattr(desk.journal, "quick_check", lambda: "row 7 missing from index")
    found = check(desk, "journal", False)
    assert found.state == "failed"
    assert "row 7" in found.says


def test_what_is_open_is_named(desk):
    row = bring(desk.journal, "MZ1", State.UNKNOWN)
    found = check(desk, "pending", False)
    assert found.state == "warning"
    assert row.msgid in found.says


def test_the_copies(world, desk, monkeypatch):
    assert check(desk, "backup", False).state == "ok"
    world.clock.advance(2 * 86_400)
    assert check(desk, "backup", False).state == "warning"
    monkeypatch.setattr(desk.safekeeping, "trouble", "备份失败：磁盘已满")
    assert "磁盘已满" in check(desk, "backup", False).says
    monkeypatch.setattr(desk.safekeeping, "trouble", "")
    for item in desk.safekeeping.backups.all():
        item.path.unlink()
    assert check(desk, "backup", False).state == "warning"


def test_a_clock_that_was_set_back(world, desk):
    bring(desk.journal, "MZ1", State.REJECTED)
    assert check(desk, "own_clock", False).state == "ok"
    world.clock.advance(-3600)
    found = check(desk, "own_clock", False)
    assert found.state == "failed"
    assert "2026-03-02 09:00:00" in found.says


# --- a desk with a reader of its own --------------------------------------------------------------


@pytest.mark.parametrize(("training", "library", "state"), [
    (True, "", "ok"), (False, "", "warning"), (False, "x.dll", "failed"),
])  # fmt: skip
def test_the_reader_of_the_desk_is_looked_at(desk, monkeypatch, training, library, state):
    state_of_library = "ok" if training else "failed"
    reader = SimpleNamespace(health=lambda: Health(state_of_library, "读卡器"), close=lambda: None)
    monkeypatch.setattr(desk, "card", reader)
    centre = CentreSettings(library="" if training else "y.dll")
    own = Settings(centre=centre, card=CardSettings(library=library))
    monkeypatch.setattr(desk, "settings", own)
    found = next(one for one in desk.health.each() if one.name == "card")
    assert (found.title, found.state, found.says) == ("读卡器", state, "读卡器")
