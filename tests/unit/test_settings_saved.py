"""Settings at their edges: what saving leaves when it fails, and every limit of centre and card."""

from __future__ import annotations

import os

import pytest
from pydantic import ValidationError

from core import settings as module
from core.centre_settings import INVENTED, MIB, CardSettings, CentreSettings
from core.errors import SetupError
from core.settings import Settings, load_settings, save_settings, settings_file

WHOLE = {"family": "gd", "url": "https://10.9.9.9/api", "institution": "H1", "user": "u1"}


def write(home, text):
    settings_file(home).write_text(text, "utf-8")


def wrong(kind, **given):
    """Which fields of a table are wrong."""
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(given)
    return [".".join(map(str, item["loc"])) for item in caught.value.errors()]


# -- saving


@pytest.mark.parametrize("text", [b"[desk\n", b"a = 1\na = 2\n", b"\xff\xfe\x00["])
def test_a_file_that_cannot_be_read_is_neither_changed_nor_lost(tmp_path, text):
    settings_file(tmp_path).write_bytes(text)
    with pytest.raises(SetupError, match=r"settings\.toml"):
        save_settings(tmp_path, {"desk": {"number": 2}})
    assert settings_file(tmp_path).read_bytes() == text


def test_a_disk_that_fails_leaves_the_old_settings(tmp_path, monkeypatch):
    save_settings(tmp_path, {"centre": {"library": "x.dll"}})
    before = settings_file(tmp_path).read_bytes()

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "fsync", full)
    with pytest.raises(SetupError, match="No space left"):
        save_settings(tmp_path, {"desk": {"number": 2}})
    assert settings_file(tmp_path).read_bytes() == before
    assert not load_settings(tmp_path).training


def test_the_new_file_is_on_the_disk_before_it_counts(tmp_path, monkeypatch):
    """An empty file in its place would be a desk in training."""
    save_settings(tmp_path, {"centre": {"library": "x.dll"}})
    seen, real = [], os.fsync

    def looks(handle):
        seen.append(load_settings(tmp_path).desk.number)
        seen.append(os.fstat(handle).st_size > 0)
        real(handle)

    monkeypatch.setattr(module.os, "fsync", looks)
    save_settings(tmp_path, {"desk": {"number": 7}})
    assert seen == [1, True] and load_settings(tmp_path).desk.number == 7


def test_what_a_dead_process_left_half_written_is_no_trouble(tmp_path):
    settings_file(tmp_path).with_suffix(".new").write_text("[desk", "utf-8")
    save_settings(tmp_path, {"desk": {"number": 2}})
    assert load_settings(tmp_path).desk.number == 2
    assert [path.name for path in tmp_path.iterdir()] == ["settings.toml"]


def test_a_home_that_is_a_file_is_a_sentence(tmp_path):
    (tmp_path / "home").write_text("x")
    with pytest.raises(SetupError, match="home"):
        save_settings(tmp_path / "home", {"desk": {"number": 2}})


def test_a_wrong_value_is_repaired_by_saving_the_right_one(tmp_path):
    write(tmp_path, "[desk]\nnumber = 99\n")
    with pytest.raises(SetupError):
        load_settings(tmp_path)
    assert save_settings(tmp_path, {"desk": {"number": 3}}) == load_settings(tmp_path)


def test_nothing_takes_a_key_out_and_one_that_is_not_there_may_go_too(tmp_path):
    write(tmp_path, '[keys]\nsettle = "F5" # ours\nprint = "F6"\n')
    save_settings(tmp_path, {"keys": {"settle": None, "upload": None}})
    assert load_settings(tmp_path).keys == {"print": "F6"}
    save_settings(tmp_path, {"keys": {"print": None}})
    assert load_settings(tmp_path).keys == {}


def test_a_table_in_a_table_is_changed_key_by_key(tmp_path):
    save_settings(tmp_path, {"api": {"callers": {"his": "a" * 64}}})
    save_settings(tmp_path, {"api": {"callers": {"lis": "b" * 64}, "port": 18322}})
    assert set(load_settings(tmp_path).api.callers) == {"his", "lis"}
    save_settings(tmp_path, {"api": {"callers": {"his": None}}})
    found = load_settings(tmp_path).api
    assert set(found.callers) == {"lis"} and found.port == 18322


def test_a_file_of_windows_is_read_and_saved(tmp_path):
    settings_file(tmp_path).write_bytes(b"\xef\xbb\xbf[desk]\r\nnumber = 3\r\n")
    assert load_settings(tmp_path).desk.number == 3
    save_settings(tmp_path, {"hospital": {"name": "某医院"}})
    found = load_settings(tmp_path)
    assert (found.desk.number, found.hospital.name) == (3, "某医院")


def test_saving_nothing_changes_nothing(tmp_path):
    write(tmp_path, "# ours\n[desk]\nnumber = 3\n")
    save_settings(tmp_path, {})
    assert settings_file(tmp_path).read_text("utf-8") == "# ours\n[desk]\nnumber = 3\n"


# -- the way to the centre


def test_a_whole_address_is_a_real_centre_and_the_simulated_one_has_invented_names():
    assert not CentreSettings.model_validate(WHOLE).simulated
    training = CentreSettings(family="gd")
    assert training.simulated and training.user == INVENTED["user"]
    assert CentreSettings(family="gd", library="x.dll").simulated, "a library is not its way"
    assert not CentreSettings(library="x.dll").simulated


def test_an_encoding_that_is_written_goes_before_the_familys():
    assert CentreSettings.model_validate({"family": "gd"}).encoding == "utf-8"
    assert CentreSettings.model_validate({"family": "gd", "encoding": "gbk"}).encoding == "gbk"
    assert CentreSettings().encoding == "gbk"


@pytest.mark.parametrize(
    "url",
    ["https://h", "http://10.9.9.9:8080/a/b.action", "https://[::1]:8443/x", "http://h/a@b"],
)
def test_addresses_that_may_be_written(url):
    assert CentreSettings.model_validate({**WHOLE, "url": url}).url == url


@pytest.mark.parametrize(
    "url",
    [
        "ftp://h/x", "https://", "https://u:p@h/x", "https://h/x?a=1", "https://h/x#y",
        "https://h/a b", "https://h\n/x", "HTTPS", f"https://h/{'x' * 300}",
    ],
)  # fmt: skip
def test_addresses_that_may_not(url):
    assert wrong(CentreSettings, **{**WHOLE, "url": url}) == ["url"]


@pytest.mark.parametrize("missing", ["institution", "user"])
def test_nobody_signs_in_at_a_real_centre_under_an_invented_name(missing):
    given = {key: value for key, value in WHOLE.items() if key != missing}
    with pytest.raises(ValidationError, match=f"centre.{missing}"):
        CentreSettings.model_validate(given)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("output_size", MIB - 1), ("output_size", 64 * MIB + 1), ("init_timeout", 0),
        ("init_timeout", 301), ("library_sha256", "g" * 64), ("library_sha256", "a" * 63),
        ("institution", ""), ("institution", "x" * 21), ("user", "x" * 41),
        ("relay_namespace", "x" * 201), ("ca", "x" * 301), ("content_type", "text"),
        ("content_type", "text/xml\nX: y"), ("strange", 1),
    ],
)  # fmt: skip
def test_limits_of_the_centres_table(field, value):
    assert wrong(CentreSettings, **{field: value}) == [field]


def test_the_usual_names_of_the_functions_stay_known_beside_chosen_ones():
    entries = CentreSettings(init="Init2", function="Busi2").entries
    assert (entries["init"], entries["function"]) == ("Init2", "Busi2")
    assert entries["usual"] == {"init": "Si_INIT", "function": "Si_Busi"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("timeout", 0), ("timeout", 301), ("read", ""), ("debit", "x" * 61), ("function", "x")],
)
def test_limits_of_the_cards_table(field, value):
    assert wrong(CardSettings, **{field: value}) == [field]


def test_card_and_centre_print_into_files_of_their_own():
    assert CardSettings.log != CentreSettings.log and CardSettings.words != CentreSettings.words
    assert CardSettings(read="R", debit="D").entries == {"texts": {"R": 0, "D": 2}}
    assert (CardSettings().convention, CentreSettings().convention) == ("stdcall", "cdecl")


def test_settings_cannot_be_changed_in_use():
    found = Settings()
    with pytest.raises(ValidationError):
        found.centre.url = "https://h"
    with pytest.raises(ValidationError):
        found.desk = found.desk
