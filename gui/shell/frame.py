"""The desk's frame: rail, pages, strip, and the keys that work on every screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent, QStatusTipEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.domain.operator import Operator, Role
from core.words import say
from gui.messages import Message
from gui.operation import Operation
from gui.screens.registry import ScreenSpec, on_rail, rail_key, screens
from gui.shell.context import Context
from gui.shell.keytable import KeyTable
from gui.shell.pages import Pages
from gui.shell.status import Status
from gui.shell.vigil import Vigil
from gui.sweeper import Sweeper
from gui.theme import theme
from gui.widgets.keys import PageKeys
from gui.widgets.rail import Rail, RailItem
from gui.widgets.search_box import SearchBox
from gui.widgets.status_strip import StatusStrip

NARROW_BELOW = 1180


class Frame(QWidget):
    """What an operator works in; ``leave`` gives the desk to somebody else."""

    name = "window"

    def __init__(self, context: Context, operator: Operator, leave: Callable[[], None]) -> None:
        super().__init__()
        self.context, self._leave = context, leave
        desk = context.desk
        self.specs = on_rail(screens().values(), operator.role, desk.centre)
        self.rail = Rail(
            say("product.name"), desk.settings.hospital.name, training=desk.settings.training
        )
        self.strip = StatusStrip(say("strip.help", press=context.actions["keys"].key))
        self.pages = Pages(context, self._shown)
        self._lay_out()
        self._fill_rail(operator)
        self._bind()
        self.key_table = KeyTable(self)
        self._late: dict[str, Any] = {}
        self.status = Status(self, context, self.strip, self.rail)
        self.sweeper = Sweeper(desk, self)
        context.bridge.outbox_changed.connect(lambda _: self.sweeper.tell_hospital())
        self.vigil = Vigil(self)
        self.consent = self._programs()
        self._recover()

    def _programs(self) -> Any:
        """Where programs of the hospital may drive the desk, their requests lie above the page."""
        desk = self.context.desk
        if not desk.settings.api.enabled or desk.session.operator.role is Role.IT:
            return None
        from gui.shell.consent import Consent

        made = Consent(self, self.keys)
        self._column.insertWidget(0, made.bar)
        return made

    def _recover(self) -> None:
        """What a crash left behind is asked about before anything new: the lane is first come."""
        recover = self.context.desk.resolve.recover
        work = Operation(self, recover, name="recover").silent()
        work.on_finished(self.sweeper.start).run()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        column = self._column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.pages, 1)
        column.addWidget(self.strip)
        row.addLayout(column, 1)

    def _fill_rail(self, operator: Operator) -> None:
        self.rail.set_items(
            [
                RailItem(spec.name, spec.label, rail_key(place), spec.icon or spec.name, spec.foot)
                for place, spec in enumerate(self.specs)
            ]
        )
        number = self.context.desk.settings.desk.number
        self.rail.set_who(say("rail.who", name=operator.name, number=number))
        self.rail.asked.connect(self.navigate)
        self.context.navigate = self.navigate

    def _bind(self) -> None:
        self.keys = PageKeys(self, self.context.actions)
        self.keys.bind("keys", self.show_keys, always=True)
        self.keys.bind("lock", self.lock)
        self.keys.bind("leave", self.hand_over_desk)
        self.keys.bind("switch_search", self.switch_search)
        self.keys.bind("find_bill", lambda: self.navigate("history", "find"))
        if self.context.desk.settings.training:
            self.keys.bind("drills", self.show_drills)
        for place, spec in enumerate(self.specs):
            self._bind_screen(spec, rail_key(place))

    def _bind_screen(self, spec: ScreenSpec, key: str) -> None:
        action = QAction(spec.label, self)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(lambda: None if self.keys.locked() else self.navigate(spec.name))
        self.addAction(action)

    def stop(self) -> None:
        """Nothing is asked or counted any more: the frame goes away."""
        self.sweeper.stop()
        self.vigil.stop()
        self.status.stop()
        if self.consent is not None:
            self.consent.stop()

    def navigate(self, name: str, argument: Any = None) -> None:
        """Show a screen; one that this desk does not have is left alone."""
        spec = screens().get(name)
        if spec is not None and spec.fits(self.context.desk.centre):
            self.pages.show_page(name, argument)

    def _shown(self, name: str) -> None:
        self.rail.choose(name)
        self.strip.hint("")
        self.context.memory.keep(self.context.user(), "screen", name)

    def tell(self, message: Message) -> None:
        """A banner on the page that is shown."""
        page = self.pages.current()
        if page is not None:
            page.tell(message)

    def show_keys(self) -> None:
        """F1: the key table, or away with it."""
        if self.key_table.isVisible():
            self.key_table.close_overlay()
        elif not self.keys.locked():
            page = self.pages.current()
            self.key_table.show_keys(self.context.actions, page.name if page else "", self.specs)

    def lock(self) -> None:
        """Hide everything until the operator's password is typed."""
        if "lock" not in self._late:
            from gui.shell.lock import LockPanel

            self._late["lock"] = LockPanel(self, self.context, self._leave)
        if self.key_table.isVisible():
            self.key_table.close_overlay()
        self._late["lock"].lock()

    def hand_over_desk(self) -> None:
        """交班: sign out at the centre with every open case in somebody's hands."""
        if "leaving" not in self._late:
            from gui.shell.leaving import LeavePanel

            self._late["leaving"] = LeavePanel(self, self.context, self._leave)
        self._late["leaving"].ask()

    def lock_panel(self) -> Any:
        """The lock panel, once there is one."""
        return self._late.get("lock")

    def switch_search(self) -> None:
        """F7: pinyin or wubi."""
        context = self.context
        context.search_mode = "wubi" if context.search_mode == "pinyin" else "pinyin"
        self.strip.hint(say(f"search.mode_{context.search_mode}"))
        focus = self.focusWidget()
        if isinstance(focus, SearchBox):
            focus.search_again()

    def show_drills(self) -> None:
        """故障演练: practise the bad days."""
        if "drills" not in self._late:
            from gui.shell.drills import DrillPanel

            self._late["drills"] = DrillPanel(self, self.context, self.tell)
        self._late["drills"].show_drills()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QStatusTipEvent):
            self.strip.hint(event.tip())
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self.rail.set_narrow(self.width() < theme.u(NARROW_BELOW))
