"""What became of a job: printed, held, gone, on its way, or nobody knows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.printing.port import Job, Queue
from core.printing.watching import PATIENCE, PAUSE, Seen, in_words, last_number, look, watch
from tests.helpers.queues import HandQueues


@pytest.fixture
def queues():
    return HandQueues()


@pytest.fixture
def waits():
    return []


def seen(queues, waits, after=0, title="M-1"):
    return watch(queues, "desk", title, after, waits.append)


def test_a_printed_job_is_printed_at_once(queues, waits):
    queues.add(1, state="printed")
    assert seen(queues, waits) == Seen("printed", 1) and waits == []


def test_a_job_is_waited_for(queues, waits):
    queues.add(1)
    queues.steps = [lambda: None, lambda: queues.become(1, "printing"),
                    lambda: queues.become(1, "printed")]  # fmt: skip
    assert seen(queues, waits).verdict == "printed" and waits == [PAUSE, PAUSE]


def test_patience_ends(queues, waits):
    queues.add(1, state="printing")
    assert seen(queues, waits) == Seen("on_its_way", 1)
    assert len(waits) == pytest.approx(PATIENCE / PAUSE, abs=1)


def test_a_trouble_counts_when_it_stays(queues, waits):
    queues.add(1)
    queues.trouble("media-empty")
    assert seen(queues, waits) == Seen("held", 1, ("media-empty",))
    assert waits == [PAUSE]


def test_a_trouble_of_the_last_job_that_goes_away_is_none(queues, waits):
    queues.add(1)
    queues.trouble("media-empty")
    queues.steps = [lambda: None, lambda: (queues.trouble(), queues.become(1, "printed"))]
    assert seen(queues, waits).verdict == "printed"


@pytest.mark.parametrize("state", ["withdrawn", "failed"])
def test_a_job_that_was_thrown_away_is_gone(queues, waits, state):
    queues.add(1, state=state)
    assert seen(queues, waits).verdict == "gone"


def test_a_queue_that_is_gone_takes_its_job_along(queues, waits):
    queues.add(1)
    queues.stands = Queue("desk", known=False)
    assert seen(queues, waits).verdict == "gone"


def test_a_held_job_names_its_own_reason(queues, waits):
    queues.listed = [Job(1, "M-1", "waiting", ("held",))]
    assert seen(queues, waits).troubles == ("held",)


def test_a_job_that_is_no_longer_listed_came_out_unless_the_queue_is_in_trouble(queues, waits):
    assert seen(queues, waits).verdict == "printed"
    queues.trouble("paused")
    assert seen(queues, waits).verdict == "held"


def test_only_newer_jobs_of_our_title_are_ours(queues, waits):
    queues.add(1, state="printed")
    queues.add(2, title="somebody's", state="printed")
    queues.add(3)
    queues.trouble("offline")
    assert seen(queues, waits, after=1) == Seen("held", 3, ("offline",))


def test_where_titles_are_hidden_the_new_one_is_ours(queues, waits):
    queues.add(4, title="", state="printed")
    assert seen(queues, waits, after=3) == Seen("printed", 4)


def test_nobody_to_ask_is_unseen(queues, waits):
    assert last_number(queues, "desk") == 0
    queues.deaf = True
    assert last_number(queues, "desk") == -1
    assert seen(queues, waits, after=-1) == Seen("unseen")
    assert seen(queues, waits).verdict == "unseen"
    assert look(queues, "desk", [1])[1].verdict == "unseen"


def test_a_later_look_goes_by_the_number(queues):
    queues.add(7)
    queues.add(8)
    assert look(queues, "desk", [7, 8]) == {n: Seen("on_its_way", n) for n in (7, 8)}
    queues.become(7, "printed")
    assert [seen.verdict for seen in look(queues, "desk", [7, 8]).values()] == [
        "printed", "on_its_way"
    ]  # fmt: skip


def test_the_newest_number_is_the_mark(queues):
    queues.add(3)
    queues.add(9)
    assert last_number(queues, "desk") == 9


def test_troubles_in_words():
    assert in_words(("media-empty", "door-open")) == "缺纸、机盖打开"
    assert in_words(("fuser-over-temp",)) == "fuser-over-temp"
    assert Seen("held", 1, ("paused",)).why == "已暂停"
    assert replace(Seen("held"), troubles=()).why == ""
