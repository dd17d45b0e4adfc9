"""The way to a hospital's database on a file of SQLite: asked, told once, tried by its button."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from decimal import Decimal

import pytest

from core.clock import ManualClock
from core.domain import Amounts
from core.domain.writeback import WriteBack
from core.errors import InvalidInput, SetupError
from core.his.port import HospitalRefused
from core.his.sql.check import Checked
from core.his.sql.dialects import DIALECTS
from core.his.sql.gate import SHOWN
from core.his.sql.hospital import SqlHospital
from core.his.sql.session import session
from core.his.sql.settings import SqlSettings
from core.his.sql.writing import receipt_table

PAID = Amounts(total=3720, fund=3000, personal=720)
ROWS = """
CREATE TABLE visit (no TEXT PRIMARY KEY, name TEXT, made TEXT, bed INTEGER DEFAULT 0);
CREATE TABLE bill (no TEXT, paid INTEGER CHECK (paid IN (0, 1)), fund TEXT, msgid TEXT,
  at TEXT);
CREATE TABLE line (no TEXT, id TEXT, price TEXT, qty TEXT, money TEXT, made TEXT);
INSERT INTO visit (no, name, made) VALUES ('V1', '沈建国', '2026-03-02 08:00:00'),
  ('V2', '罗小芳', '2026-03-02 08:10:00');
INSERT INTO bill VALUES ('V1', 0, '', '', ''), ('V1', 0, '', '', ''), ('V2', 0, '', '', '');
INSERT INTO line VALUES ('V1', '1', '18.60', '2', '37.20', '2026-03-02 08:05:00'),
  ('V1', '2', '1.00', '1', '1.00', '2026-03-02 08:06:00');
"""
PERSON = "SELECT no AS visit_no, name, made AS visit_time FROM visit"
QUERIES = {
    "waiting": f"{PERSON} ORDER BY no LIMIT :most",
    "visit": f"{PERSON} WHERE no = :visit_no",
    "fee_lines": "SELECT id AS line_id, id AS rx_no, '换药' AS name, price, qty AS quantity,"
    " money AS amount, made AS occurred_at, 'Y1' AS hosp_code, 'D1' AS centre_code"
    " FROM line WHERE no = :visit_no ORDER BY id",
    "search": f"{PERSON} WHERE name LIKE :part",
}
WRONG = "SELECT nothing FROM line WHERE no"
PAY = "UPDATE bill SET paid = 1, fund = :fund, msgid = :msgid, at = :at WHERE no = :visit_no"
UNDO = "UPDATE bill SET paid = 0, msgid = :msgid WHERE no = :visit_no"


class House:
    """A hospital's file and the desk's ways to it; ``sql`` is the hospital itself."""

    def __init__(self, home):
        self.home, self.clock = home, ManualClock()
        self.made = []
        self.sql(ROWS)
        self.sql(receipt_table("sqlite", "gsdesk_receipt"))

    def sql(self, script):
        with sqlite3.connect(self.home / "his.db") as db:
            if script.startswith("SELECT"):
                return db.execute(script).fetchall()
            db.executescript(script)
            return []

    def way(self, statements=None, on=True, **more):
        write = {"on": on, "statements": {"settle": PAY} if statements is None else statements,
                 **more.pop("write", {})}  # fmt: skip
        given = {"url": "sqlite:///his.db", "queries": QUERIES, "write": write,
                 "lock_seconds": 1, **more}  # fmt: skip
        made = SqlHospital(SqlSettings.model_validate(given), lambda: "", self.home, self.clock)
        self.made.append(made)
        return made

    def told(self, msgid="M1", step="settle", visit="V1", **more):
        given = {"bill_no": "B1", "amounts": PAID, "at": self.clock.now(), **more}
        return WriteBack(msgid=msgid, step=step, visit_no=visit, **given)

    def receipts(self):
        return self.sql("SELECT msgid, step, total_fen FROM gsdesk_receipt ORDER BY msgid")


@pytest.fixture
def house(tmp_path):
    made = House(tmp_path)
    yield made
    for way in made.made:
        way.close()


# -- telling


def test_a_settlement_is_told_with_its_amounts_and_a_receipt(house):
    house.way().post(house.told())
    assert house.sql("SELECT paid, fund, msgid FROM bill WHERE no = 'V1'") == [
        (1, "30.00", "M1"), (1, "30.00", "M1"),
    ]  # fmt: skip
    assert house.sql("SELECT DISTINCT at FROM bill WHERE no = 'V1'")[0][0][:10] == (
        f"{house.clock.now():%Y-%m-%d}"
    )
    assert house.receipts() == [("M1", "settle", 3720)]


def test_what_has_its_receipt_is_not_told_again_even_where_the_hospital_changed_it(house):
    house.way().post(house.told())
    house.sql("UPDATE bill SET paid = 0")
    house.way().post(house.told())
    assert house.sql("SELECT DISTINCT paid FROM bill") == [(0,)]
    assert len(house.receipts()) == 1


def test_an_event_without_a_statement_needs_nothing_of_the_hospital(house):
    house.sql("DROP TABLE gsdesk_receipt")
    house.way().post(house.told(step="register"))
    with pytest.raises(SetupError):
        house.way().post(house.told())


def test_without_the_table_of_receipts_the_sentence_gives_the_statement(house):
    house.sql("DROP TABLE gsdesk_receipt")
    with pytest.raises(SetupError) as caught:
        house.way().post(house.told())
    said = str(caught.value)
    assert receipt_table("sqlite", "gsdesk_receipt") in said
    house.sql(said[said.index("CREATE TABLE") : said.index("NULL)") + len("NULL)")])
    house.way().post(house.told())
    assert house.receipts() == [("M1", "settle", 3720)]


def test_a_table_of_receipts_without_a_key_is_none(house):
    """Without the key two deliveries at once would both be written."""
    house.sql("DROP TABLE gsdesk_receipt")
    made = receipt_table("sqlite", "gsdesk_receipt")
    house.sql(made.replace(" PRIMARY KEY", ""))
    with pytest.raises(SetupError, match="gsdesk_receipt"):
        house.way().writer.prepare()
    house.sql("CREATE UNIQUE INDEX only ON gsdesk_receipt (msgid, step)")
    with pytest.raises(SetupError, match="gsdesk_receipt"):
        house.way().writer.prepare()


def test_a_unique_message_id_is_as_good_as_a_key(house):
    house.sql("DROP TABLE gsdesk_receipt")
    made = receipt_table("sqlite", "gsdesk_receipt").replace(" PRIMARY KEY", "")
    house.sql(f"{made[:-1]}, CONSTRAINT only UNIQUE (msgid))")
    house.way().post(house.told())
    assert len(house.receipts()) == 1


def test_statements_of_an_event_are_all_done_or_none(house):
    way = house.way({"settle": [PAY, "UPDATE bill SET paid = 7 WHERE no = :visit_no"]})
    with pytest.raises(HospitalRefused, match="settle"):
        way.post(house.told())
    assert house.sql("SELECT DISTINCT paid FROM bill") == [(0,)]
    assert house.receipts() == [], "it may be told again once the hospital has mended it"


def test_more_rows_than_a_bill_can_have_are_taken_back(house):
    way = house.way(write={"most_rows": 1})
    with pytest.raises(HospitalRefused, match=r"2.*1"):
        way.post(house.told())
    assert house.sql("SELECT DISTINCT paid FROM bill") == [(0,)] and house.receipts() == []
    way.post(house.told("M2", visit="V2"))
    assert house.receipts() == [("M2", "settle", 3720)]


def test_a_visit_of_theirs_in_which_nothing_changed_is_said(house):
    sole = {"settle": f"{PAY} AND paid = 0"}
    house.sql("UPDATE bill SET paid = 1")
    with pytest.raises(HospitalRefused, match="V1"):
        house.way(sole).post(house.told())
    assert house.receipts() == []


def test_a_visit_that_is_not_theirs_is_nobodys_trouble(house):
    way = house.way()
    way.post(house.told(visit="ELSEWHERE"))
    assert house.receipts() == [] and way.knows(["ELSEWHERE", "V1"]) == {"V1"}


def test_a_locked_file_is_a_sentence_and_the_letter_can_go_later(house):
    way = house.way()
    way.writer.prepare()
    other = sqlite3.connect(house.home / "his.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(SetupError, match="settle"):
        way.post(house.told())
    other.execute("ROLLBACK")
    other.close()
    way.post(house.told())
    assert house.receipts() == [("M1", "settle", 3720)]


def test_a_statement_that_may_not_be_sent_is_found_before_anything_is_told(house):
    way = house.way({"settle": PAY, "register": "DROP TABLE bill"})
    with pytest.raises(InvalidInput):
        way.post(house.told())
    assert house.receipts() == [] and house.sql("SELECT count(*) FROM bill") == [(3,)]


def test_a_result_without_amounts_has_empty_ones(house):
    house.way({"register": UNDO}).post(house.told(step="register", amounts=None))
    assert house.receipts() == [("M1", "register", None)]


def test_a_result_without_a_moment_gets_the_moment_of_telling(house):
    way = house.way()
    way.post(house.told(at=None))
    (side,) = way.settled(house.clock.now(), house.clock.now())
    assert side.at == house.clock.now().replace(microsecond=0)


def test_writing_that_is_off_tells_nobody(house):
    way = house.way(on=False)
    way.post(house.told())
    assert way.postings is None and way.writer is None and house.receipts() == []
    assert way.settled(house.clock.now(), house.clock.now()) == ()


# -- what was told


def test_a_period_has_both_its_ends_and_cancellations_are_negative(house):
    way = house.way({"settle": PAY, "cancel_settlement": UNDO, "register": UNDO})
    begin = house.clock.now()
    way.post(house.told("M0", step="register", amounts=None, at=begin))
    way.post(house.told("M1", at=begin))
    end = begin + timedelta(hours=8)
    way.post(house.told("M2", step="cancel_settlement", at=end))
    way.post(house.told("M3", at=end + timedelta(seconds=1)))
    first, second = way.settled(begin, end)
    assert (first.msgid, first.total, first.fund, first.personal) == ("M1", 3720, 3000, 720)
    assert (second.msgid, second.total, second.refund) == ("M2", -3720, True)
    assert [one.msgid for one in way.settled(end, end + timedelta(days=1))] == ["M2", "M3"]


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_the_receipts_of_every_database_have_a_key_and_whole_numbers(dialect):
    made = receipt_table(dialect, "desk.receipt")
    assert made.startswith("CREATE TABLE desk.receipt (msgid VARCHAR")
    assert "(64) NOT NULL PRIMARY KEY" in made
    assert made.count("NUMBER(18)" if dialect == "oracle" else "BIGINT") == 3
    assert ("VARCHAR2" in made) == (dialect == "oracle") and "FLOAT" not in made


# -- asking


def test_reading_cannot_change_the_hospital(house):
    gate = house.way().gate
    with pytest.raises(SetupError, match="probe"):
        gate.read("probe", Checked("DELETE FROM bill", ()), {}, 1)
    assert house.sql("SELECT count(*) FROM bill") == [(3,)]


def test_one_row_more_than_asked_for_is_said_and_not_given(house):
    gate = house.way().gate
    query = Checked("SELECT no FROM bill ORDER BY no", ())
    two, three = gate.read("bills", query, {}, 2), gate.read("bills", query, {}, 3)
    assert (len(two.rows), two.more) == (2, True) and two.names == ("no",)
    assert (len(three.rows), three.more) == (3, False)


def test_what_gives_no_rows_is_no_query(house):
    with pytest.raises(SetupError):
        house.way().gate.read("nothing", Checked("BEGIN", ()), {}, 1)


def test_a_query_that_counts_for_ever_is_ended(house):
    endless = (
        "WITH RECURSIVE n(visit_no) AS (SELECT 1 UNION ALL SELECT visit_no + 1 FROM n)"
        " SELECT max(visit_no) FROM n"
    )
    gate = house.way(seconds=1).gate
    with pytest.raises(SetupError, match="1 秒"):
        gate.read("waiting", Checked(endless, ()), {}, 1)
    assert gate.read("bills", Checked("SELECT 1", ()), {}, 1).rows == [(1,)]


def test_a_driver_that_talks_long_is_cut_to_a_line(house):
    with pytest.raises(SetupError) as caught:
        house.way().gate.read("long", Checked(f"SELECT {'x' * 3000}", ()), {}, 1)
    assert "x" * 100 in str(caught.value) and "x" * SHOWN not in str(caught.value)


def test_a_file_that_is_not_there_is_not_made(house):
    way = house.way(url="sqlite:///gone.db")
    with pytest.raises(SetupError):
        way.waiting()
    assert not (house.home / "gone.db").exists()


def test_a_closed_way_stays_closed_and_a_dropped_one_opens_anew(house):
    way = house.way()
    assert len(way.waiting()) == 2
    way.gate.drop()
    assert len(way.waiting()) == 2
    way.close()
    way.close()
    with pytest.raises(SetupError):
        way.waiting()


def test_too_many_lines_are_no_bill(house):
    assert [line.amount for line in house.way().fee_lines("V1")] == [3720, 100]
    with pytest.raises(SetupError, match="1"):
        house.way(rows=1).fee_lines("V1")


def test_a_query_that_gives_somebody_else_is_a_wrong_query(house):
    way = house.way(queries={**QUERIES, "visit": f"{PERSON} WHERE no <> :visit_no"})
    with pytest.raises(InvalidInput, match="V2"):
        way.visit("V1")


def test_signs_that_stand_for_any_find_nobody(house):
    way = house.way()
    assert [one.visit_no for one in way.found("建")] == ["V1"]
    assert way.found("%") == () and way.found(" _%[ ") == ()


def test_a_hospital_without_a_query_of_one_visit_looks_among_those_that_wait(house):
    way = house.way(queries={"waiting": QUERIES["waiting"]})
    found = way.visit("V2")
    assert found is not None and found.person_name == "罗小芳"
    assert way.visit("V3") is None and way.fee_lines("V2") == () and way.stays() == ()


# -- the test button


def test_every_query_is_tried_with_somebody_who_waits(house):
    steps = house.way().test()
    assert [one.good for one in steps] == [True] * 6
    assert any("2" in one.says and "V1" in one.says for one in steps)
    assert "gsdesk_receipt" in steps[-1].says


def test_one_wrong_query_does_not_end_the_trial(house):
    steps = house.way(queries={**QUERIES, "fee_lines": f"{WRONG} = :visit_no"}).test()
    assert [one.good for one in steps] == [True, True, True, False, True, True]
    assert "nothing" in steps[3].says


def test_a_needed_query_that_is_missing_is_a_fault_and_another_is_not(house):
    steps = house.way(queries={"waiting": QUERIES["waiting"]}, on=False).test()
    assert [one.good for one in steps] == [True, True, False, False, True]
    assert "visit" in steps[2].says and "fee_lines" in steps[3].says


def test_a_way_that_is_shut_ends_the_trial_at_once(house):
    (only,) = house.way(url="sqlite:///gone.db").test()
    assert not only.good and only.says


def test_an_empty_hospital_is_tried_all_the_same(house):
    house.sql("DELETE FROM visit; DELETE FROM line;")
    steps = house.way().test()
    assert all(one.good for one in steps)


def test_a_trial_tells_nothing(house):
    house.way().test()
    assert house.receipts() == [] and house.sql("SELECT DISTINCT paid FROM bill") == [(0,)]


# -- sessions


@pytest.mark.parametrize("dialect", ["postgresql", "mysql", "oracle", "sqlite"])
def test_only_a_session_for_telling_may_write(dialect):
    limits = SqlSettings(url="x")
    reads, writes = (session(dialect, limits, way) for way in (False, True))
    said = " ".join((*reads.opening, *reads.begin)).lower()
    assert "read only" in said or "query_only" in said or "read_only = on" in said
    assert (reads.opening, reads.begin) != (writes.opening, writes.begin)


def test_amounts_leave_as_whole_numbers_and_as_yuan(house):
    values = house.way().writer._values(house.told())
    assert (values["fund"], values["fund_fen"]) == (Decimal("30.00"), 3000)
    assert values["told_at"].endswith("+08:00") and len(values["told_at"]) == 25
