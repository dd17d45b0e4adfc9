"""The card library through a real worker: a card, a permit, and every way to give nonsense back."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from core.clock import ManualClock
from core.errors import Refused
from core.events import Events
from core.gateway.card import Card, CardLibrary, OwnReader
from core.gateway.dll.supervisor import DllGateway
from core.outcome import Accepted, NotSent, Rejected, Unknown
from core.settings import CardSettings
from tests.helpers.native import build_library

LONG, SHORT = 60.0, 0.5
NOW = ManualClock().now()
CARD_WORDS = ("990101197803141030", "Z90010001", "沈建国")
CARD = Card("990101", "990101197803141030", "Z90010001", "990101990010001", "沈建国")


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return build_library("card", tmp_path_factory.mktemp("card"))


@contextmanager
def reader(library, home, does="card", **settings):
    chosen = CardSettings(library=str(library), timeout=LONG, **settings)
    gateway = DllGateway(chosen, home, Events(), {"GSDESK_CARD": does})
    made = CardLibrary(chosen, home, gateway)
    try:
        yield made
    finally:
        made.close()


def test_a_card_is_read_and_debited(library, tmp_path):
    with reader(library, tmp_path) as made:
        card = made.read()
        assert made.health().state == "ok"
        permit = made.debit(card, 123_450, 100_000, NOW)
        who = OwnReader(made).read()
    assert (card.social_no, card.card_no, card.name) == CARD_WORDS
    assert (card.expires, card.device, card.permit) == ("20491231", "01", "MjAyNjAzMDIwOTAwMDB4")
    assert isinstance(permit, Accepted)
    asked = "990101990010001,Z90010001,;1234.50,1000.00,20260302090000,"
    assert permit.values == {"permit": asked}
    assert who == {"identify_by": "card_no", "identify_value": "Z90010001"}
    assert "the reader hums" in (tmp_path / "logs" / "card.log").read_text("utf-8")


@pytest.mark.parametrize(("does", "words", "ending"), [
    ("error", "无卡", Rejected),
    ("half error", "无卡", Rejected),
    ("half", "无法辨认", Unknown),
    ("empty", "无法辨认", Unknown),
    ("null", "无法辨认", Unknown),
    ("endless", "没有结束符", Unknown),
    ("crash", "意外结束", Unknown),
])  # fmt: skip
def test_nonsense_is_a_sentence_and_a_debit_is_unknown(library, tmp_path, does, words, ending):
    with reader(library, tmp_path, does) as made:
        with pytest.raises(Refused, match=words):
            made.read()
        found = made.debit(CARD, 100, 100, NOW)
    assert isinstance(found, ending)
    if does != "half":
        assert words in found.text


@pytest.mark.parametrize("does", ["few", "bare"])
def test_a_card_without_numbers_is_no_card(library, tmp_path, does):
    with reader(library, tmp_path, does) as made, pytest.raises(Refused, match="无法辨认"):
        made.read()


def test_a_hung_reader_is_given_up(library, tmp_path):
    with reader(library, tmp_path, "hang") as made:
        made.health()
        made._settings = made._settings.model_copy(update={"timeout": SHORT})
        with pytest.raises(Refused, match="没有返回"):
            made.read()
        found = made.debit(CARD, 100, 100, NOW)
    assert isinstance(found, Unknown) and found.cause == "deadline"


@pytest.mark.parametrize(("settings", "words"), [
    ({"read": "ReadCard"}, "ReadCard"),
    ({"library_sha256": "0" * 64}, "library_sha256"),
])  # fmt: skip
def test_a_library_that_will_not_do_is_a_sentence(library, tmp_path, settings, words):
    with reader(library, tmp_path, **settings) as made:
        with pytest.raises(Refused, match=words):
            made.read()
        assert isinstance(made.debit(CARD, 100, 100, NOW), NotSent)
        assert made.health().state == "failed"
