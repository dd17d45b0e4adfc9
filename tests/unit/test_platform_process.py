"""The simulated platform as a process: the command, its control from outside, TLS, the training
desk's own."""

from __future__ import annotations

import json
import subprocess
from contextlib import closing

import pytest

from core.commands.main import main
from core.errors import SetupError
from core.simulator.books import Books
from core.simulator.control import Control, ControlError, post
from core.simulator.gd.books import PLAN
from core.simulator.gd.server import PlatformServer
from core.simulator.process import BOOKS, PATH, TrainingCentre, command, environment
from tests.helpers.certificates import write_certificate
from tests.helpers.inprocess import CASHIER
from tests.helpers.platform import HERE, Client, Ground, serving


class Running:
    """A platform process on a free port."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            command("--family", "gd", "--port", "0", *arguments), env=environment(),
            encoding="utf-8", stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.port = self.process.stdout.readline().strip().rpartition(":")[2]

    def end(self) -> int:
        """Terminate and wait."""
        self.process.terminate()
        self.process.communicate(timeout=30)
        return self.process.returncode


def test_the_command_runs_a_platform_and_gives_orders_to_it(tmp_path, capsys):
    folder = write_certificate(tmp_path)
    books = tmp_path / "books.sqlite"
    running = Running("--tls", str(folder / "server.pem"), "--books-file", str(books))
    try:
        told = ["simulate", "--family", "gd", "--port", running.port, "--tls", "x"]
        assert main([*told, "--fault", "refuse", "--text", "维护中", "--code", "sys0001"]) == 0
        assert main([*told, "--card", "luo"]) == 0
        address = f"https://127.0.0.1:{running.port}"
        client = Client(lambda payload: Answered(post(address, payload)))
        assert client.refused("sys0001", userid="gd990001", password="peixun") == "维护中"
        client.sign_in()
        assert Control(address, post).state()["card"] == "990010002"
        assert main([*told, "--books"]) == 0
        shown = json.loads(capsys.readouterr().out)
        assert [row["hospital"] for row in shown["sign_ins"]] == [HERE]
    finally:
        assert running.end() == 0
    with closing(Books(books, PLAN)) as kept:
        assert len(kept.find("sign_in")) == 1
    assert main(["simulate", "--family", "gd", "--books-file", str(books), "--books"]) == 0
    assert json.loads(capsys.readouterr().out) == shown
    assert main(["simulate", "--books-file", str(books), "--books"]) == 2
    assert "版本" in capsys.readouterr().err


class Answered:
    """What a control's way of sending gave back, as a client of the wire wants it."""

    def __init__(self, found: tuple[int, bytes]) -> None:
        self.status, self.payload = found


def test_nobody_there_is_a_sentence(capsys):
    assert main(["simulate", "--family", "gd", "--port", "1", "--clear"]) == 2
    assert "1" in capsys.readouterr().err


def test_a_file_that_is_no_certificate_is_a_sentence(tmp_path):
    (tmp_path / "x.pem").write_text("nothing")
    with pytest.raises(SetupError, match=r"x\.pem"):
        PlatformServer(Ground().platform, tls=tmp_path / "x.pem")


def test_a_training_desk_signs_in_and_reads_the_invented_card(tmp_path):
    """One real child process: the desk starts it, talks to it over HTTP, and it dies with the
    desk."""
    from core.app import open_desk

    (tmp_path / "settings.toml").write_text('[centre]\nfamily = "gd"\n', "utf-8")
    with open_desk(tmp_path, operator=CASHIER) as desk:
        assert desk.settings.training and isinstance(desk.training, TrainingCentre)
        assert desk.gateway.health().state == "ok"
        desk.session.sign_in()
        assert desk.session.signed_in
        desk.training.control.card("luo")
        _, person = desk.identify.read_card()
        assert person is not None and person.name == "罗秀英"
        assert len(person.qualifications) == 2
        assert desk.training.url.endswith(PATH)
        pid = desk.training.pid
    assert (tmp_path / "training" / BOOKS["gd"]).exists()
    trace = (tmp_path / "training" / "logs" / "trace.jsonl").read_text("utf-8")
    assert "sys0001" in trace and "peixun" not in trace and "罗秀英" not in trace
    assert pid


def test_control_over_http_names_what_is_wrong():
    with serving() as (server, _):
        control = Control(server.address, post)
        control.fault("slow", "bizh120205", seconds=1, times=2)
        assert [one["kind"] for one in control.state()["faults"]] == ["slow"]
        control.clear()
        with pytest.raises(ControlError, match="nowhere"):
            control.fault("nowhere")
    with pytest.raises(ControlError):
        Control(server.address, post).state()


def test_a_fault_of_our_own_is_a_status(monkeypatch, caplog):
    with serving() as (server, ground):

        def broken(payload):
            raise RuntimeError("planned")

        monkeypatch.setattr(ground.platform, "handle", broken)
        assert post(server.address, b"<program/>")[0] == 500
    assert "planned" in caplog.text
