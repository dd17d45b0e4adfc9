"""Passwords live in the keyring, each under its home; one that fails is said in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError, PasswordSetError

from core.commands.main import main
from core.errors import SetupError
from core.secrets import LONGEST, GivenSecrets, KeyringSecrets, KnownSecrets


class InMemory(KeyringBackend):
    """A keyring without a system behind it."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if password == "refused":
            raise PasswordSetError("locked")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not there")


@pytest.fixture
def ring() -> Iterator[InMemory]:
    before, ring = keyring.get_keyring(), InMemory()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def test_a_secret_is_kept_for_one_home_only(ring: InMemory, tmp_path: Path) -> None:
    mine, other = KeyringSecrets(tmp_path / "a"), KeyringSecrets(tmp_path / "b")
    mine.keep("centre", "s3cret")
    assert mine.read("centre") == "s3cret"
    assert other.read("centre") == ""


def test_an_empty_secret_forgets(ring: InMemory, tmp_path: Path) -> None:
    secrets = KeyringSecrets(tmp_path)
    secrets.keep("centre", "")
    secrets.keep("centre", "s3cret")
    secrets.keep("centre", "")
    assert ring.kept == {}


def test_a_keyring_that_refuses_is_said_in_a_sentence(ring: InMemory, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="没有写入任何文件"):
        KeyringSecrets(tmp_path).keep("centre", "refused")
    with pytest.raises(SetupError, match=str(LONGEST)):
        KeyringSecrets(tmp_path).keep("centre", "x" * (LONGEST + 1))


def test_a_machine_without_keyring_says_so(tmp_path: Path) -> None:
    before = keyring.get_keyring()
    try:
        from keyring.backends.fail import Keyring

        keyring.set_keyring(Keyring())
        with pytest.raises(SetupError, match="钥匙串"):
            KeyringSecrets(tmp_path).read("centre")
    finally:
        keyring.set_keyring(before)


def test_given_secrets_stay_in_memory() -> None:
    secrets = GivenSecrets(centre="a")
    secrets.keep("centre", "b")
    assert (secrets.read("centre"), secrets.read("his")) == ("b", "")


# --- the command ----------------------------------------------------------------------------------


def test_the_command_keeps_and_forgets_without_showing(
    ring: InMemory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    home = ["--home", str(tmp_path), "secret"]
    monkeypatch.setattr("sys.stdin", StringIO("s3cret\n"))
    assert main([*home, "centre"]) == 0
    assert KeyringSecrets(tmp_path).read("centre") == "s3cret"
    assert main([*home, "centre", "--forget"]) == 0
    assert KeyringSecrets(tmp_path).read("centre") == ""
    monkeypatch.setattr("sys.stdin", StringIO(""))
    assert main(home) == 2
    found = capsys.readouterr()
    assert "s3cret" not in found.out + found.err
    assert "--forget" in found.err


def test_known_secrets_lie_over_the_kept_ones(ring: InMemory, tmp_path: Path) -> None:
    kept = KeyringSecrets(tmp_path)
    both = KnownSecrets(kept, centre="known")
    both.keep("centre", "other")
    both.keep("his", "mine")
    assert (both.read("centre"), both.read("his")) == ("known", "mine")
    assert (kept.read("centre"), kept.read("his")) == ("", "mine")
