"""The evidence of a case and the support bundle: whole, masked, and told when they cannot be."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from core.commands.main import main
from core.errors import Refused, SetupError
from core.outcome import Unknown
from core.service import evidence_pack
from tests.helpers.flows import brought, do
from tests.helpers.inprocess import World


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> World:
    return World(tmp_path_factory.mktemp("evidence"))


@pytest.fixture(scope="module")
def desk(world):
    with world.desk() as desk:
        yield desk


@pytest.fixture(scope="module")
def lost(world, desk) -> str:
    """A settlement whose reply was lost, and looked for once; gives its message id."""
    visit_no = brought(desk, "settle")
    world.fault("reply_lost", "2207")
    world.fault("request_lost", "9103")
    result = do(desk, "settle", visit_no)
    assert isinstance(result.outcome, Unknown)
    desk.resolve.round()
    return result.msgid


def read(path: Path) -> dict[str, str]:
    with ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_a_case_holds_everything_a_hotline_asks_for(desk, lost) -> None:
    path = desk.evidence.case(lost)
    parts = read(path)
    assert path == desk.home / "exports" / f"{lost}.zip"
    assert set(parts) == {"case.txt", "case.json", "trace.jsonl", "versions.json", "manifest.json"}
    case = json.loads(parts["case.json"])
    assert case["transaction"]["msgid"] == lost and "facts" not in case["transaction"]
    assert [item["kind"] for item in case["entries"]][:2] == ["intent", "outcome"]
    assert "2207" in parts["case.txt"] and lost in parts["case.txt"]
    versions = json.loads(parts["versions.json"])
    assert versions["family"] == "zjs" and len(versions["profile_sha256"]) == 64


def test_nobody_is_named_in_it(desk, lost) -> None:
    person = desk.identify.last_person()
    for path in (desk.evidence.case(lost), desk.evidence.support()):
        text = "".join(read(path).values())
        assert person.name not in text and person.id_no not in text


def test_the_manifest_names_every_file_with_its_hash(desk, lost) -> None:
    parts = read(desk.evidence.case(lost))
    sums = json.loads(parts.pop("manifest.json"))["sha256"]
    assert sums == {name: hashlib.sha256(text.encode()).hexdigest() for name, text in parts.items()}


def test_a_strange_message_id_is_a_sentence(desk) -> None:
    with pytest.raises(Refused, match="H404"):
        desk.evidence.case("H404")


def test_a_place_that_cannot_be_written_is_a_sentence_and_leaves_nothing(desk, lost) -> None:
    blocked = desk.home / "file"
    blocked.write_bytes(b"")
    with pytest.raises(SetupError, match="写不进去"):
        desk.evidence.case(lost, blocked / "case.zip")
    assert not list(desk.home.glob("**/*.new"))


def test_the_support_bundle_shows_the_desk(desk, lost) -> None:
    (desk.home / "logs").mkdir(exist_ok=True)
    (desk.home / "logs" / "stalls.log").write_text("xx " + "11010119900307000X", "utf-8")
    parts = read(desk.evidence.support())
    assert {"selfcheck.json", "settings.json", "pending.json", "journal.json"} < set(parts)
    assert "1101**********000X" in parts["logs/stalls.log"]
    assert [row["msgid"] for row in json.loads(parts["pending.json"])] == [lost]
    assert json.loads(parts["journal.json"])["first_broken_entry"] is None
    assert len(json.loads(parts["selfcheck.json"])) > 5


def test_the_commands_write_both(tmp_path: Path, capsys) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    assert main(["--home", str(home), "support", "--out", str(out / "s.zip")]) == 0
    assert "s.zip" in capsys.readouterr().out and read(out / "s.zip")
    assert main(["--home", str(home), "case", "export", "H1", "--out", str(out / "c.zip")]) == 2
    assert "H1" in capsys.readouterr().err
    assert not (out / "c.zip").exists()


def test_a_long_log_is_cut_at_a_line_so_that_no_half_number_is_shown(desk, monkeypatch) -> None:
    monkeypatch.setattr(evidence_pack, "LARGEST_PART", 60)
    folder = desk.home / "logs"
    folder.mkdir(exist_ok=True)
    path = folder / "crash.log"
    numbers = "first 11010119900307000X\nlast 11010119900307000X\n"
    path.write_bytes(b"x" * 50 + numbers.encode())
    for size in range(22, 46, 3):
        monkeypatch.setattr(evidence_pack, "LARGEST_PART", size)
        text = read(desk.evidence.support())["logs/crash.log"]
        assert "0101199003" not in text and "19900307" not in text, size
    assert "last 1101**********000X" in text
    path.write_bytes(b"\xff\xfe one line, no end")
    assert "one line, no end" in read(desk.evidence.support())["logs/crash.log"]
    path.unlink()


def test_a_log_that_only_grows_while_it_is_read_stays_within_its_room(desk, monkeypatch) -> None:
    monkeypatch.setattr(evidence_pack, "LARGEST_PART", 100)
    path = desk.home / "logs" / "crash.log"
    path.parent.mkdir(exist_ok=True)
    path.write_text("a line of a log\n" * 100, "utf-8")
    assert len(read(desk.evidence.support())["logs/crash.log"]) <= 100
    path.unlink()


def test_both_files_take_the_place_of_older_ones(desk, lost, tmp_path) -> None:
    out = tmp_path / "new" / "case.zip"
    for _ in range(2):
        assert desk.evidence.case(lost, out) == out
        assert "case.txt" in read(out)
    assert [path.name for path in out.parent.iterdir()] == ["case.zip"]


def test_a_disk_that_is_full_at_the_last_moment_leaves_the_older_one(
    desk, lost, tmp_path, monkeypatch
) -> None:
    out = tmp_path / "case.zip"
    out.write_bytes(b"the older one")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(SetupError, match=r"case\.zip.*No space left"):
        desk.evidence.case(lost, out)
    assert [path.name for path in tmp_path.iterdir()] == ["case.zip"]
    assert out.read_bytes() == b"the older one"


def test_the_trace_holds_this_case_and_the_looks_for_it_only(desk, lost) -> None:
    parts = read(desk.evidence.case(lost))
    rows = [json.loads(line) for line in parts["trace.jsonl"].splitlines()]
    entries = json.loads(parts["case.json"])["entries"]
    known = {lost, *(item["msgid"] for item in entries)}
    assert {row["msgid"] for row in rows} <= known
    assert all(row["msgid"] for row in rows)


def test_versions_tell_two_desks_apart(desk, tmp_path) -> None:
    versions = desk.evidence.versions()
    assert versions["library_sha256"] == "" and versions["training"] == str(desk.settings.training)
    assert versions["pydantic"].count(".") >= 1
    library = tmp_path / "lib.so"
    library.write_bytes(b"\x7fELF")
    assert evidence_pack._hash_of(str(library)) == hashlib.sha256(b"\x7fELF").hexdigest()
    assert evidence_pack._hash_of(str(tmp_path)) == evidence_pack._hash_of("") == ""
    assert evidence_pack.version_of("no-such-package-of-ours") == ""
