"""6101: the centre's slip as it came, byte for byte; what is none is a sentence."""

from __future__ import annotations

import base64
import hashlib
from types import SimpleNamespace

import pytest

from core.errors import Refused, SetupError
from core.outcome import Accepted, NotSent, Rejected, Unknown
from tests.helpers import flows
from tests.helpers.inprocess import World


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return World(tmp_path_factory.mktemp("slips"))


@pytest.fixture(scope="module")
def desk(world):
    with world.desk() as made:
        yield made


@pytest.fixture(scope="module")
def paid(desk):
    return desk.visits.read(flows.settled(desk)).settlement


@pytest.fixture
def replies(desk, monkeypatch):
    """The centre answers 6101 with these values."""

    def put(**values):
        done = SimpleNamespace(outcome=Accepted(values), msgid="M-6101", row=None, ms=1)
        monkeypatch.setattr(desk.road, "travel", lambda *args, **more: done)

    return put


def test_the_bytes_are_kept_as_they_came(desk, world, paid):
    done = desk.documents.fetch_slip(paid.msgid)
    assert isinstance(done.outcome, Accepted) and done.problem is None and not done.changed
    content = desk.documents.slip_content(done.slip)
    assert content.startswith(b"%PDF") and len(content) == done.slip.size
    assert hashlib.sha256(content).hexdigest() == done.slip.digest
    assert done.slip.file_type == "pdf" and paid.bill_no in done.slip.file_name
    assert desk.documents.centre_slip(paid.msgid) == done.slip
    assert desk.journal.transaction(done.msgid or paid.msgid).step in ("slip", "settle")


def test_fetched_again_it_is_the_same_file_once(desk, paid):
    first, again = (desk.documents.fetch_slip(paid.msgid) for _ in range(2))
    assert again.slip.digest == first.slip.digest and not again.changed
    files = [path for path in (desk.data / "files").rglob("*") if path.is_file()]
    assert sum(path.name == first.slip.digest for path in files) <= 1


def test_other_bytes_are_kept_beside_the_first(desk, paid, replies):
    before = desk.documents.fetch_slip(paid.msgid).slip
    replies(file_name="新.pdf", file_type="pdf", content=base64.b64encode(b"%PDF-new").decode())
    done = desk.documents.fetch_slip(paid.msgid)
    assert done.changed and desk.documents.slip_content(done.slip) == b"%PDF-new"
    assert desk.documents.slip_content(before).startswith(b"%PDF-1")
    assert desk.documents.centre_slip(paid.msgid).digest == done.slip.digest


def test_what_is_no_pdf_is_kept_all_the_same(desk, paid, replies):
    content = bytes(range(256))
    replies(file_type="ofd", content=base64.b64encode(content).decode())
    done = desk.documents.fetch_slip(paid.msgid)
    assert desk.documents.slip_content(done.slip) == content and done.slip.file_type == "ofd"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"content": ""}, "空的"), ({}, "空的"), ({"content": "不是base64"}, "空的"),
        ({"url": "http://centre.example/a.pdf"}, "http://centre.example/a.pdf"),
    ],
)  # fmt: skip
def test_an_answer_without_a_file_is_a_sentence(desk, paid, replies, values, words):
    before = desk.documents.centre_slip(paid.msgid)
    replies(**values)
    done = desk.documents.fetch_slip(paid.msgid)
    assert done.slip is None and words in done.problem.text
    assert desk.documents.centre_slip(paid.msgid) == before


def test_a_file_too_large_to_keep_is_refused(desk, paid, replies, monkeypatch):
    from core.journal import archive

    monkeypatch.setattr(archive, "LARGEST", 10)
    replies(content=base64.b64encode(b"x" * 11).decode())
    with pytest.raises(Refused):
        desk.documents.fetch_slip(paid.msgid)


def test_a_file_that_was_changed_on_the_disk_is_said_so(desk, paid, replies):
    replies(content=base64.b64encode(b"%PDF-to-be-changed").decode())
    slip = desk.documents.fetch_slip(paid.msgid).slip
    (path,) = [path for path in desk.data.rglob(slip.digest) if path.is_file()]
    path.write_bytes(b"other")
    with pytest.raises(SetupError):
        desk.documents.slip_content(slip)
    path.unlink()
    with pytest.raises(SetupError):
        desk.documents.slip_content(slip)


@pytest.mark.parametrize("ending", ["unknown", "not_sent", "rejected"])
def test_no_answer_keeps_what_there_was(desk, world, paid, ending):
    before = desk.documents.centre_slip(paid.msgid)
    kinds = {"unknown": Unknown, "not_sent": NotSent, "rejected": Rejected}
    if ending == "not_sent":
        world.gateway.unsent = True
    else:
        kind = "reply_lost" if ending == "unknown" else "refuse"
        world.fault(kind, "6101", **({"ending": "status"} if ending == "unknown" else {}))
    try:
        done = desk.documents.fetch_slip(paid.msgid)
    finally:
        world.gateway.unsent = False
    assert isinstance(done.outcome, kinds[ending]) and done.slip is None
    assert desk.documents.centre_slip(paid.msgid) == before
    assert desk.resolve.pending() == ()


def test_a_message_without_settlement_is_refused(desk):
    for ask in (desk.documents.fetch_slip, desk.documents.centre_slip):
        with pytest.raises(Refused):
            ask("NO-SUCH-MESSAGE")


def test_a_cancellation_leads_to_its_settlement(desk):
    visit = flows.settled(desk)
    paid = desk.visits.read(visit).settlement.msgid
    slip = desk.documents.fetch_slip(paid).slip
    undone = flows.do(desk, "cancel_settlement", visit).msgid
    assert desk.documents.centre_slip(undone) == slip
    assert isinstance(desk.documents.fetch_slip(undone).outcome, Rejected)
