"""The card reader without a library: limits of amounts, parts that would break a line, training."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import astuple

import pytest

from core.clock import ManualClock
from core.errors import InvalidInput, Refused
from core.gateway.card import MOST, Card, CardLibrary, OwnReader
from core.gateway.port import Reply
from core.outcome import Accepted
from core.settings import CardSettings
from core.simulator.reader import InventedReader

NOW = ManualClock().now()
CARD = Card("990101", "990101197803141030", "Z90010001", "990101990010001", "沈建国")


class Says:
    """A gateway that says one thing and remembers what it was asked."""

    def __init__(self, payload: bytes) -> None:
        self.payload = payload
        self.asked: list[bytes] = []

    def call(self, code, payload, deadline):
        self.asked.append(payload)
        return Reply(0, self.payload, 1)


def library(payload, tmp_path):
    gateway = Says(payload)
    return CardLibrary(CardSettings(), tmp_path, gateway), gateway


def test_a_card_written_is_the_card_read(tmp_path):
    line = "|".join(("1", *astuple(CARD), ""))
    made, gateway = library(line.encode("gbk"), tmp_path)
    assert made.read() == CARD
    assert gateway.asked == [b"ReadCardBase"]


@pytest.mark.parametrize("amount", [-1, MOST, MOST + 1])
def test_an_amount_that_the_library_cannot_carry_is_not_sent(tmp_path, amount):
    made, gateway = library(b"1|permit|", tmp_path)
    for total, covered in ((amount, 0), (0, amount)):
        with pytest.raises(InvalidInput, match=r"42949672\.95"):
            made.debit(CARD, total, covered, NOW)
    assert gateway.asked == []


def test_the_largest_amount_is_sent(tmp_path):
    made, gateway = library(b"1|permit|", tmp_path)
    assert isinstance(made.debit(CARD, MOST - 1, 0, NOW), Accepted)
    assert gateway.asked[0].split(b"\n")[2] == b"42949672.94|0.00|20260302090000|"


@pytest.mark.parametrize("sign", "|\r\n\0")
def test_a_number_that_would_break_the_line_is_not_sent(tmp_path, sign):
    made, gateway = library(b"1|permit|", tmp_path)
    with pytest.raises(InvalidInput):
        made.debit(Card("", "", f"Z{sign}1", "", ""), 1, 1, NOW)
    assert gateway.asked == []


def test_a_card_without_its_number_is_known_by_the_other(tmp_path):
    made, _ = library(b"1|990101|990101197803141030|||x|", tmp_path)
    assert OwnReader(made).read()["identify_by"] == "social_no"


def test_the_invented_card_is_the_one_that_lies_there():
    lying = ["990010001"]
    made = InventedReader(lambda: lying[0])
    card = made.read()
    assert (card.name, card.card_no) == ("沈建国", "Z90010001")
    permit = made.debit(card, 100, 50, NOW).values["permit"]
    assert len(permit) >= 20 and b64decode(permit)[:14] == b"20260302090000"
    assert made.health().state == "ok"
    lying[0] = ""
    with pytest.raises(Refused, match="没有卡"):
        made.read()
    with pytest.raises(InvalidInput):
        made.debit(card, MOST, 0, NOW)
    made.close()
