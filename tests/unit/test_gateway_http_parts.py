"""Parts of the way over HTTP without a server: the relay's envelope, the gate before the first
byte, and which reader a desk has."""

from __future__ import annotations

import socket
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.card_reader import reader_of
from core.centre.port import Capabilities
from core.gateway import soap
from core.gateway.card import CardLibrary
from core.gateway.wire import Late, LookedOnly, Wire
from core.settings import CardSettings, Settings
from core.simulator.control import ControlError
from core.simulator.gd import relay
from core.simulator.reader import InventedReader

SENDING = "http11.send_request_headers.started"
NUMBERS = Capabilities(identify_by=("card", "computer_no"))
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=60)


# --- the relay's envelope -------------------------------------------------------------------------


@given(TEXT, st.sampled_from(["", "urn:x", "http://tempuri.org/"]))
def test_what_is_wrapped_comes_through_the_relay(text, space):
    program = f"<program>{text.replace('&', '').replace('<', '')}</program>".encode()
    inner, found = relay.unwrapped(soap.wrap(program, "bizh120205", space))
    assert (inner, found) == (program, space)
    assert soap.unwrap(relay.wrapped(program, space)) == program


@pytest.mark.parametrize("payload", [
    b"", b"plain words", b"<program/>", b"<a><b/></a>", b"\xff\xfe",
    b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
])  # fmt: skip
def test_what_is_no_envelope_comes_as_it_is(payload):
    assert soap.unwrap(payload) == payload


def test_an_empty_result_is_empty():
    assert soap.unwrap(b"<E><CallServiceResult/></E>") == b""


def test_no_entity_of_a_relay_is_expanded():
    entities = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    found = soap.unwrap(entities + b"<a><CallServiceResult>&e;</CallServiceResult></a>")
    assert found == b""


# --- the gate -------------------------------------------------------------------------------------


def test_in_time_the_gate_is_open_and_remembers():
    wire = Wire()
    wire.trace(SENDING, {})
    assert wire.sent and wire.arrived


def test_too_late_the_gate_is_shut():
    wire = Wire()
    wire.cut()
    with pytest.raises(Late):
        wire.trace(SENDING, {})
    with pytest.raises(Late):
        wire.trace("connection.start_tls.started", {})
    assert not wire.sent


def test_a_look_stops_before_the_gate():
    wire = Wire(look_only=True)
    with pytest.raises(LookedOnly):
        wire.trace(SENDING, {})
    assert wire.arrived and not wire.sent


def test_a_cut_ends_the_line():
    near, far = socket.socketpair()
    with near, far:
        wire = Wire()
        line = SimpleNamespace(get_extra_info=lambda name: near)
        wire.trace("connection.connect_tcp.complete", {"return_value": line})
        wire.cut()
        assert far.recv(1) == b""
    wire.cut()
    assert wire.late


# --- which reader ---------------------------------------------------------------------------------


def test_a_centre_that_reads_cards_itself_needs_no_reader(tmp_path):
    assert reader_of(Settings(), Capabilities(), tmp_path, None) is None


def test_a_desk_without_training_has_its_library(tmp_path):
    made = reader_of(Settings(), NUMBERS, tmp_path, None)
    assert isinstance(made, CardLibrary)
    assert "[card] library" in made.health().says
    made.close()


def test_training_reads_the_invented_card_or_says_why_not(tmp_path):
    control = SimpleNamespace(state=lambda: {"card": "990010001"})
    training = SimpleNamespace(control=control)
    made = reader_of(Settings(), NUMBERS, tmp_path, training)
    assert isinstance(made, InventedReader) and made.read().name == "沈建国"

    def gone():
        raise ControlError("nobody there")

    control.state = gone
    with pytest.raises(Exception, match="nobody there"):
        made.read()


def test_training_may_use_a_real_library(tmp_path):
    own = Settings(card=CardSettings(library="x.dll"))
    made = reader_of(own, NUMBERS, tmp_path, SimpleNamespace(control=None))
    assert isinstance(made, CardLibrary)
    made.close()
