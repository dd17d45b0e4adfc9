"""A real print queue: what comes out is the slip, and nothing counts that did not come out."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest

from core.errors import Refused, SetupError
from core.printing.cups import CupsQueues
from core.printing.port import Unseen
from core.settings import save_settings
from gui import printing
from gui.slip_form import forms
from tests.helpers import cups, flows
from tests.helpers.inprocess import World
from tests.helpers.paper import sheets

pytestmark = pytest.mark.skipif(bool(cups.why_not()), reason=cups.why_not() or "-")
QUEUE = "desk"


@pytest.fixture(scope="module")
def machine():
    """A scheduler of our own, which Qt in this process prints to."""
    folder = Path(tempfile.mkdtemp(prefix="cups"))
    made = cups.RealCups(folder)
    made.point_at(made.server)
    yield made
    made.stop()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def settled(tmp_path_factory, qapp, machine):
    """A desk with a settlement and a printer called ``desk``."""
    world = World(tmp_path_factory.mktemp("truth"))
    with world.desk() as desk:
        yield desk, desk.visits.read(flows.settled(desk)).settlement.msgid


@pytest.fixture
def desk(settled, machine):
    """The desk with a fresh queue; what a test prints does not count for the next."""
    made, msgid = settled
    out = machine.folder / "out" / QUEUE
    shutil.rmtree(out, ignore_errors=True)
    machine.add(QUEUE)
    made.settings = save_settings(made.home, {"printer": {"name": QUEUE, "paper": "A5"}})
    made.documents.jobs.queues = CupsQueues(machine.server)
    yield made
    if made.documents.jobs.waiting(msgid):
        made.documents.jobs.withdraw(msgid)
    machine.run("lpadmin", "-x", QUEUE)


@pytest.fixture
def paid(settled):
    return settled[1]


def counted(desk, paid):
    return desk.documents.prints(paid)


def test_the_job_is_the_slip_on_every_copy(desk, paid, machine):
    slip, before = desk.documents.slip(paid), counted(desk, paid)
    place = printing.print_slip(desk, paid)
    assert QUEUE in place and counted(desk, paid) == before + 1
    (job,) = machine.jobs(QUEUE)
    wanted = sheets(printing.pdf(slip, forms()["A5"]))
    found = sheets(job)
    assert [page.text for page in found] == [page.text for page in wanted]
    assert len(found) == len(slip.copies) == 3
    assert paid in found[0].text


def test_several_slips_are_several_jobs(desk, paid, machine):
    before = counted(desk, paid)
    for _ in range(3):
        printing.print_slip(desk, paid)
    jobs = machine.jobs(QUEUE)
    assert len(jobs) == 3 and counted(desk, paid) == before + 3
    notes = [sheets(job)[0].text for job in jobs]
    assert all("补打" in text for text in notes[-2:]) and len(set(notes)) == 3


def test_a_stopped_queue_gets_nothing(desk, paid, machine):
    before = counted(desk, paid)
    machine.run("cupsdisable", QUEUE)
    with pytest.raises(SetupError, match="已暂停"):
        printing.print_slip(desk, paid)
    assert machine.jobs(QUEUE) == [] and counted(desk, paid) == before
    assert desk.documents.jobs.queues.jobs(QUEUE) == ()


def test_a_queue_that_takes_no_jobs_is_said_so(desk, paid, machine):
    before = counted(desk, paid)
    machine.run("cupsreject", QUEUE)
    with pytest.raises(SetupError, match="不接收新作业"):
        printing.print_slip(desk, paid)
    assert counted(desk, paid) == before


def test_a_printer_that_was_removed_is_said_so(desk, paid, machine):
    machine.run("lpadmin", "-x", QUEUE)
    try:
        with pytest.raises(SetupError, match="找不到"):
            printing.print_slip(desk, paid)
    finally:
        shutil.rmtree(machine.folder / "out" / QUEUE)
        machine.add(QUEUE)


def test_without_paper_nothing_counts_until_it_came_out(desk, paid, machine):
    before, out = counted(desk, paid), machine.folder / "out" / QUEUE
    (out / "empty").touch()
    with pytest.raises(SetupError, match="缺纸"):
        printing.print_slip(desk, paid)
    assert counted(desk, paid) == before
    with pytest.raises(Refused, match="缺纸"):
        printing.print_slip(desk, paid)
    (job,) = desk.documents.jobs.waiting(paid)
    assert (job.queue, job.kind) == (QUEUE, "slip")
    (out / "empty").unlink()
    machine.until(lambda: machine.jobs(QUEUE), "the paper")
    machine.until(lambda: desk.documents.jobs.look_again() == 1, "the count")
    assert counted(desk, paid) == before + 1
    assert desk.documents.jobs.waiting(paid) == ()


def test_a_job_that_waits_can_be_taken_back(desk, paid, machine):
    before, out = counted(desk, paid), machine.folder / "out" / QUEUE
    (out / "empty").touch()
    with pytest.raises(SetupError, match="缺纸"):
        printing.print_slip(desk, paid)
    assert len(desk.documents.jobs.withdraw(paid)) == 1
    (out / "empty").unlink()
    jobs = desk.documents.jobs.queues.jobs(QUEUE)
    assert [job.state for job in jobs] == ["withdrawn"]
    assert counted(desk, paid) == before
    with pytest.raises(Refused, match="没有"):
        desk.documents.jobs.withdraw(paid)
    printing.print_slip(desk, paid)
    assert counted(desk, paid) == before + 1


def test_a_job_that_somebody_else_cancelled_is_no_print(desk, paid, machine):
    before, out = counted(desk, paid), machine.folder / "out" / QUEUE
    (out / "empty").touch()
    with pytest.raises(SetupError, match="缺纸"):
        printing.print_slip(desk, paid)
    (job,) = desk.documents.jobs.waiting(paid)
    machine.run("cancel", f"{QUEUE}-{job.job}")
    assert desk.documents.jobs.look_again() == 0
    assert desk.documents.jobs.waiting(paid) == () and counted(desk, paid) == before


def test_the_centres_slip_comes_out_as_it_came(desk, paid, machine):
    slip = desk.documents.fetch_slip(paid).slip
    ours, theirs = counted(desk, paid), desk.documents.prints(paid, "centre")
    assert QUEUE in printing.print_centre_slip(desk, paid)
    (job,) = machine.jobs(QUEUE)
    (wanted,), (found,) = sheets(desk.documents.slip_content(slip)), sheets(job)
    assert (round(found.width), round(found.height)) == (round(wanted.width), round(wanted.height))
    assert found.ink() == pytest.approx(wanted.ink(), abs=1.0)
    assert desk.documents.prints(paid, "centre") == theirs + 1 and counted(desk, paid) == ours


def test_a_sheet_that_nobody_counts_is_looked_at_as_well(desk, machine):
    from gui.sheet_form import Sheet
    from gui.sheet_printing import print_sheet

    sheet = Sheet("1", "说明", "东湖示例医院", "1", (), ())
    assert QUEUE in print_sheet(desk, sheet, "x") and len(machine.jobs(QUEUE)) == 1
    (machine.folder / "out" / QUEUE / "empty").touch()
    with pytest.raises(SetupError, match="缺纸"):
        print_sheet(desk, sheet, "x")


def test_a_server_that_is_gone_is_unseen(machine):
    with pytest.raises(Unseen):
        CupsQueues(f"{machine.server}.gone").queue(QUEUE)
