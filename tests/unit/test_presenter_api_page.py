"""本机 HTTP 接口 on 医院接口: settings, tokens shown once, state and example."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.service.callers import Callers
from core.settings import load_settings, save_settings
from gui.screens.connect.api import ApiPresenter
from tests.helpers.fake_desk import FakePage


class Outside:
    """What the page uses of ``core.service.outside``."""

    def __init__(self, home: Path) -> None:
        self._home, self.callers = home, Callers(home)

    def save(self, table: Any) -> Any:
        return save_settings(self._home, {"api": dict(table)}).api


@pytest.fixture
def sat(tmp_path: Path) -> tuple[ApiPresenter, FakePage, Any]:
    desk = SimpleNamespace(
        settings=load_settings(tmp_path), outside=Outside(tmp_path),
        api=SimpleNamespace(address="", trouble="端口被占用", test=tuple),
    )  # fmt: skip
    page = FakePage()
    return ApiPresenter(desk, page), page, desk


def test_settings_are_saved_and_say_when_they_count(sat: Any, tmp_path: Path) -> None:
    presenter, page, desk = sat
    texts = presenter.texts()
    assert presenter.state() == "off" and texts["enabled"] == "0"
    presenter.save({**texts, "needs_cashier": "0"})
    assert presenter.state() == "off" and not load_settings(tmp_path).api.needs_cashier
    presenter.save({**texts, "enabled": "1", "port": "18400"})
    assert presenter.state() == "restart" and load_settings(tmp_path).api.port == 18400
    desk.settings = load_settings(tmp_path)
    assert presenter.state() == "failed" and "端口被占用" in presenter.state_text()
    desk.api.address = "http://127.0.0.1:18400"
    assert presenter.state() == "running" and "18400" in presenter.state_text()
    assert page.kinds[-1] == "done"


def test_what_is_wrong_stands_at_its_field(sat: Any, tmp_path: Path) -> None:
    presenter, page, _ = sat
    presenter.save({**presenter.texts(), "port": "80", "cashier_seconds": ""})
    assert {item.field for item in presenter.faults} == {"port", "cashier_seconds"}
    assert not (tmp_path / "settings.toml").exists() and page.kinds == ["warning"]
    presenter.save({**presenter.texts(), "webhook": "ftp://x"})
    assert page.kinds[-1] == "warning" and load_settings(tmp_path).api.webhook == ""


def test_a_token_is_shown_once(sat: Any) -> None:
    presenter, _, desk = sat
    presenter.admit(" his ")
    token = presenter.token
    assert desk.outside.callers.of(token) == "his" and presenter.callers == ("his",)
    assert token in presenter.example() and presenter.token_of == "his"
    presenter.forget()
    assert token not in presenter.example() and presenter.token == ""
    presenter.admit("his")
    assert desk.outside.callers.of(token) is None
    presenter.revoke("his")
    assert presenter.token == "" and presenter.callers == ()


def test_a_bad_name_is_refused_in_the_page(sat: Any) -> None:
    presenter, page, _ = sat
    presenter.admit("")
    assert page.kinds == ["warning"] and presenter.token == ""
