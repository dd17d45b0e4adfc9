"""医院接口 in the real window: a letter that a person decides, a folder that is tried and saved."""

from __future__ import annotations

from core.errors import fault
from core.his.port import HospitalRefused
from core.settings import load_settings
from tests.helpers import flows
from tests.helpers.his import fee_line, rows_of, text_of
from tests.helpers.training import SUPERVISOR, at_the_desk, desk_of


def decide(cashier, key: str, reason: str) -> None:
    """Press the key, give the reason, agree."""
    cashier.act(key)
    question = cashier.page.page.question
    assert question.isVisible()
    cashier.press("Tab") if not question.reason.hasFocus() else None
    question.reason.setFocus()
    cashier.type(reason)
    cashier.tab_to(question.yes)
    cashier.press("Space")
    cashier.idle()


def watch_a_folder(cashier, view, home):
    """The way by files: set up, tried, looked at and saved."""
    view.show_page("folder")
    cashier.idle()
    assert not view.keys.action("outbox_again").isEnabled()
    folder = view.page
    cashier.act("connect_test")
    assert "文件夹" in folder.form.fields["path"].spec.label
    assert folder.form.fields["path"].fault()
    drop = home / "drop"
    (drop / "in").mkdir(parents=True)
    (drop / "in" / "lines.csv").write_text(text_of(rows_of([fee_line(1)])), "utf-8")
    folder.form.set_values({"path": "drop"})
    cashier.do("connect_test")
    assert folder.tests.count() == 3
    cashier.do("connect_preview")
    folder.lists._take("lines")
    assert folder._tables["lines"].isVisible()
    assert folder._tables["lines"].rows.rowCount() == 1
    folder.use.setChecked(True)
    cashier.do("connect_save")
    assert "下次启动" in folder.state.text()
    assert load_settings(home).his.use == ("folder",)
    assert [path.name for path in (drop / "in").iterdir()] == ["lines.csv"]


def test_letters_and_a_folder(tmp_path, qapp):
    home = tmp_path / "home"
    with at_the_desk(home, who=SUPERVISOR) as cashier:
        desk = desk_of(cashier)
        post = desk.hospital.post

        def refuse(told):
            raise HospitalRefused(fault("folder.gone", path="HIS"))

        desk.hospital.post = refuse
        visit = desk.lanes.centre(lambda: flows.settled(desk)).result(60)
        cashier.window.frame.navigate("connect")
        cashier.idle()
        view, strip = cashier.page, cashier.window.frame.strip
        page = view.page
        assert page.table.rows.rowCount() == 2 and page.presenter.headline().endswith(visit)
        cashier.wait(lambda: "回写失败 1" in strip.items["hospital"].text(), "the strip")
        desk.hospital.post = post
        decide(cashier, "outbox_by_hand", "已在医院系统补记")
        cashier.wait(lambda: desk.outbox.open() == (), "the second letter")
        cashier.wait(lambda: not page.presenter.letters, "the list")
        assert [one.step for one in desk.hospital.payments(visit)] == ["settle"]
        assert "待回写 0" in strip.items["hospital"].text()
        page.lists._take("closed")
        cashier.idle()
        assert page.table.rows.rowCount() == 2
        assert not view.keys.action("outbox_again").isEnabled()

        watch_a_folder(cashier, view, home)
