"""The interface manual and the command: readable, complete, marked, and safe to open."""

from __future__ import annotations

import argparse
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.commands import profile as command
from core.protocol import wirexml
from core.protocol.examples import example_value
from core.protocol.loading import load_profile
from core.protocol.manual import count_fields, write_manual
from core.protocol.profile import Profile, walk
from core.protocol.wirejson import parse
from core.settings import Settings
from tests.helpers.wire import SETTINGS, shipped

LOCAL = """
[transactions.2207]
timeout = 4
[transactions.2201.request]
tel = { wire = "phone_no", required = true }
injury_date = { label = "受伤<日期>", source = "ask", length = 8 }
[transactions.2209.request.psn_no]
drop = true
"""
VOID = {"meta", "input", "br", "link"}


class Page(HTMLParser):
    """Checks that tags are closed, and collects ids, links and texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.texts: list[str] = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [value for key, value in attrs if key == "id" and value]
        self.links += [found["href"] or ""] if tag == "a" else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)


def manual(profile: Profile) -> str:
    return write_manual(profile, shipped(), Settings(), ManualClock().now())


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(manual(shipped()))


@pytest.fixture(scope="module")
def documents() -> Page:
    """The manual of the family that speaks XML."""
    profile = shipped("gd")
    return Page(write_manual(profile, profile, SETTINGS["gd"], ManualClock().now()))


@pytest.fixture
def local(tmp_path: Path) -> Path:
    path = tmp_path / "local.toml"
    path.write_text(LOCAL, "utf-8")
    return path


@pytest.mark.parametrize(("family", "name"), [("zjs", "page"), ("gd", "documents")])
def test_every_transaction_field_and_code_is_there(
    family: str, name: str, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(name)
    text = page.text
    for key, rule in shipped(family).transactions.items():
        assert f"t{key}" in page.ids
        assert rule.title in text
        for field in [*walk(rule.request), *walk(rule.reply)]:
            assert field.wire in text and field.label in text
    for codes in shipped(family).codes.values():
        assert all(word in text for word in codes.values.values())


@pytest.mark.parametrize("name", ["page", "documents"])
def test_every_link_leads_somewhere_on_the_page(name: str, request: pytest.FixtureRequest) -> None:
    page: Page = request.getfixturevalue(name)
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert all(link.startswith("#") for link in page.links)


def test_examples_of_documents_can_be_read(documents: Page) -> None:
    examples = [text for text in documents.texts if text.lstrip().startswith("<program>")]
    assert len(examples) == len(shipped("gd").transactions)
    read = [wirexml.parse(text) for text in examples]
    assert {item["function_id"] for item in read} == {
        rule.code for rule in shipped("gd").transactions.values()
    }
    assert "医疗总费用 akc264 = 个人自付 bka831 + 工伤保险支付 bka832" in documents.text


def test_the_page_stands_alone() -> None:
    html = manual(shipped())
    assert "http" not in html
    assert not re.search(r"<(link|img|script src)", html)


def test_origins_conditions_and_deadlines_are_said(page: Page) -> None:
    for words in (
        "实见",
        "推断",
        "拟定",
        "必填",
        "60 秒",
        "「医疗类别」为 21、22、23 时必填",
        "9103 费用明细",
    ):
        assert words in page.text
    assert "随附协议，未叠加" in page.text


def test_the_examples_are_messages_of_the_codec(page: Page) -> None:
    examples = [parse(text) for text in page.texts if text.lstrip().startswith('{\n  "infno"')]
    assert [item["infno"] for item in examples] == [
        rule.code
        for group in ("sign_on", "business", "query", "reconcile")
        for rule in shipped().transactions.values()
        if rule.group == group
    ]
    settle = next(item for item in examples if item["infno"] == "2207")
    assert list(settle["input"]) == list(shipped().transactions["2207"].request)


def test_what_a_local_profile_changed_is_marked(local: Path) -> None:
    html = manual(load_profile("zjs", local))
    page = Page(html)
    for words in (
        "已叠加本院协议文件",
        "phone_no",
        "原名",
        "新增",
        "已改",
        "本院去掉",
        "4 秒",
        "界面填写",
    ):
        assert words in page.text
    assert html.count("本院已改") == 3


def test_labels_are_escaped(local: Path) -> None:
    html = manual(load_profile("zjs", local))
    assert "受伤&lt;日期&gt;" in html
    assert "受伤<日期>" not in html


def test_a_manual_of_another_shape(tmp_path: Path) -> None:
    path = tmp_path / "local.toml"
    path.write_text(
        "[message]\nescape = true\n[capabilities]\nreversal_is_remembered = false\n"
        "[envelope]\nsign_in_expired = []\n"
        "[transactions.2301]\nstep = 'referral'\ntitle = '转诊'\nclass = 'business'\n"
        "effect = 'writes'\ntimeout = 9\n"
        "[transactions.1107.request.dscg_summary]\nwhen = {field = 'valid', not_in = ['0']}\n",
        "utf-8",
    )
    page = Page(manual(load_profile("zjs", path)))
    for words in ("转诊", "不记住冲正", "不为 0 时必填", "无，节点为空对象"):
        assert words in page.text


def test_examples_fit_their_fields() -> None:
    for rule in shipped().transactions.values():
        for field in walk(rule.request):
            assert example_value(field, shipped().codes) not in (None, "", [])


def test_count() -> None:
    assert count_fields(shipped()) > 300


# -- the command


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(words))


def test_check_says_that_all_is_well(local: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", str(local)) == 0
    assert "没有发现问题" in capsys.readouterr().out


def test_check_prints_every_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.toml"
    path.write_text("[transactions.2207]\ntimout = 4\n[resolve]\nquiet = -1\n", "utf-8")
    assert run("check", str(path)) == 2
    found = capsys.readouterr()
    assert len(found.out.splitlines()) == 2
    assert f"{path} · [transactions.2207] · timout：不认识的键。是否想写「timeout」？" in found.out
    assert "2 处错误" in found.err


def test_check_as_json(tmp_path: Path, local: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.toml"
    path.write_text("timeout = 4\n", "utf-8")
    assert run("check", str(path), "--json") == 2
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["file"], found["table"], found["key"]) == (str(path), "", "timeout")
    assert run("check", str(local), "--json") == 0
    assert json.loads(capsys.readouterr().out) == []


def test_check_of_a_missing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", str(tmp_path / "none.toml")) == 2
    assert "找不到" in capsys.readouterr().out


def test_manual_is_written(tmp_path: Path, local: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "deep" / "manual.html"
    assert run("manual", "--out", str(out), "--profile", str(local)) == 0
    assert str(out) in capsys.readouterr().out
    assert "phone_no" in out.read_text("utf-8")


def test_manual_of_a_home(tmp_path: Path, local: Path) -> None:
    (tmp_path / "settings.toml").write_text('[centre]\nprofile = "local.toml"\n', "utf-8")
    out = tmp_path / "manual.html"
    assert run("manual", "--out", str(out), "--home", str(tmp_path)) == 0
    assert "phone_no" in out.read_text("utf-8")


def test_manual_of_a_faulty_profile_is_not_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("x = 1\n", "utf-8")
    out = tmp_path / "manual.html"
    assert run("manual", "--out", str(out), "--profile", str(bad)) == 2
    assert not out.exists()
    assert "bad.toml" in capsys.readouterr().err


def test_manual_into_an_impossible_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert run("manual", "--out", str(tmp_path / "file" / "manual.html")) == 2
    assert "无法写入" in capsys.readouterr().err


def test_a_bad_home_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "settings.toml").write_text("[centre]\nfamly = 1\n", "utf-8")
    assert run("manual", "--out", str(tmp_path / "m.html"), "--home", str(tmp_path)) == 2
    assert "centre.famly" in capsys.readouterr().err
