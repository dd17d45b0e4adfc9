"""The bar and card of a program's request, the API's page, and a named visit: each by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from core.domain import Amounts, Operator, Registration, Role
from core.domain.errand import Errand, ErrandAnswer, ErrandState, Wish
from core.errors import Refused, fault
from core.events import ErrandChanged
from core.service.callers import Callers
from core.service.consent import Asked
from core.settings import save_settings
from gui.operation import Operation
from gui.screens.connect.api_page import ApiPage
from gui.screens.connect.pages import pages
from gui.shell import calling
from gui.shell.consent import Consent
from gui.widgets.keys import PageKeys
from tests.helpers.fake_desk import carry_out

AMOUNTS = Amounts(total=30000, fund=20000, personal=10000)


class Host(QWidget):
    """A frame, or a screen: what lies under the things tested here."""

    name = "window"

    def __init__(self, context: Any) -> None:
        super().__init__()
        self.context, self.said = context, []
        self.keys = PageKeys(self, context.actions)
        self.page: Any = None

    def tell(self, message: Any) -> None:
        self.said.append(message)

    def run(self, work: Any) -> bool:
        carry_out(work)
        return True

    def refresh(self) -> None:
        if self.page is not None:
            self.page.render()

    def hush(self) -> None:
        self.said.clear()


@pytest.fixture
def host(context: Any, qtbot: Any) -> Host:
    made = Host(context)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


# -- consent


class Consents:
    """Requests that the test puts there."""

    def __init__(self) -> None:
        self.rows: tuple[Asked, ...] = ()
        self.words: list[tuple[int, bool, str]] = []
        self.gone = False

    def waiting(self) -> tuple[Asked, ...]:
        return self.rows

    def answer(self, number: int, accepted: bool, by: Operator) -> None:
        if self.gone:
            raise Refused(fault("consent.gone"))
        self.words.append((number, accepted, by.name))
        self.rows = tuple(row for row in self.rows if row.number != number)


@pytest.fixture
def consent(host: Host) -> Iterator[Consent]:
    desk, consents = host.context.desk, Consents()
    desk.session.take_over(Operator(id="1", name="收费员", role=Role.CASHIER))
    told = SimpleNamespace(errand=None)
    errands = SimpleNamespace(consents=consents, told=lambda number: told.errand)
    desk.outside = SimpleNamespace(errands=errands, told=told)
    made = Consent(host, host.keys)
    made.bar.setParent(host)
    yield made
    made.stop()


def asked(host: Host, number: int = 1, step: str = "settle", **more: Any) -> Asked:
    until = host.context.desk.clock.now() + timedelta(seconds=95)
    values = {"reason": "", "amounts": AMOUNTS, **more}
    return Asked(number, "门诊系统", step, f"MZ{number}", "某甲", until=until, **values)


def consents_of(host: Host) -> Consents:
    found: Consents = host.context.desk.outside.errands.consents
    return found


def test_nobody_asks_and_nothing_is_shown(host: Host, consent: Consent) -> None:
    assert not consent.bar.isVisible()
    host.keys.trigger("consent")
    assert not consent.card.isVisible()


def test_the_bar_says_who_asks_what_and_how_long(host: Host, consent: Consent) -> None:
    consents_of(host).rows = (asked(host), asked(host, 2))
    consent.refresh()
    text = consent.bar.text.whole()
    assert all(part in text for part in ("门诊系统", "某甲", "MZ1", "100.00", "2"))
    assert "1:35" in consent.bar.left.text()
    host.context.desk.clock.advance(60)
    consent.refresh()
    assert "0:35" in consent.bar.left.text()
    consents_of(host).rows = ()
    consent.refresh()
    assert not consent.bar.isVisible()


def test_the_key_of_settling_agrees_once(host: Host, consent: Consent) -> None:
    pressed: list[str] = []
    host.keys.bind("settle", lambda: pressed.append("page"))
    consents_of(host).rows = (asked(host), asked(host, 2))
    consent.look()
    assert consent.card.isVisible() and "某甲" in consent.card.accessibleName()
    QTest.keyClick(consent.card, Qt.Key.Key_F2)
    assert consents_of(host).words == [(1, True, "收费员")] and pressed == []
    assert not consent.card.isVisible() and consent.bar.isVisible()


def test_no_and_later(host: Host, consent: Consent) -> None:
    consents_of(host).rows = (asked(host, step="cancel_settlement", reason="退费", amounts=None),)
    consent.look()
    assert "退费" in consent.card._reason.text() and consent.card._amounts["total"].text() == "–"
    consent.card.later.click()
    assert not consent.card.isVisible() and consents_of(host).words == []
    consent.look()
    consent.card.no.click()
    assert consents_of(host).words == [(1, False, "收费员")]


def test_a_request_that_is_gone_takes_its_card_with_it(host: Host, consent: Consent) -> None:
    consents_of(host).rows = (asked(host),)
    consent.look()
    consents_of(host).rows = (asked(host, 2),)
    consent.refresh()
    assert not consent.card.isVisible()
    consent.look()
    consents_of(host).gone = True
    consent.card.yes.click()
    assert [message.kind for message in host.said] == ["warning"]


@pytest.mark.parametrize(
    ("ending", "kind"),
    [("accepted", "done"), ("unknown", "unknown"), ("refused", "info"), ("rejected", "info"),
     ("not_sent", "info"), ("void", "info")],
)  # fmt: skip
def test_what_became_of_it_is_told(
    host: Host, consent: Consent, qtbot: Any, ending: Any, kind: str
) -> None:
    desk = host.context.desk
    wish = Wish(step="settle", visit_no="MZ1", amounts=AMOUNTS)
    answer = ErrandAnswer(ending=ending, msgid="M1", text="因为")
    desk.outside.told.errand = Errand(
        number=1, caller="门诊系统", key="k", wish=wish, state=ErrandState.ENDED,
        at=desk.clock.now(), answer=answer,
    )  # fmt: skip
    desk.events.announce(ErrandChanged(1, "MZ1", "ended"))
    qtbot.waitUntil(lambda: bool(host.said), timeout=30_000)
    message = host.said[0]
    assert message.kind == kind and "MZ1" in message.text and message.msgid == "M1"
    assert message.leads == (("outpatient", "MZ1") if ending == "accepted" else ("", ""))


# -- the API's page


@pytest.fixture
def page(host: Host, tmp_path: Path) -> ApiPage:
    desk = host.context.desk
    save = lambda table: save_settings(tmp_path, {"api": dict(table)}).api  # noqa: E731
    desk.outside = SimpleNamespace(callers=Callers(tmp_path), save=save)
    desk.api = SimpleNamespace(address="", trouble="", test=tuple)
    spec = next(one for one in pages() if one.name == "api")
    host.page = made = ApiPage(host, spec)
    made.setParent(host)
    made.show()
    return made


def test_a_token_is_made_shown_copied_and_gone(page: ApiPage, host: Host) -> None:
    assert page.nobody.isVisible() and not page.token_row.isVisible()
    page.name.setText("门诊医生站")
    page.admit_button.click()
    token = page.token.text()
    assert page.token_row.isVisible() and token in page.example.toPlainText()
    page.token_row.findChildren(QPushButton)[0].click()
    assert QGuiApplication.clipboard().text() == token
    page.entered()
    page.render()
    assert not page.token_row.isVisible() and token not in page.example.toPlainText()
    assert [page.list.item(0).text()] == ["门诊医生站"]
    page.name.setText("门诊医生站")
    page.admit_button.click()
    assert page.question.isVisible()  # the old one dies: asked first
    page.question.yes.click()
    assert page.token.text() != token
    assert not page.revoke_button.isEnabled()
    page.list.setCurrentRow(0)
    page.revoke_button.click()
    page.question.yes.click()
    assert page.nobody.isVisible() and host.said[-1].kind == "info"


def test_settings_of_the_page(page: ApiPage, host: Host) -> None:
    assert page.why_not("connect_preview") and page.why_not("connect_save") is None
    page.form.set_values({**page.form.values(), "port": "80"})
    page.save()
    assert host.said[-1].kind == "warning"
    page.form.set_values({**page.form.values(), "port": "18500", "enabled": "1"})
    page.save()
    assert page.presenter.state() == "restart" and page.state.property("role") == "amber"
    page.test()
    assert page.presenter.tested == ()


# -- a visit that the hospital's system names


def test_a_named_visit_goes_where_it_belongs(host: Host, qtbot: Any) -> None:
    desk, went = host.context.desk, []
    stays = {"ZY1"}

    def head(number: str) -> Any:
        if number == "AWAY":
            raise Refused(fault("visits.empty"))
        known = Registration(visit_no=number, inpatient_no="1" if number in stays else "")
        return SimpleNamespace(registration=known)

    desk.visits = SimpleNamespace(head=head)
    current = SimpleNamespace(keys=SimpleNamespace(locked=lambda: False), tell=host.tell)
    host.specs = [SimpleNamespace(name="outpatient"), SimpleNamespace(name="inpatient")]
    host.pages = SimpleNamespace(current=lambda: current)
    host.navigate = lambda screen, number: went.append((screen, number))
    for number in ("MZ1", "ZY1", "AWAY"):
        calling.show(host, number, "outpatient")
        qtbot.waitUntil(Operation.none_left, timeout=30_000)
    assert went == [("outpatient", "MZ1"), ("inpatient", "ZY1"), ("outpatient", "AWAY")]
    current.keys.locked = lambda: True
    calling.show(host, "MZ2", "outpatient")
    qtbot.waitUntil(Operation.none_left, timeout=30_000)
    assert len(went) == 3 and host.said[-1].leads == ("outpatient", "MZ2")
