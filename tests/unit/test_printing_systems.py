"""Asking printing systems: IPP bytes, CUPS' words, Windows' bits."""

from __future__ import annotations

import contextlib
import json
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.printing import ipp, watching, windows
from core.printing.cups import CupsQueues
from core.printing.port import Job, Unseen
from core.printing.windows import WindowsQueues


def reply(status, *groups):
    """An IPP answer; a group is its tag and attributes of (tag, value) lists."""
    body = b"\x02\x00" + status.to_bytes(2, "big") + b"\0\0\0\1\x01"
    for tag, attributes in groups:
        body += bytes([tag])
        for name, values in attributes.items():
            for place, (kind, value) in enumerate(values):
                label = b"" if place else name.encode()
                said = value.to_bytes(4, "big") if isinstance(value, int) else value.encode()
                said = bytes([value]) if kind == ipp.BOOLEAN else said
                body += bytes([kind]) + len(label).to_bytes(2, "big") + label
                body += len(said).to_bytes(2, "big") + said
    return body + b"\x03"


PRINTER = {
    "printer-state": [(ipp.ENUM, 3)], "printer-is-accepting-jobs": [(ipp.BOOLEAN, True)],
    "printer-state-reasons": [(ipp.KEYWORD, "none")],
}  # fmt: skip
JOB = {"job-id": [(ipp.INTEGER, 7)], "job-state": [(ipp.ENUM, 5)], "job-name": [(ipp.NAME, "结算")],
       "job-state-reasons": [(ipp.KEYWORD, "job-printing")]}  # fmt: skip


class Server:
    """Answers one HTTP request after the other on a socket of its own, with what it is told."""

    def __init__(self, path):
        self.path, self.replies, self.asked = str(path), [], []
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(self.path)
        self._listening.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            with line:
                self.asked.append(_read(line))
                line.sendall(self.replies.pop(0) if self.replies else b"")

    def say(self, content, status="200 OK"):
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(content)}\r\n\r\n"
        self.replies.append(head.encode() + content)

    def close(self):
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(10)


def _read(line):
    content = b""
    while b"\r\n\r\n" not in content:
        content += line.recv(65536)
    head, _, body = content.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split()[0])
    while len(body) < length:
        body += line.recv(65536)
    return head, body


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = Server("sock")
    made.path = str(tmp_path / "sock") if len(str(tmp_path)) < 90 else "sock"
    yield made
    made.close()


@pytest.fixture
def cups(server):
    if not server.path.startswith("/"):
        pytest.skip("the temporary folder's name is too long for a socket")
    return CupsQueues(server.path)


def test_a_request_carries_what_it_asks():
    body = ipp.request(ipp.GET_JOBS, {"which-jobs": (ipp.KEYWORD, ["all"]),
                                      "job-id": (ipp.INTEGER, [7])})  # fmt: skip
    assert body.startswith(b"\x02\x00\x00\x0a") and body.endswith(b"\x03")
    assert b"attributes-charset" in body and b"which-jobs\x00\x03all" in body
    assert b"\x00\x04\x00\x00\x00\x07" in body


def test_an_answer_is_read_whole():
    found = ipp.answer(reply(0, (2, JOB), (2, {**JOB, "job-id": [(ipp.INTEGER, 8)]})))
    assert found.done and [job["job-id"] for job in found.of(2)] == [[7], [8]]
    assert found.of(2)[0]["job-name"] == ["结算"]


def test_several_values_keep_their_order():
    reasons = [(ipp.KEYWORD, "media-empty-error"), (ipp.KEYWORD, "offline-report")]
    found = ipp.answer(reply(0, (4, {"printer-state-reasons": reasons})))
    assert found.of(4)[0]["printer-state-reasons"] == ["media-empty-error", "offline-report"]


@given(st.binary(max_size=200))
def test_whatever_comes_is_an_answer_or_a_value_error(content):
    with contextlib.suppress(ValueError):
        ipp.answer(content)


@given(st.integers(0, 200))
def test_a_cut_answer_is_no_answer(end):
    whole = reply(0, (4, PRINTER), (2, JOB))
    if end < len(whole):
        with pytest.raises(ValueError, match="IPP"):
            ipp.answer(whole[:end])


def test_cups_tells_a_queue_and_its_jobs(cups, server):
    server.say(reply(0, (4, PRINTER)))
    server.say(reply(0, (2, JOB), (2, {**JOB, "job-id": [(ipp.INTEGER, 3)],
                                       "job-state": [(ipp.ENUM, 9)]})))  # fmt: skip
    queue = cups.queue("前台")
    assert queue.known and queue.takes and queue.troubles == ()
    assert cups.jobs("前台") == (Job(3, "结算", "printed"), Job(7, "结算", "printing"))
    head, body = server.asked[0]
    assert b"application/ipp" in head and b"%E5%89%8D%E5%8F%B0" in body


@pytest.mark.parametrize(
    ("reasons", "state", "accepts", "troubles", "takes"),
    [
        (["none"], 3, True, (), True),
        (["media-empty-error"], 4, True, ("media-empty",), True),
        (["media-empty"], 3, True, ("media-empty",), True),
        (["media-low-warning", "toner-low-report"], 3, True, (), True),
        (["offline-report"], 3, True, ("offline",), True),
        (["cups-ipp-missing-job-history", "connecting-to-device"], 3, True, (), True),
        (["cups-remote-stopped"], 3, True, ("cups-remote-stopped",), True),
        (["none"], 5, True, ("paused",), False),
        (["paused"], 5, True, ("paused",), False),
        (["door-open-error"], 5, False, ("door-open", "rejecting"), False),
        (["none"], 3, False, ("rejecting",), False),
    ],
)
def test_what_stops_a_queue_and_what_does_not(
    cups, server, reasons, state, accepts, troubles, takes
):
    said = {"printer-state-reasons": [(ipp.KEYWORD, word) for word in reasons],
            "printer-state": [(ipp.ENUM, state)],
            "printer-is-accepting-jobs": [(ipp.BOOLEAN, accepts)]}  # fmt: skip
    server.say(reply(0, (4, said)))
    queue = cups.queue("desk")
    assert (queue.troubles, queue.takes) == (troubles, takes)


def test_an_unknown_queue_is_unknown(cups, server):
    server.say(reply(ipp.NOT_FOUND))
    server.say(reply(ipp.NOT_FOUND))
    assert not cups.queue("nix").known
    assert cups.jobs("nix") == ()


@pytest.mark.parametrize("content", [b"", b"garbage", reply(0x0500), reply(0)])
def test_an_answer_that_says_nothing_is_unseen(cups, server, content):
    server.say(content)
    with pytest.raises(Unseen):
        cups.queue("desk")


def test_a_refusal_of_the_web_server_is_unseen(cups, server):
    server.say(b"", "401 Unauthorized")
    with pytest.raises(Unseen, match="401"):
        cups.jobs("desk")


@pytest.mark.parametrize("status", [0, ipp.NOT_FOUND, ipp.NOT_POSSIBLE, 0x0401])
def test_withdrawing_what_has_ended_is_no_fault(cups, server, status):
    server.say(reply(status))
    if status != 0x0401:
        cups.withdraw("desk", 7)
        return
    with pytest.raises(Unseen):
        cups.withdraw("desk", 7)


def test_the_server_is_looked_for_where_libcups_does(monkeypatch):
    monkeypatch.setenv("CUPS_SERVER", "printhost:8631/version=1.1")
    line = CupsQueues()._line()
    assert (line.host, line.port) == ("printhost", 8631)


# -- Windows


@pytest.fixture
def shell(monkeypatch):
    """What PowerShell would say, and what it was asked."""
    asked, said = [], []

    def answered(script, given):
        asked.append((script, given))
        return said.pop(0)

    monkeypatch.setattr(windows, "_shell", answered)
    return asked, said


def listing(printers=(), jobs=()):
    return json.dumps({"printers": list(printers), "jobs": list(jobs)})


def test_windows_tells_a_queue(shell):
    asked, said = shell
    said += [listing([{"WorkOffline": False, "PrinterState": 0, "DetectedErrorState": 2}]),
             listing()]  # fmt: skip
    found = WindowsQueues().queue("前台 '; rm")
    assert found.known and found.takes and found.troubles == ()
    assert not WindowsQueues().queue("nix").known
    script, given = asked[0]
    assert "前台" not in script and given == {"GSDESK_QUEUE": "前台 '; rm"}


@pytest.mark.parametrize(
    ("row", "troubles", "takes"),
    [
        ({"PrinterState": 0x10}, ("media-empty",), True),
        ({"PrinterState": 0x1}, ("paused",), False),
        ({"WorkOffline": True}, ("offline",), False),
        ({"DetectedErrorState": 4, "PrinterState": 0x10}, ("media-empty",), True),
        ({"DetectedErrorState": 8}, ("media-jam",), True),
        ({"PrinterState": 0x400}, (), True),
        ({"PrinterState": None}, (), True),
    ],
)
def test_windows_bits_are_troubles(shell, row, troubles, takes):
    shell[1].append(listing([row]))
    found = WindowsQueues().queue("desk")
    assert (found.troubles, found.takes) == (troubles, takes)


@pytest.mark.parametrize(
    ("bits", "state", "troubles"),
    [
        (0, "waiting", ()), (0x10, "printing", ()), (0x80, "printed", ()),
        (0x50, "printing", ("media-empty",)), (0x4, "withdrawn", ()), (0x100, "withdrawn", ()),
        (0x20, "waiting", ("offline",)), (0x1, "waiting", ("held",)),
    ],
)  # fmt: skip
def test_windows_jobs(shell, bits, state, troubles):
    shell[1].append(json.dumps({"jobs": {"JobId": 4, "Document": "M-1", "StatusMask": bits}}))
    assert WindowsQueues().jobs("desk") == (Job(4, "M-1", state, troubles),)


def test_windows_that_answers_nonsense_is_unseen(shell):
    shell[1].append("Get-CimInstance : Access denied")
    with pytest.raises(Unseen, match="denied"):
        WindowsQueues().queue("desk")


def test_windows_withdraws_by_number(shell):
    asked, said = shell
    said.append("")
    WindowsQueues().withdraw("desk", 12)
    assert asked[0][1] == {"GSDESK_QUEUE": "desk", "GSDESK_JOB": "12"}


@pytest.mark.parametrize("code", [0, 1])
def test_the_shell_that_fails_is_unseen(monkeypatch, tmp_path, code):
    tool = tmp_path / "powershell"
    tool.write_text(f"#!/bin/sh\necho '{{}}'\necho sorry >&2\nexit {code}\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    if code:
        with pytest.raises(Unseen, match="sorry"):
            windows._shell("x", {})
    else:
        assert windows._shell("x", {}) == "{}"


def test_a_machine_without_the_shell_is_unseen(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unseen):
        WindowsQueues().jobs("desk")


def test_each_machine_has_its_system(monkeypatch):
    monkeypatch.setattr(watching.sys, "platform", "win32")
    assert isinstance(watching.machine(), WindowsQueues)
    monkeypatch.setattr(watching.sys, "platform", "linux")
    assert isinstance(watching.machine(), CupsQueues)
