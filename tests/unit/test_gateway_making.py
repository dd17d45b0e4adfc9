"""Which gateway a desk gets, and that nothing is made before it is asked or made twice."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.centre_settings import CentreSettings
from core.clock import ManualClock
from core.errors import SetupError
from core.events import Events
from core.gateway.dll.supervisor import DllGateway
from core.gateway.http import HttpGateway
from core.gateway.making import LateGateway, Way, gateway_of
from core.gateway.port import Health, Reply
from core.gateway.trace import TracedGateway, text_mask
from tests.helpers.inprocess import World

ROOT = Path(__file__).resolve().parents[2]
HTTP = {"family": "gd", "url": "https://10.9.9.9/api", "institution": "H1", "user": "u1"}


class Line:
    """A gateway that counts what it was asked."""

    def __init__(self):
        self.calls, self.closed = [], 0

    def call(self, code, payload, deadline):
        self.calls.append((code, payload, deadline))
        return Reply(0, payload[::-1], 1)

    def health(self):
        return Health("ok", "好")

    def close(self):
        self.closed += 1


class Maker:
    """Makes lines and keeps them; ``first``: done while the first one is being made."""

    def __init__(self, first=lambda: None):
        self.made, self.first = [], first

    def __call__(self):
        self.made.append(Line())
        work, self.first = self.first, lambda: None
        work()
        return self.made[-1]


def test_what_was_never_asked_is_never_made_and_closing_makes_nothing():
    make = Maker()
    late = LateGateway(make)
    late.close()
    late.close()
    assert make.made == []


def test_it_is_made_once_and_asked_as_the_gateway_itself():
    make = Maker()
    late = LateGateway(make)
    assert late.call("2201", b"abc", 7.0) == Reply(0, b"cba", 1)
    assert late.health() == Health("ok", "好") and late.call("2202", b"", 1.0).payload == b""
    (line,) = make.made
    assert line.calls == [("2201", b"abc", 7.0), ("2202", b"", 1.0)]
    late.close()
    assert line.closed == 1


def test_two_lanes_that_ask_at_once_share_one_library():
    """A second process of the vendor's library would be a second way to the centre."""
    asked = []

    def other_lane_asks():
        thread = threading.Thread(target=lambda: asked.append(late.health()))
        threads.append(thread)
        thread.start()
        thread.join(0.05)  # it has to wait until the first one is there

    threads, make = [], Maker(other_lane_asks)
    late = LateGateway(make)
    late.call("2201", b"", 1.0)
    threads[0].join()
    assert len(make.made) == 1 and asked == [Health("ok", "好")]


def test_what_could_not_be_made_is_tried_again_at_the_next_call():
    lines = [Line()]

    def make():
        if len(tried) < 1:
            tried.append(True)
            raise SetupError(())
        return lines[0]

    tried = []
    late = LateGateway(make)
    with pytest.raises(SetupError):
        late.call("2201", b"", 1.0)
    assert late.call("2201", b"", 1.0) == Reply(0, b"", 1) and lines[0].closed == 0


# -- which one


def hidden(text):
    return text.replace("geheim", "***")


def way(tmp_path, training=None, **chosen):
    settings, mask = CentreSettings.model_validate(chosen), text_mask(hidden, "utf-8", "H1")
    return Way(settings, tmp_path, tmp_path / "data", ManualClock(), Events(), mask, training)


def inner(made):
    """What the trace stands before."""
    assert isinstance(made, TracedGateway)
    return next(one for one in vars(made).values() if isinstance(one, HttpGateway | DllGateway))


def test_the_family_decides_between_library_and_address(tmp_path):
    library = gateway_of(way(tmp_path, library="x.dll"))
    address = gateway_of(way(tmp_path, **HTTP))
    assert isinstance(inner(library), DllGateway) and isinstance(inner(address), HttpGateway)
    for one in (library, address):
        one.close()


def test_training_goes_to_the_simulated_centre_whatever_the_settings_name(tmp_path):
    training = SimpleNamespace(url="http://127.0.0.1:1/x", address="127.0.0.1:1")
    made = gateway_of(way(tmp_path, training, **HTTP))
    said = made.call("sys0001", b"<program/>", 0.5)
    assert "127.0.0.1" in said.text and "10.9.9.9" not in said.text
    made.close()


def test_a_trace_is_masked_in_the_encoding_of_the_profile(tmp_path, monkeypatch):
    monkeypatch.setattr("core.app.gateway_of", lambda way: way.mask)
    desk = World(tmp_path, "gd", '[message]\nencoding = "gb18030"\n').desk()
    with desk:
        asked = "<program><aac003>罗秀英</aac003></program>".encode("gb18030")
        assert desk._way()("bizh110001", asked).text == "<program><aac003>罗**</aac003></program>"


@pytest.mark.parametrize(("family", "other"), [("zjs", "gd"), ("gd", "zjs")])
def test_a_start_loads_nothing_of_another_family_nor_of_a_call(tmp_path, family, other):
    (tmp_path / "settings.toml").write_text(f'[centre]\nfamily = "{family}"\n', "utf-8")
    asked = (
        "import sys, pathlib; from core.app import open_desk\n"
        "open_desk(pathlib.Path(sys.argv[1])).close()\n"
        "print(*sys.modules)"
    )
    words = [sys.executable, "-c", asked, str(tmp_path)]
    loaded = subprocess.check_output(words, cwd=ROOT, text=True).split()
    assert f"core.centre.{family}" in loaded
    vain = {f"core.centre.{other}", "lxml", "httpx", "http.client", "core.gateway.dll.supervisor"}
    assert vain & set(loaded) == set()


def test_every_call_is_traced_in_the_logs_of_the_data_and_masked(tmp_path):
    training = SimpleNamespace(url="http://127.0.0.1:1/x", address="127.0.0.1:1")
    made = gateway_of(way(tmp_path, training, **HTTP))
    made.call("sys0001", b"<program><password>geheim</password></program>", 0.5)
    made.close()
    (path,) = (tmp_path / "data" / "logs").glob("trace*")
    (row,) = path.read_text("utf-8").splitlines()
    assert "geheim" not in row and json.loads(row)["code"] == "sys0001"
