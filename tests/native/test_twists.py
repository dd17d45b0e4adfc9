"""A whole desk over a library that breaks one settlement in one way: the table of ``twists.toml``.

Whatever the library does, the settlement ends as the table says, what is unknown stands in the
tray, the next patient is served, and afterwards journal and centre agree.
"""

from __future__ import annotations

import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.app import Desk, open_desk
from core.his.embedded import EmbeddedHospital
from core.outcome import Accepted, Outcome, Unknown
from core.simulator.server import CentreServer
from tests.helpers.agreement import assert_agree, live_settlements
from tests.helpers.flows import brought, do, settled, straight_visit
from tests.helpers.gateways import children, eventually
from tests.helpers.inprocess import CASHIER, World
from tests.helpers.native import build_library

TABLE = tomllib.loads((Path(__file__).parent / "twists.toml").read_text("utf-8"))
ROWS = [(when, kind, *row) for when, rows in TABLE.items() for kind, row in rows.items()]
SETTLE = "2207"
MILLISECONDS = 600
PROFILE = f'family = "zjs"\n[transactions.{SETTLE}]\ntimeout = {MILLISECONDS / 1000}\n'
POSIX_ONLY = frozenset(
    {"takes-signals", "takes-signals-and-hangs", "starts-threads", "forks", "opens-a-window",
     "crashes-on-unload"}
)  # fmt: skip
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs fork and signals")


class Ground:
    """A world whose centre listens on a socket, and a desk over the compiled library."""

    def __init__(
        self, folder: Path, library: Path | None = None, profile: str = 'family = "zjs"\n'
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.address = ""
        self.world = World(folder)
        self.library = library or build_library("twisted", folder)
        (folder / "local.toml").write_text(profile, "utf-8")
        (folder / "settings.toml").write_text(
            f'[centre]\nlibrary = "{self.library.as_posix()}"\nprofile = "local.toml"\n', "utf-8"
        )

    def twist(self, when: str, kind: str) -> None:
        """The next settlement goes wrong."""
        (self.folder / "twist").write_text(f"{SETTLE} {when} {kind}\n", "ascii")

    @property
    def twisted(self) -> bool:
        """The library has taken the order."""
        return not (self.folder / "twist").exists()

    def stock(self, desk: Desk) -> None:
        """Have two plain visits waiting; on another day where today's are used up."""
        try:
            straight_visit(desk, count=2)
        except AssertionError:
            self.world.clock.advance(24 * 3600)

    def agree(self, desk: Desk, visit_no: str) -> None:
        """Settle what is open and compare with the centre's books."""
        for _ in range(30):
            if not desk.resolve.round():
                break
            self.world.pass_quiet(desk)
        assert desk.resolve.pending() == ()
        assert_agree(desk, self.world.books(), visit_no)


@contextmanager
def served_centre(ground: Ground) -> Iterator[None]:
    """The centre of a world listens; ``ground.address`` says where."""
    server = CentreServer(ground.world.centre)
    listening = threading.Event()
    thread = threading.Thread(target=server.run, args=(lambda _: listening.set(),), daemon=True)
    thread.start()
    listening.wait()
    ground.address = server.address
    try:
        yield
    finally:
        server.end()
        thread.join()


@contextmanager
def served(ground: Ground) -> Iterator[Desk]:
    """The desk calls the listening centre through the library's own process."""
    hospital = EmbeddedHospital(ground.folder / "hospital.db", ground.world.clock)
    with served_centre(ground), open_desk(
        ground.folder, clock=ground.world.clock, operator=CASHIER, hospital=hospital
    ) as desk:  # fmt: skip
        desk.gateway.centre = ground.world.centre  # where tests lay their cards
        yield desk


@pytest.fixture(scope="module")
def patient_desk(tmp_path_factory) -> Iterator[tuple[Ground, Desk]]:
    """A desk that waits as long as it takes."""
    ground = Ground(tmp_path_factory.mktemp("twists"))
    with served(ground) as desk:
        yield ground, desk


@pytest.fixture(scope="module")
def hasty_desk(tmp_path_factory) -> Iterator[tuple[Ground, Desk]]:
    """A desk with a short deadline for the settlement."""
    ground = Ground(tmp_path_factory.mktemp("late"), profile=PROFILE)
    with served(ground) as desk:
        yield ground, desk


@pytest.fixture
def patient(patient_desk, monkeypatch) -> tuple[Ground, Desk]:
    monkeypatch.setenv("GSDESK_CENTRE", patient_desk[0].address)
    return patient_desk


@pytest.fixture
def hasty(hasty_desk, monkeypatch) -> tuple[Ground, Desk]:
    monkeypatch.setenv("GSDESK_CENTRE", hasty_desk[0].address)
    return hasty_desk


def pid_of(desk: Desk) -> int:
    return desk.gateway.health().pid


def twisted_settlement(ground: Ground, desk: Desk, when: str, kind: str) -> tuple[str, Outcome]:
    """A visit whose settlement is the twisted call."""
    ground.stock(desk)
    visit_no = brought(desk, "settle")
    ground.twist(when, kind)
    outcome = do(desk, "settle", visit_no).outcome
    assert ground.twisted
    return visit_no, outcome


def stands_as(ground: Ground, desk: Desk, visit_no: str, wanted: str, booked: int) -> None:
    """Tray and books right after the twisted call; then both agree."""
    waiting = [row.visit for row in desk.resolve.pending()]
    there = len(live_settlements(ground.world.books(), visit_no))
    ground.agree(desk, visit_no)
    assert waiting == ([visit_no] if wanted == "unknown" else [])
    assert there == booked


@pytest.mark.parametrize(
    ("when", "kind", "wanted", "cause", "replaced"), [row for row in ROWS if row[3] != "deadline"]
)
def test_every_twist_ends_as_the_table_says(patient, when, kind, wanted, cause, replaced):
    ground, desk = patient
    _needs_posix(kind)
    before = pid_of(desk)
    visit_no, outcome = twisted_settlement(ground, desk, when, kind)
    other = settled(desk)  # the next patient does not wait for what is unknown
    stands_as(ground, desk, visit_no, wanted, int(when == "after" or wanted == "accepted"))
    assert (type(outcome).__name__.lower(), getattr(outcome, "cause", "")) == (wanted, cause)
    assert (pid_of(desk) != before) is replaced
    assert_agree(desk, ground.world.books(), other)


@pytest.mark.parametrize(
    ("when", "kind", "wanted", "cause", "replaced"), [row for row in ROWS if row[3] == "deadline"]
)
def test_a_twist_that_hangs_is_cut_at_its_deadline(hasty, when, kind, wanted, cause, replaced):
    ground, desk = hasty
    _needs_posix(kind)
    before = pid_of(desk)
    visit_no, outcome = twisted_settlement(ground, desk, when, kind)
    assert isinstance(outcome, Unknown) and outcome.cause == cause
    assert pid_of(desk) != before and replaced
    assert isinstance(desk.identify.read_card()[0], Accepted)
    stands_as(ground, desk, visit_no, wanted, int(when == "after"))


@pytest.mark.parametrize("offset", [-40, -5, 0, 5, 40])
def test_an_answer_at_the_very_deadline_is_taken_or_unknown_and_never_wrong(hasty, offset):
    ground, desk = hasty
    visit_no, outcome = twisted_settlement(ground, desk, "after", f"late-{MILLISECONDS + offset}")
    assert isinstance(outcome, Accepted | Unknown)
    wanted = "unknown" if isinstance(outcome, Unknown) else "accepted"
    stands_as(ground, desk, visit_no, wanted, 1)


def _needs_posix(kind: str) -> None:
    if sys.platform == "win32" and kind in POSIX_ONLY:
        pytest.skip("needs fork and signals")


def test_every_kind_of_the_library_has_its_row():
    source = (Path(__file__).parent / "twisted_library.c").read_text("ascii")
    kinds = {piece.split('"')[1] for piece in source.split("IS(")[1:] if piece[0] == '"'}
    assert kinds == {kind for rows in TABLE.values() for kind in rows}


@posix
def test_nothing_of_the_broken_processes_is_left(patient_desk, hasty_desk):
    alive = sorted(pid_of(desk) for _, desk in (patient_desk, hasty_desk))
    eventually(lambda: sorted(children()) == alive)
