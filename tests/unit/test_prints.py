"""Prints are counted when paper came out; a job on its way is looked at again."""

from __future__ import annotations

import pytest

from core.domain import Operator
from core.errors import Refused, SetupError
from core.events import TransactionChanged
from core.printing.watching import Seen
from tests.helpers import flows
from tests.helpers.inprocess import CASHIER, World
from tests.helpers.queues import HandQueues


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with World(tmp_path_factory.mktemp("prints")).desk() as made:
        yield made


@pytest.fixture
def paid(desk):
    return desk.visits.read(flows.settled(desk)).settlement.msgid


@pytest.fixture
def queues(desk):
    desk.documents.jobs.queues = HandQueues()
    return desk.documents.jobs.queues


@pytest.fixture
def sent(desk, paid, queues):
    """A slip that is with the printer as job 5."""
    queues.add(5, paid)
    desk.documents.jobs.sent(paid, "slip", "desk", Seen("held", 5, ("media-empty",)))
    return paid


def waits_to_be_printed(desk, msgid):
    return msgid in [row.msgid for row in desk.documents.to_print()]


def test_a_job_on_its_way_is_no_print(desk, sent):
    assert desk.documents.prints(sent) == 0 and waits_to_be_printed(desk, sent)
    (job,) = desk.documents.jobs.waiting(sent)
    assert (job.queue, job.job, job.kind, job.operator) == ("desk", 5, "slip", "0101")
    assert desk.documents.jobs.look_again(sent) == 0


def test_it_counts_when_it_came_out_and_everybody_hears(desk, sent, queues):
    heard = []
    unlisten = desk.events.listen(heard.append)
    queues.become(5, "printed")
    assert desk.documents.jobs.look_again(sent) == 1
    unlisten()
    assert desk.documents.prints(sent) == 1 and not waits_to_be_printed(desk, sent)
    assert [event.msgid for event in heard if isinstance(event, TransactionChanged)] == [sent]
    assert desk.documents.jobs.look_again(sent) == 0


def test_the_slip_keeps_the_head_it_was_printed_with(desk, sent, queues):
    head = desk.documents.slip(sent).head
    queues.become(5, "printed")
    desk.documents.jobs.look_again(sent)
    assert desk.documents.slip(sent).head == head


@pytest.mark.parametrize("state", ["withdrawn", "failed"])
def test_a_job_that_was_thrown_away_is_no_print(desk, sent, queues, state):
    queues.become(5, state)
    assert desk.documents.jobs.look_again(sent) == 0
    assert desk.documents.jobs.waiting(sent) == () and waits_to_be_printed(desk, sent)


def test_a_second_one_is_refused_while_the_first_may_still_come(desk, sent, queues):
    queues.trouble("media-empty")
    with pytest.raises(Refused, match="缺纸"):
        desk.documents.jobs.refuse_second(sent, "slip")
    desk.documents.jobs.refuse_second(sent, "centre")
    queues.become(5, "withdrawn")
    desk.documents.jobs.refuse_second(sent, "slip")


def test_a_system_that_is_silent_blocks_nobody(desk, sent, queues):
    queues.deaf = True
    desk.documents.jobs.refuse_second(sent, "slip")
    assert desk.documents.jobs.waiting(sent)
    with pytest.raises(SetupError, match="撤不回来"):
        desk.documents.jobs.withdraw(sent)


def test_what_waits_is_taken_back(desk, sent, queues):
    assert [job.job for job in desk.documents.jobs.withdraw(sent)] == [5]
    assert queues.withdrawn == [5] and desk.documents.jobs.waiting(sent) == ()
    assert waits_to_be_printed(desk, sent)
    with pytest.raises(Refused):
        desk.documents.jobs.withdraw(sent)


def test_standing_of_many_at_once(desk, sent, paid):
    other = desk.visits.read(flows.settled(desk)).settlement.msgid
    desk.documents.printed(other, "PDF")
    desk.documents.printed(other, "PDF", "centre")
    standing = desk.documents.jobs.standing([sent, other, "nobody"])
    assert standing[sent].waits_at == "desk" and standing[sent].prints == 0
    assert (standing[other].prints, standing[other].centre_prints) == (1, 1)
    assert "nobody" not in standing


def test_the_centres_slip_counts_for_itself(desk, paid):
    assert desk.documents.printed(paid, "PDF", "centre") == 1
    assert desk.documents.prints(paid, "centre") == 1 and desk.documents.prints(paid) == 0
    assert not waits_to_be_printed(desk, paid)
    assert desk.documents.slip(paid).print_note == ""


def test_jobs_outlive_the_desk(tmp_path):
    world = World(tmp_path)
    with world.desk() as desk:
        paid = desk.visits.read(flows.settled(desk)).settlement.msgid
        desk.documents.jobs.sent(paid, "slip", "desk", Seen("held", 5))
    with world.desk() as desk:
        desk.documents.jobs.queues = HandQueues()
        desk.documents.jobs.queues.add(5, paid, "printed")
        assert desk.documents.jobs.look_again() == 1
        assert desk.documents.prints(paid) == 1


def test_every_desk_of_a_home_prints_under_its_own_cashier(tmp_path):
    """Whoever logged in last anywhere is not who prints here."""
    world, other = World(tmp_path), Operator(id="0102", name="另一位")
    with world.desk() as here:
        paid = here.visits.read(flows.settled(here)).settlement.msgid
        closing = here.closings.close(CASHIER)
        with world.desk(other) as there:
            here.documents.printed(paid, "PDF")
            assert here.documents.slip(paid).print_note == f"补打 第 1 次 {CASHIER.name}"
            assert there.documents.slip(paid).print_note == "补打 第 1 次 另一位"
            there.documents.jobs.sent(paid, "slip", "desk", Seen("held", 5))
            here.documents.jobs.sent(paid, "centre", "desk", Seen("held", 6))
            jobs = {job.job: job.operator for job in here.documents.jobs.waiting(paid)}
            assert jobs == {5: other.id, 6: CASHIER.id}
            assert here.documents.fetch_slip(paid).slip.operator == CASHIER.id
            here.documents.printed(paid, "PDF", "centre")
            here.closings.printed(closing.number, "PDF")
        prints = "SELECT operator FROM print UNION SELECT operator FROM centre_print"
        assert here.journal.db.execute(prints).fetchall() == [(CASHIER.id,)]
