"""Told once: whatever breaks between the first statement and the answer to the commit."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager

import pytest

from core.domain import Amounts
from core.domain.writeback import WriteBack
from core.errors import DeskError, SetupError
from core.his.port import HospitalRefused
from core.his.sql.hospital import SqlHospital
from tests.helpers.hishouse import sql_settings

BOTH = pytest.mark.parametrize("house", ["sqlite", "postgresql"], indirect=True)
SERVER = pytest.mark.parametrize("house", ["postgresql"], indirect=True)
WAIT = 30.0


@contextmanager
def connected(house, **changes):
    """A hospital of the house's database with other settings."""
    made = SqlHospital(
        sql_settings(house.url, **changes), lambda: "", house.world.home, house.world.clock
    )
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def untold(house):
    """An unpaid visit and its settlement, which the hospital has not heard of."""
    visit_no = house.desk.hospital.waiting()[-1].visit_no
    total = house.paid(visit_no)["total"]
    amounts = Amounts(total=total, fund=total - 100, personal=100)
    return WriteBack(
        msgid=f"W-{visit_no}", step="settle", visit_no=visit_no, bill_no=f"{visit_no}-1",
        amounts=amounts, at=house.world.clock.now(),
    )  # fmt: skip


def until(condition):
    """Wait for something that another process brings about."""
    end = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < end, "it never came"


@BOTH
def test_an_answer_that_is_lost_after_the_commit(house, untold, monkeypatch):
    with connected(house) as hospital:
        real = hospital.gate.writing

        @contextmanager
        def cut(name):
            with real(name) as connection:
                yield connection
            raise SetupError(())

        with monkeypatch.context() as patch:
            patch.setattr(hospital.gate, "writing", cut)
            hospital.writer._ready = True
            with pytest.raises(SetupError):
                hospital.post(untold)
        hospital.post(untold)
        hospital.post(untold)
    paid = house.paid(untold.visit_no)
    assert paid["paid"] and paid["log"] == [["settle", paid["total"]]]


@SERVER
def test_a_connection_that_dies_between_its_statements(house, untold):
    """The receipt is written, the bill is locked by somebody: now the server ends the session."""
    ended = []
    with connected(house, lock_seconds=60, seconds=60) as hospital:
        hospital.writer.prepare()
        house.his.order("lock", statement="UPDATE bill SET money = money")

        def tell():
            try:
                hospital.post(untold)
            except DeskError as error:
                ended.append(str(error))

        thread = threading.Thread(target=tell)
        thread.start()
        until(house.cluster.waits_for_lock)
        house.cluster.kill_backends()
        thread.join(WAIT)
        house.his.order("unlock")
        assert len(ended) == 1
        assert house.paid(untold.visit_no)["log"] == []
        hospital.post(untold)
    assert house.paid(untold.visit_no)["log"] == [["settle", untold.amounts.total]]


@SERVER
def test_two_that_deliver_the_same_letter_at_once(house, untold):
    done = []
    with connected(house, lock_seconds=60, seconds=60) as first, connected(house) as second:
        house.his.order("lock", statement="UPDATE bill SET money = money")
        thread = threading.Thread(target=lambda: done.append(first.post(untold)))
        thread.start()
        until(house.cluster.waits_for_lock)
        with pytest.raises(SetupError):
            second.post(untold)
        house.his.order("unlock")
        thread.join(WAIT)
        second.post(untold)
    assert done == [None]
    assert house.paid(untold.visit_no)["log"] == [["settle", untold.amounts.total]]


@SERVER
def test_a_server_that_stands_still_is_given_up(house, untold):
    with connected(house, seconds=1) as hospital:
        assert hospital.visit(untold.visit_no) is not None
        with house.cluster.frozen(), pytest.raises(SetupError, match="1 秒内没有答完"):
            hospital.visit(untold.visit_no)
        assert hospital.visit(untold.visit_no) is not None


@SERVER
def test_a_query_that_takes_too_long_is_ended_by_the_server(house):
    slow = "SELECT count(*) AS visit_no, 'x' AS name FROM generate_series(1, 100000000000) n"
    hurried = connected(house, seconds=1, queries={"waiting": slow})
    with hurried as hospital, pytest.raises(SetupError, match="没有答完"):
        hospital.waiting()
    until(lambda: not house.cluster.run(
        "postgres", "SELECT pid FROM pg_stat_activity WHERE application_name = 'gsdesk'"
        " AND state = 'active' AND query LIKE '%generate_series%'",
    ))  # fmt: skip


@BOTH
def test_a_bill_that_somebody_else_has_paid_is_a_persons_business(house, untold):
    house.his.order("run", statement="UPDATE bill SET flag_insu = 1"
                    f" WHERE visit_id = '{untold.visit_no}'")  # fmt: skip
    sole = {"settle": "UPDATE bill SET flag_insu = 1, wi_msgid = :msgid"
            " WHERE visit_id = :visit_no AND flag_insu = 0"}  # fmt: skip
    with connected(house, write={"on": True, "statements": sole}) as hospital:
        with pytest.raises(HospitalRefused, match=untold.visit_no):
            hospital.post(untold)
        stranger = untold.model_copy(update={"visit_no": "STRANGE", "msgid": "W-STRANGE"})
        hospital.post(stranger)
    assert house.paid(untold.visit_no)["log"] == []


@BOTH
def test_a_statement_that_touches_too_much_is_taken_back(house, untold):
    wide = {"settle": "UPDATE bill SET flag_insu = 1 WHERE visit_id >= :visit_no OR 1 = 1"}
    narrow = connected(house, write={"on": True, "most_rows": 3, "statements": wide})
    with narrow as hospital, pytest.raises(HospitalRefused, match="全部撤回"):
        hospital.post(untold)
    assert not house.paid(untold.visit_no)["paid"]


@BOTH
def test_what_the_database_will_not_take_is_not_tried_again(house, untold):
    wrong = {"settle": "INSERT INTO payment_log (visit_id, what, money, msgid)"
             " VALUES (:visit_no, NULL, 1, :msgid)"}  # fmt: skip
    with connected(house, write={"on": True, "statements": wrong}) as hospital:
        with pytest.raises(HospitalRefused, match="不接受"):
            hospital.post(untold)
        assert untold.msgid not in [one.msgid for one in hospital.settled(untold.at, untold.at)]


@BOTH
def test_without_its_receipts_nothing_is_told(house, untold):
    write = {"on": True, "receipts": "nowhere", "statements": {
        "settle": "UPDATE bill SET flag_insu = 1 WHERE visit_id = :visit_no",
    }}  # fmt: skip
    with connected(house, write=write) as hospital:
        with pytest.raises(SetupError, match="CREATE TABLE nowhere"):
            hospital.post(untold)
        house.his.order("run", statement="CREATE TABLE nowhere (msgid VARCHAR(64))")
        with pytest.raises(SetupError, match="主键"):
            hospital.post(untold)
        house.his.order("run", statement="DROP TABLE nowhere")
    assert not house.paid(untold.visit_no)["paid"]


@BOTH
def test_the_reading_session_cannot_write_even_where_a_statement_got_through(house):
    from core.his.sql.check import Checked

    with connected(house) as hospital:
        for text in ("DELETE FROM bill", "CREATE TABLE mischief (a INTEGER)"):
            with pytest.raises(SetupError):
                hospital.gate.read("waiting", Checked(text, ()), {}, 10)
    assert house.his.order("run", statement="UPDATE bill SET money = money") > 0


@BOTH
def test_more_rows_than_allowed_are_refused_and_the_next_question_is_answered(house):
    visit_no = house.desk.hospital.waiting()[0].visit_no
    with connected(house, rows=2) as hospital:
        with pytest.raises(SetupError, match="超过 2"):
            hospital.fee_lines(visit_no)
        assert hospital.visit(visit_no) is not None


@BOTH
def test_a_closed_hospital_says_so(house):
    with connected(house) as hospital:
        hospital.close()
        hospital.close()
        with pytest.raises(SetupError, match="已经关闭"):
            hospital.waiting()


@BOTH
def test_switched_off_it_only_reads(house, untold):
    with connected(house, write={"on": False}) as hospital:
        hospital.post(untold)
        assert hospital.postings is None
        assert hospital.test()[-1].good
    assert not house.paid(untold.visit_no)["paid"]
