"""Settings: absent means training, a mistake is a sentence, saving keeps comments."""

import pytest

from core.errors import SetupError
from core.settings import Settings, default_home, load_settings, save_settings, settings_file


def write(home, text):
    settings_file(home).write_text(text, "utf-8")
    return home


def test_a_home_without_settings_is_training(tmp_path):
    assert load_settings(tmp_path) == Settings()
    assert load_settings(tmp_path).training


def test_a_library_ends_training(tmp_path):
    home = write(tmp_path, '[centre]\nlibrary = "C:/ZJS/ZJSInterface.dll"\n[desk]\nnumber = 3\n')
    found = load_settings(home)
    assert not found.training
    assert found.desk.number == 3


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('[centre]\nlibary = "x"\n', "centre.libary"),
        ("[desk]\nnumber = 12\n", "desk.number"),
        ('[hospital]\ncode = "short"\n', "hospital.code"),
        ('[centre]\nlibrary_sha256 = "abc"\n', "centre.library_sha256"),
        ('[centre]\nconvention = "fastcall"\n', "centre.convention"),
        ("[extra]\nx = 1\n", "extra"),
    ],
)
def test_a_mistake_names_table_and_key(tmp_path, text, where):
    with pytest.raises(SetupError, match=where) as caught:
        load_settings(write(tmp_path, text))
    assert caught.value.faults[0].field == where


def test_all_mistakes_are_told_at_once(tmp_path):
    with pytest.raises(SetupError) as caught:
        load_settings(write(tmp_path, "[desk]\nnumber = 12\nlock_minutes = 0\n"))
    assert len(caught.value.faults) == 2


def test_a_file_that_is_no_toml_is_a_sentence(tmp_path):
    with pytest.raises(SetupError, match=r"settings\.toml"):
        load_settings(write(tmp_path, "[centre\n"))


def test_saving_keeps_comments_and_checks_first(tmp_path):
    home = write(tmp_path, "# ours\n[desk]\nnumber = 3  # window three\n")
    found = save_settings(home, {"desk": {"number": 4}, "hospital": {"name": "西山示例医院"}})
    text = settings_file(home).read_text("utf-8")
    assert found.desk.number == 4 and found.hospital.name == "西山示例医院"
    assert "# ours" in text and "# window three" in text
    with pytest.raises(SetupError):
        save_settings(home, {"desk": {"number": 40}})
    assert settings_file(home).read_text("utf-8") == text


def test_saving_makes_the_home(tmp_path):
    home = tmp_path / "new" / "home"
    save_settings(home, {"desk": {"number": 2}})
    assert load_settings(home).desk.number == 2


def test_the_default_home_is_the_platforms():
    assert default_home().name == "gsdesk"


# --- a centre behind an address -------------------------------------------------------------------

ADDRESS = '[centre]\nfamily = "gd"\nurl = "https://10.9.9.9:8080/hygeia_esb_sj/api/call.action"\n'


def test_a_family_without_an_address_is_training_in_its_own_encoding(tmp_path):
    found = load_settings(write(tmp_path, '[centre]\nfamily = "gd"\n'))
    assert found.training
    assert found.centre.encoding == "utf-8"


def test_an_address_with_institution_and_user_ends_training(tmp_path):
    found = load_settings(write(tmp_path, f'{ADDRESS}institution = "H1"\nuser = "u1"\n'))
    assert not found.training
    assert (found.centre.institution, found.centre.user) == ("H1", "u1")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ADDRESS, "centre.institution"),
        (f'{ADDRESS}institution = "H1"\n', "centre.user"),
        ('[centre]\nurl = "http://10.9.9.9/x"\n', "family = gd"),
        ('[centre]\nfamily = "gd"\nurl = "10.9.9.9:8080/x"\n', "http://"),
        ('[centre]\nfamily = "gd"\nurl = "http://u:p@10.9.9.9/x"\n', "用户名"),
        ('[centre]\ncontent_type = "xml\\r\\nX: y"\n', "centre.content_type"),
        ("[card]\ntimeout = 0\n", "card.timeout"),
    ],
)
def test_a_half_address_is_a_sentence(tmp_path, text, words):
    with pytest.raises(SetupError, match=words):
        load_settings(write(tmp_path, text))
