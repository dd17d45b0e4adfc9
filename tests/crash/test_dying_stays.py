"""kill -9 while a registration is changed, and in the middle of the upload of a worklist."""

from __future__ import annotations

import pytest

from core.service import probes
from tests.crash.test_dying import die, reopened, resolved, together
from tests.helpers.agreement import assert_agree

CHANGE, UPLOAD = "change_registration", "upload_worklist"
CASES = [
    (CHANGE, probes.CALL_RETURNED, 1),
    (UPLOAD, probes.CALL_RETURNED, 2),
    (UPLOAD, probes.OUTCOME_WRITTEN, 2),
]


@pytest.mark.parametrize(("step", "probe", "times"), CASES)
def test_after_dying_anywhere_the_stays_agree_and_go_on(tmp_path, step, probe, times):
    visit_no = die(tmp_path, step, probe, times)
    desk, clock = reopened(tmp_path)
    with desk:
        together(desk, clock)
        resolved(desk, clock)
        begun = [row.visit_no for row in desk.stays.worklist() if row.state != "waiting"]
        assert len(begun) == 2 and visit_no in begun
        books = desk.training.control.books()
        for number in begun:
            assert_agree(desk, books, number)
        if step == CHANGE:
            [theirs] = [row for row in books["visits"] if row["visit_no"] == visit_no]
            assert theirs["bed"] == desk.visits.read(visit_no).registration.bed == "09-09"
        assert desk.stays.upload_all().whole
        books = desk.training.control.books()
        for number in begun:
            assert_agree(desk, books, number)
            assert desk.stays.open(number).row.lines_missing == 0
        assert not desk.resolve.pending()
