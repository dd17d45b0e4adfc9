"""目录版本: the five lists, their versions, and what a version changed. Qt-free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from core.catalogue.entries import Difference, Entry, Version
from core.catalogue.kinds import LISTS, title
from core.errors import Fault, fault
from core.service.catalogue import may_change
from core.words import say
from gui.messages import Message
from gui.screens.work import Page, Presenter

PARTS = ("rows", "added", "changed", "gone")


@dataclass(frozen=True, slots=True)
class ListFace:
    """One list as the left table shows it; ``now`` the version in force."""

    name: str
    title: str
    now: Version | None
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class EntryFace:
    """One row of a version, or one difference; ``before`` where it was otherwise."""

    entry: Entry
    mark: str
    before: Entry | None = None

    @property
    def says(self) -> str:
        """What is different, field by field."""
        if self.before is None:
            return ""
        changed = [
            say("codes.screen.changed", label=say(f"codes.field.{name}"), before=old or "—",
                after=new or "—")
            for name, old, new in zip(Entry._fields, self.before, self.entry, strict=True)
            if old != new
        ]  # fmt: skip
        return "；".join(changed)


class ListsPresenter(Presenter):
    """``lists`` with their versions; ``number`` the version looked at, ``part`` what of it."""

    READS = "read_lists"

    def __init__(self, desk: Any, page: Page) -> None:
        super().__init__(desk, page)
        self.lists: tuple[ListFace, ...] = ()
        self.list, self.number, self.part = LISTS[0], 0, "rows"
        self.entries: tuple[Entry, ...] = ()
        self.change = Difference()
        self.read = False

    # reading

    def load(self) -> None:
        """Read the lists and their versions again."""
        self.reread(self._all, self._loaded)

    def _all(self) -> tuple[ListFace, ...]:
        return tuple(self._face(name) for name in LISTS)

    def _face(self, name: str) -> ListFace:
        versions = self.desk.catalogue.versions(name)
        today = self.desk.catalogue.today
        now = next((item for item in versions if item.valid_from <= today), None)
        return ListFace(name, title(name), now, versions)

    def _loaded(self, lists: tuple[ListFace, ...]) -> None:
        self.lists, self.read = lists, True
        numbers = [item.number for item in self.versions]
        if self.number not in numbers:
            self.number = numbers[0] if numbers else 0
        self.look()

    @property
    def face(self) -> ListFace | None:
        """The list looked at."""
        return next((face for face in self.lists if face.name == self.list), None)

    @property
    def versions(self) -> tuple[Version, ...]:
        """Its versions, newest first."""
        return self.face.versions if self.face else ()

    @property
    def version(self) -> Version | None:
        """The version looked at."""
        return next((item for item in self.versions if item.number == self.number), None)

    def choose(self, name: str) -> None:
        """Look at another list, at its newest version."""
        if name and name != self.list:
            self.list = name
            self.number = self.versions[0].number if self.versions else 0
            self._look_anew()

    def choose_version(self, number: int) -> None:
        """Look at another version."""
        if number and number != self.number:
            self.number = number
            self._look_anew()

    def _look_anew(self) -> None:
        self.entries, self.change = (), Difference()
        self.look()
        self.page.refresh()

    def look(self) -> None:
        """Read the rows and differences of the version behind the scenes."""
        name, number = self.list, self.number
        if number:
            self.aside(
                f"look_at_list {name} {number}", lambda: self._look(name, number), self._seen
            )

    def _look(self, name: str, number: int) -> tuple[Any, ...]:
        lists = self.desk.catalogue.lists
        return name, number, lists.entries(name, number), lists.difference(name, number)

    def _seen(self, found: tuple[Any, ...]) -> None:
        name, number, entries, change = found
        if (name, number) == (self.list, self.number):
            self.entries, self.change = entries, change
            self.page.refresh()

    def show(self, part: str) -> None:
        """All rows, or only what the version changed."""
        self.part = part
        self.page.refresh()

    # what may be done

    def why_not(self, action: str) -> Fault | None:
        """Why an action cannot be taken now."""
        if not may_change(self.desk.session.operator):
            return fault("codes.role")
        if action == "restore_version":
            if self.version is None:
                return fault("codes.screen.why.no_version")
            if self.versions and self.version.number == self.versions[0].number:
                return fault("codes.screen.why.newest")
        return None

    def blocked(self, action: str) -> bool:
        """Say why ``action`` cannot be taken; False when it can."""
        reason = self.why_not(action)
        if reason is not None:
            self.page.tell(Message("warning", reason.text, key="why"))
        return reason is not None

    def restore(self) -> None:
        """Bring the version looked at back as a new one, in force from today."""
        version, who = self.version, self.desk.session.operator
        if version is None or self.blocked("restore_version"):
            return
        day: date = max(self.desk.catalogue.today, self.versions[0].valid_from)
        call = self.desk.catalogue.restore
        self.start("take_list", lambda: call(version.list, version.number, day, who), self.taken,
                   lane="io")  # fmt: skip

    def taken(self, version: Version) -> None:
        """A new version stands: say so and look at it."""
        self.list, self.number, self.part = version.list, version.number, "rows"
        holes = {"list": title(version.list), "number": version.number, "rows": version.rows}
        self.tell("done", "codes.screen.done.taken", **holes)
        self.load()

    # faces

    def faces(self) -> tuple[EntryFace, ...]:
        """The rows of the part that is shown."""
        if self.part == "rows":
            return tuple(EntryFace(entry, "rows") for entry in self.entries)
        if self.part == "changed":
            return tuple(EntryFace(new, "changed", old) for old, new in self.change.changed)
        return tuple(EntryFace(entry, self.part) for entry in getattr(self.change, self.part))

    def counts(self) -> dict[str, int]:
        """How many rows each part has."""
        version = self.version
        return {part: getattr(version, part) if version else 0 for part in PARTS}

    def note(self) -> str:
        """Where the version comes from."""
        version = self.version
        if version is None:
            return ""
        said = say("codes.screen.version_note", author=version.author, source=version.source,
                   made=f"{version.made:%Y-%m-%d %H:%M}")  # fmt: skip
        back = version.restores
        return said + (say("codes.screen.restored", number=back) if back else "")
