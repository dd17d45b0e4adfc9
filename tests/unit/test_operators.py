"""Who may work at the desk: rules, locks, history, and no hint for somebody who guesses."""

import itertools
import threading

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from core.clock import ManualClock
from core.domain import Operator, Role
from core.errors import InvalidInput, Refused
from core.journal import Journal
from core.service import operators as module
from core.service.operators import OperatorBook, password_faults, role_name
from core.service.trainers import stand_in, trainers, training_password

GOOD = "Dong-Hu-2026"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def journal(tmp_path, clock):
    made = Journal(tmp_path / "journal.db", clock)
    yield made
    made.close()


@pytest.fixture
def book(journal, clock) -> OperatorBook:
    return OperatorBook(journal, clock, QUICK)


@pytest.fixture
def anna(book) -> Operator:
    return book.create("0101", "安娜", Role.SUPERVISOR, GOOD)


def refusal(call, *values: object) -> list[str]:
    with pytest.raises((Refused, InvalidInput)) as error:
        call(*values)
    return [fault.key.removeprefix("operators.") for fault in error.value.faults]


# -- making


def test_the_first_start_has_nobody(book, anna) -> None:
    assert not book.first_start
    assert book.list() == (anna,)


def test_nobody_is_a_first_start(book) -> None:
    assert book.first_start and book.list() == ()


def test_operators_survive_a_restart(book, anna, journal, clock, tmp_path) -> None:
    journal.close()
    again = OperatorBook(Journal(tmp_path / "journal.db", clock), clock, QUICK)
    assert again.verify("0101", GOOD) == anna


def test_a_role_may_be_a_word(book) -> None:
    assert book.create("1", "信息员", "it", GOOD).role is Role.IT


def test_numbers_are_unique_in_any_case(book) -> None:
    book.create("abc", "甲", Role.CASHIER, GOOD)
    assert refusal(book.create, "ABC", "乙", Role.CASHIER, GOOD) == ["taken"]


def test_every_fault_is_named_at_once(book) -> None:
    found = refusal(book.create, "a b", " ", "boss", "abc")
    assert found == ["bad_id", "bad_name", "bad_role", "short", "simple"]


@pytest.mark.parametrize("number", ["", "a" * 31, "甲", "a-b", "1\n2"])
def test_bad_numbers(book, number: str) -> None:
    assert refusal(book.create, number, "甲", Role.CASHIER, GOOD) == ["bad_id"]


@pytest.mark.parametrize("name", ["", "  ", "字" * 26, "a\x00b", "a\nb"])
def test_bad_names(book, name: str) -> None:
    assert refusal(book.create, "1", name, Role.CASHIER, GOOD) == ["bad_name"]


def test_there_is_a_most(book, anna, monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_OPERATORS", 1)
    assert refusal(book.create, "2", "乙", Role.CASHIER, GOOD) == ["too_many"]


# -- passwords


@pytest.mark.parametrize(
    ("password", "faults"),
    [
        ("Abcdefg123", []), ("abcdefg12!", []), ("密码密码密码密码Ab", []), ("ABC def 123", []),
        ("Abc123!", ["short"]), ("abcdefghij", ["simple"]), ("abcdefg1234", ["simple"]),
        ("ABCDEFGHI1", ["simple"]), ("x" * 127 + "A1", ["long"]), ("", ["short", "simple"]),
    ],
)  # fmt: skip
def test_the_rules_of_passwords(password: str, faults: list[str]) -> None:
    found = [fault.key.removeprefix("operators.") for fault in password_faults(password)]
    assert found == faults


@given(st.text(max_size=9))
def test_nothing_short_is_ever_accepted(password: str) -> None:
    assert "operators.short" in [fault.key for fault in password_faults(password)]


def test_a_changed_password_replaces_the_old(book, anna) -> None:
    book.change_password("0101", GOOD, "Another-2026")
    assert book.verify("0101", "Another-2026") == anna
    assert refusal(book.verify, "0101", GOOD) == ["wrong"]


def test_the_old_password_must_be_right(book, anna) -> None:
    assert refusal(book.change_password, "0101", "wrong", "Another-2026") == ["wrong"]
    assert refusal(book.change_password, "0101", GOOD, "short") == ["short", "simple"]


def test_the_last_five_are_remembered(book, anna) -> None:
    used = [GOOD] + [f"Number-{n}-2026" for n in range(1, 6)]
    for old, new in itertools.pairwise(used):
        book.change_password("0101", old, new)
    for old in used[1:]:
        assert refusal(book.change_password, "0101", used[-1], old) == ["used_before"]
    book.change_password("0101", used[-1], GOOD)


def test_a_supervisor_resets_and_unlocks(book, anna) -> None:
    book.create("2", "乙", Role.CASHIER, GOOD)
    for _ in range(module.FAILURES):
        refusal(book.verify, "2", "wrong")
    book.reset_password("2", "Fresh-2026!", by=anna)
    assert book.verify("2", "Fresh-2026!").id == "2"


def test_a_cashier_resets_nobody(book, anna) -> None:
    cashier = book.create("2", "乙", Role.CASHIER, GOOD)
    assert refusal(book.reset_password, "0101", "Fresh-2026!", cashier) == ["not_allowed"]


def test_full_width_letters_are_the_same_password(book, anna) -> None:
    assert book.verify("0101", "Ｄｏｎｇ-Hu-2026") == anna


def test_the_file_holds_no_password(book, anna, journal, tmp_path) -> None:
    journal.close()
    assert all(GOOD.encode() not in path.read_bytes() for path in tmp_path.iterdir())


def test_hashes_are_argon2id_and_salted(book, anna, journal) -> None:
    book.create("2", "乙", Role.CASHIER, GOOD)
    hashes = [row[0] for row in journal.db.conn.execute("SELECT password FROM operator")]
    assert len(set(hashes)) == 2 and all(one.startswith("$argon2id$") for one in hashes)


def test_a_weaker_hash_is_renewed_at_log_in(book, anna, journal, clock) -> None:
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    OperatorBook(journal, clock, stronger).verify("0101", GOOD)
    hashed = journal.db.conn.execute("SELECT password FROM operator").fetchone()[0]
    assert "m=16,t=2" in hashed
    assert book.verify("0101", GOOD) == anna


# -- logging in


def test_the_right_password_in_any_case_of_the_number(book) -> None:
    made = book.create("abc", "甲", Role.CASHIER, GOOD)
    assert book.verify(" ABC ", GOOD) == made


def test_five_wrong_passwords_lock_for_a_quarter_of_an_hour(book, anna, clock) -> None:
    found = [refusal(book.verify, "0101", "wrong") for _ in range(5)]
    assert found == [["wrong"]] * 4 + [["locked"]]
    assert refusal(book.verify, "0101", GOOD) == ["locked"]
    clock.advance(14 * 60)
    assert refusal(book.verify, "0101", GOOD) == ["locked"]
    clock.advance(61)
    assert book.verify("0101", GOOD) == anna


def test_the_lock_says_until_when(book, anna) -> None:
    for _ in range(5):
        refusal(book.verify, "0101", "wrong")
    with pytest.raises(Refused, match="09:15"):
        book.verify("0101", GOOD)


def test_after_the_lock_there_are_five_more(book, anna, clock) -> None:
    for _ in range(5):
        refusal(book.verify, "0101", "wrong")
    clock.advance(16 * 60)
    assert [refusal(book.verify, "0101", "x") for _ in range(5)] == [["wrong"]] * 4 + [["locked"]]


def test_a_right_password_forgives_the_wrong_ones(book, anna) -> None:
    for _ in range(3):
        for _ in range(4):
            refusal(book.verify, "0101", "wrong")
        book.verify("0101", GOOD)


def test_failures_count_across_windows_and_restarts(book, anna, journal, clock) -> None:
    for _ in range(3):
        refusal(book.verify, "0101", "wrong")
    second = OperatorBook(journal, clock, QUICK)
    assert [refusal(second.verify, "0101", "wrong") for _ in range(2)] == [["wrong"], ["locked"]]


def test_an_unknown_number_is_refused_like_a_wrong_password(book, anna) -> None:
    with pytest.raises(Refused) as unknown:
        book.verify("9999", GOOD)
    with pytest.raises(Refused) as wrong:
        book.verify("0101", "wrong")
    assert str(unknown.value) == str(wrong.value)


def test_an_unknown_number_costs_a_hash_too(book, anna) -> None:
    looked_at: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash, password):
            looked_at.append(hash)
            return super().verify(hash, password)

    book._hasher = Counting()
    refusal(book.verify, "9999", "wrong")
    refusal(book.verify, "0101", "wrong")
    assert looked_at[0] == stand_in() and len(looked_at) == 2


def test_the_training_password_opens_no_unknown_number(book, anna) -> None:
    assert refusal(book.verify, "9999", training_password()) == ["wrong"]


@pytest.mark.parametrize("password", ["", "x" * 10_000_000, "\x00", "密"])
def test_any_password_is_only_wrong(book, anna, password: str) -> None:
    assert refusal(book.verify, "0101", password) == ["wrong"]


def test_a_damaged_hash_lets_nobody_in(book, anna, journal) -> None:
    with journal.commit():
        journal.db.conn.execute("UPDATE operator SET password = 'junk'")
    assert refusal(book.verify, "0101", GOOD) == ["wrong"]


def test_the_last_log_in_is_remembered(book, anna, clock) -> None:
    assert book.accounts()[0].seen_at is None
    clock.advance(60)
    book.verify("0101", GOOD)
    assert book.accounts()[0].seen_at == clock.now()


def test_threads_may_log_in_at_once(book, anna) -> None:
    found: list[Operator] = []
    threads = [
        threading.Thread(target=lambda: found.append(book.verify("0101", GOOD))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [anna] * 6


# -- leaving


def test_a_disabled_operator_is_out_and_stays_on_record(book, anna) -> None:
    book.create("2", "乙", Role.CASHIER, GOOD)
    book.disable("2")
    assert book.list() == (anna,)
    assert refusal(book.verify, "2", GOOD) == ["wrong"]
    assert [(one.operator.id, one.disabled) for one in book.accounts()] == [
        ("0101", False),
        ("2", True),
    ]
    book.enable("2")
    assert book.verify("2", GOOD).name == "乙"


def test_the_last_who_can_manage_stays(book, anna) -> None:
    book.create("2", "乙", Role.CASHIER, GOOD)
    assert refusal(book.disable, "0101") == ["last"]
    book.create("3", "丙", Role.IT, GOOD)
    book.disable("0101")
    assert [one.id for one in book.list()] == ["2", "3"]


def test_an_unknown_number_cannot_be_changed(book, anna) -> None:
    assert refusal(book.disable, "9") == refusal(book.enable, "9") == ["unknown"]
    assert refusal(book.reset_password, "9", GOOD, anna) == ["unknown"]


def test_a_lock_shows_in_the_list(book, anna, clock) -> None:
    for _ in range(5):
        refusal(book.verify, "0101", "wrong")
    assert book.accounts()[0].locked_until is not None
    clock.advance(16 * 60)
    assert book.accounts()[0].locked_until is None


# -- training


def test_training_has_one_of_each_role(book) -> None:
    book.ensure_training_operators()
    assert {one.role for one in book.list()} == set(Role)
    assert all(book.verify(one.id, training_password()) == one for one in book.list())
    assert all(one.training for one in book.accounts())


def test_making_the_trainers_again_changes_nothing(book) -> None:
    book.ensure_training_operators()
    book.change_password("trainer", training_password(), "short")
    book.ensure_training_operators()
    assert book.verify("trainer", "short").id == "trainer"
    assert len(book.list()) == len(trainers())


def test_the_stored_hash_is_that_of_the_training_password() -> None:
    assert PasswordHasher().verify(stand_in(), training_password())


def test_every_role_has_a_name() -> None:
    assert len({role_name(role) for role in Role}) == len(Role)
