"""What programs hand over is kept, read as any hospital is, and told its results; who may do so."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from core.clock import ManualClock
from core.commands import main as command
from core.commands.api import Beside
from core.domain import Amounts, FeeLine, Operator, Registration, Role
from core.domain.stay import HospitalStay
from core.domain.writeback import WriteBack
from core.errors import InvalidInput, Refused, SetupError
from core.events import ErrandChanged, Events
from core.his.given import GivenHospital
from core.his.port import HospitalRefused
from core.service.callers import MOST_CALLERS, Callers, digest_of
from core.service.consent import Asked, Consents
from core.settings import load_settings

CASHIER = Operator(id="1", name="收费员", role=Role.CASHIER)
MONEY = Amounts(total=300, fund=200, personal=100)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def hospital(tmp_path: Path, clock: ManualClock) -> Iterator[GivenHospital]:
    made = GivenHospital(tmp_path / "given.db", clock)
    yield made
    made.close()


def stay(number: str = "V1", **more: Any) -> HospitalStay:
    return HospitalStay(registration=Registration(visit_no=number, person_name="某甲", **more))


def line(clock: ManualClock, number: str = "L1", amount: int = 100) -> FeeLine:
    return FeeLine(
        visit_no="V1", line_id=number, rx_no="R", price=Decimal(1), quantity=Decimal(1),
        amount=amount, occurred_at=clock.now(),
    )  # fmt: skip


def told(
    clock: ManualClock, step: str = "settle", msgid: str = "M1", visit: str = "V1"
) -> WriteBack:
    return WriteBack(
        msgid=msgid, step=step, visit_no=visit, bill_no="B", amounts=MONEY, at=clock.now()
    )


# -- the hospital


def test_visits_and_stays_stand_where_they_belong(
    hospital: GivenHospital, clock: ManualClock
) -> None:
    assert hospital.take_visit(stay(), "his") and not hospital.take_visit(stay(sex="男"), "his")
    hospital.take_visit(stay("Z1", inpatient_no="100", med_type="21"), "his")
    assert [one.visit_no for one in hospital.waiting()] == ["V1"]
    assert [one.registration.visit_no for one in hospital.stays()] == ["Z1"]
    assert hospital.stay("V1") is None and hospital.stay("Z1") is not None
    found = hospital.visit("V1")
    assert found is not None and found.sex == "男" and hospital.visit("V2") is None
    assert [one.visit_no for one in hospital.search("mj")] == ["V1", "Z1"]
    clock.advance(86_400)
    assert hospital.waiting() == ()  # another day


def test_lines_keep_their_order_and_their_ids(hospital: GivenHospital, clock: ManualClock) -> None:
    hospital.take_visit(stay("Z1", inpatient_no="1"), "his")
    first, second = line(clock), line(clock, "L2", 250)
    assert hospital.take_lines("Z1", [first, second]) == (2, 0)
    assert hospital.take_lines("Z1", [second, line(clock, "L1", 150)]) == (0, 1)
    assert [one.amount for one in hospital.fee_lines("Z1")] == [150, 250]
    there = hospital.stay("Z1")
    assert there is not None and (there.line_count, there.amount) == (2, 400)
    assert hospital.fee_lines("V9") == ()


def test_a_result_counts_once_and_moves_the_visit_on(
    hospital: GivenHospital, clock: ManualClock
) -> None:
    hospital.take_visit(stay(), "his")
    for _ in range(2):
        hospital.post(told(clock))
    hospital.post(told(clock, visit="STRANGE", msgid="M2"))
    assert hospital.waiting() == () and hospital.prompt
    begin, end = clock.now() - timedelta(hours=1), clock.now()
    assert [(s.msgid, s.total, s.refund) for s in hospital.settled(begin, end)] == [
        ("M1", 300, False)
    ]
    hospital.post(told(clock, "cancel_settlement", "M3"))
    assert [s.total for s in hospital.settled(begin, end)] == [300, -300]
    assert hospital.knows(["V1", "STRANGE"]) == {"V1"}
    assert [one.visit_no for one in hospital.waiting()] == ["V1"]


def test_it_is_all_there_after_a_restart(tmp_path: Path, clock: ManualClock) -> None:
    first = GivenHospital(tmp_path / "given.db", clock)
    first.take_visit(stay(), "his")
    first.take_lines("V1", [line(clock)])
    first.close()
    first.close()
    again = GivenHospital(tmp_path / "given.db", clock)
    assert again.visit("V1") and len(again.fee_lines("V1")) == 1
    assert "V1" in again.test()[0].says
    again.close()


def test_old_visits_without_a_result_are_forgotten(
    hospital: GivenHospital, clock: ManualClock
) -> None:
    for number in ("OLD", "PAID"):
        hospital.take_visit(stay(number), "his")
    hospital.post(told(clock, visit="PAID"))
    clock.advance(100 * 86_400)
    hospital.take_visit(stay("NEW"), "his")
    assert hospital.knows(["OLD", "PAID", "NEW"]) == {"PAID", "NEW"}


def test_a_damaged_file_is_moved_aside_and_a_place_that_is_none_is_said(
    tmp_path: Path, clock: ManualClock
) -> None:
    (tmp_path / "given.db").write_bytes(b"no database at all" * 100)
    renewed = GivenHospital(tmp_path / "given.db", clock)
    assert renewed.take_visit(stay(), "his") and list(tmp_path.glob("given.damaged-*"))
    renewed.close()
    (tmp_path / "folder").mkdir()
    with pytest.raises(SetupError):
        GivenHospital(tmp_path / "folder", clock)


# -- the web address


class Receiver(BaseHTTPRequestHandler):
    status = 200
    seen: ClassVar[list[Any]] = []

    def do_POST(self) -> None:  # noqa: N802 - the library's name
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.headers["Idempotency-Key"], json.loads(body)))
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is written."""


def test_a_web_address_is_told_until_it_takes_it(tmp_path: Path, clock: ManualClock) -> None:
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/results"
    hospital = GivenHospital(tmp_path / "given.db", clock, url)
    hospital.take_visit(stay(), "his")
    assert not hospital.prompt
    for status, error in ((500, SetupError), (422, HospitalRefused)):
        Receiver.status = status
        with pytest.raises(error) as said:
            hospital.post(told(clock))
        assert str(status) in str(said.value)
    assert hospital.settled(clock.now(), clock.now()) == []
    Receiver.status = 200
    hospital.post(told(clock))
    key, body = Receiver.seen[-1]
    assert (key, body["visit_no"], body["amounts"]["total"]) == ("M1", "V1", 300)
    server.shutdown()
    server.server_close()
    with pytest.raises(SetupError) as away:
        hospital.post(told(clock, msgid="M9"))
    assert url in str(away.value)
    hospital.close()


# -- who may call


def test_a_token_is_kept_as_its_digest_only(tmp_path: Path) -> None:
    callers = Callers(tmp_path)
    token = callers.admit(" 门诊医生站 ")
    kept = (tmp_path / "settings.toml").read_text("utf-8")
    assert token not in kept and digest_of(token) in kept
    assert callers.of(token) == "门诊医生站" and callers.of(token + "x") is None
    second = callers.admit("门诊医生站")
    assert callers.of(token) is None and callers.of(second) == "门诊医生站"
    elsewhere = Callers(tmp_path)
    assert elsewhere.of(callers.own) is None  # the test button's is its own program's
    elsewhere.revoke("门诊医生站")
    assert callers.of(second) is None and callers.names() == ()


@pytest.mark.parametrize("name", ["", " ", "a" * 41, "a\nb", "?", "[x]", '"'])
def test_a_bad_name_gets_no_token(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput):
        Callers(tmp_path).admit(name)


def test_there_are_not_too_many_callers(tmp_path: Path) -> None:
    callers = Callers(tmp_path)
    for number in range(MOST_CALLERS):
        callers.admit(f"c{number}")
    with pytest.raises(InvalidInput):
        callers.admit("one more")
    callers.admit("c0")
    with pytest.raises(InvalidInput):
        callers.revoke("nobody")
    assert len(load_settings(tmp_path).api.callers) == MOST_CALLERS


def test_tokens_by_command(tmp_path: Path, capsys) -> None:
    home = ["--home", str(tmp_path), "api"]
    assert command.main([*home, "admit", "his"]) == 0
    token = capsys.readouterr().out.strip()
    assert Callers(tmp_path).of(token) == "his"
    assert command.main([*home, "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"callers": ["his"]}
    assert command.main([*home, "revoke", "his"]) == 0
    assert Callers(tmp_path).of(token) is None
    assert command.main([*home, "admit"]) == 2
    assert command.main([*home, "serve"]) == 2  # it is off
    assert "enabled" in capsys.readouterr().err


def test_what_goes_on_beside_the_api_never_gathers(caplog, strays) -> None:
    strays.expected = ("beside the API",)
    queued: list[Future[object]] = []

    def lane(work: Callable[[], object]) -> Future[object]:
        queued.append(Future())
        return queued[-1]

    beside = Beside(lane, lambda: None)
    for _ in range(3):
        beside.go_on()
    assert len(queued) == 1, "it hangs"
    queued[0].set_exception(OSError("the disk"))
    beside.go_on()
    beside.go_on()
    assert len(queued) == 2 and "beside the API" in caplog.text
    queued[1].set_result(None)
    beside.go_on()
    assert len(queued) == 3


# -- a cashier's word


def asked(consents: Consents, number: int = 1) -> Asked:
    return Asked(number, "his", "settle", "V1", "某甲", MONEY, "", consents.until(60))


def test_a_cashier_says_yes_or_no(clock: ManualClock) -> None:
    events, words = Events(), []
    consents = Consents(clock, events)
    for accepted in (True, False):
        stop = events.listen(
            lambda event, word=accepted: (
                isinstance(event, ErrandChanged) and consents.answer(event.number, word, CASHIER)
            )
        )
        words.append(consents.ask(asked(consents), 30))
        stop()
    assert words == [("accepted", CASHIER), ("refused", CASHIER)]
    assert consents.waiting() == ()


def test_nobody_answers_in_time_or_the_desk_ends(clock: ManualClock) -> None:
    consents = Consents(clock, Events())
    assert consents.ask(asked(consents), 0) == ("late", None)
    with pytest.raises(Refused):
        consents.answer(1, True, CASHIER)
    with pytest.raises(Refused) as not_his:
        consents.answer(1, True, Operator(id="2", name="信息科", role=Role.IT))
    assert "信息科" in str(not_his.value)
    waiting = threading.Thread(target=lambda: words.append(consents.ask(asked(consents, 2), 30)))
    words: list[Any] = []
    seen = threading.Event()
    consents._events.listen(lambda _: seen.set())
    waiting.start()
    assert seen.wait(30) and [one.number for one in consents.waiting()] == [2]
    consents.close()
    waiting.join()
    assert words == [("closed", None)] and consents.ask(asked(consents), 30) == ("closed", None)
