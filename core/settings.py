"""Settings of one desk: ``settings.toml`` of the home folder, checked, with Chinese sentences.

Absent file, or a centre with neither library nor address, means training mode. Paths may be
relative to the home.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.centre_settings import CardSettings as CardSettings
from core.centre_settings import CentreSettings as CentreSettings
from core.errors import Fault, SetupError, fault
from core.files import write_whole
from core.his.sql.settings import SqlSettings
from core.home import default_home as default_home
from core.words import say

if TYPE_CHECKING:
    from tomlkit import TOMLDocument


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HospitalSettings(_Table):
    """``[hospital]``: code as the centre knows it, name as slips print it."""

    code: str = Field(default="H99000000001", min_length=12, max_length=12)
    name: str = Field(
        default_factory=lambda: say("settings.hospital"), min_length=1, max_length=100
    )


class DeskSettings(_Table):
    """``[desk]``: the desk's digit is part of every message id."""

    number: int = Field(default=1, ge=0, le=9)
    lock_minutes: int = Field(default=10, ge=1, le=120)


class PrinterSettings(_Table):
    """``[printer]``: empty name = PDF into the home's ``slips`` folder; offsets in millimetres."""

    name: str = ""
    paper: Literal["A4", "A5", "roll"] = "A5"
    offset_x: float = Field(default=0, ge=-50, le=50)
    offset_y: float = Field(default=0, ge=-50, le=50)


class LookSettings(_Table):
    """``[look]``: palette and size of the window."""

    palette: Literal["light", "dark", "contrast"] = "light"
    scale: int = Field(default=100, ge=80, le=250)


class AppealSettings(_Table):
    """``[appeals]``: warn so many days before the end; the days of appeal after an audit where the
    centre names none (0: no deadline); how many files, and how large, in KiB; who is called."""

    warn_days: int = Field(default=5, ge=0, le=60)
    days: int = Field(default=15, ge=0, le=365)
    files: int = Field(default=10, ge=0, le=20)
    file_kib: int = Field(default=400, ge=1, le=500)
    files_kib: int = Field(default=600, ge=1, le=700)
    phone: str = Field(default="", max_length=50)


class DayEndSettings(_Table):
    """``[dayend]``: above so many yuan a repair needs a second person; 0: always."""

    second_above: int = Field(default=500, ge=0, le=1_000_000)


class FolderSettings(_Table):
    """``[his.folder]``: where the hospital drops files and finds ours (relative to the home);
    what a file must not exceed; after how many quiet seconds a file counts as whole."""

    path: str = ""
    most_mib: int = Field(default=16, ge=1, le=64)
    most_rows: int = Field(default=50_000, ge=1, le=200_000)
    quiet_seconds: int = Field(default=3, ge=0, le=600)


class HisSettings(_Table):
    """``[his]``: the ways to the hospital's system that are open, the first asked first; each has
    a table of its own. ``in_training``: training mode reads from them and writes back, too.
    ``tries``: a write-back that failed so often waits for a person."""

    use: tuple[Literal["folder", "sql"], ...] = ()
    in_training: bool = False
    tries: int = Field(default=60, ge=1, le=1000)
    folder: FolderSettings = FolderSettings()
    sql: SqlSettings = SqlSettings()


class RecordSettings(_Table):
    """``[records]``: days from the settlement to the end of the upload (0: no deadline); how long a
    settled visit stays on the worklist."""

    days: int = Field(default=7, ge=0, le=365)
    shown_days: int = Field(default=62, ge=1, le=400)


class ApiSettings(_Table):
    """``[api]``: the local HTTP interface for the hospital's programs; off by default.

    ``callers``: SHA-256 of the token, in hex, by the caller's name. ``needs_cashier``: a settlement
    or its cancellation waits ``cashier_seconds`` for a cashier's consent in the window.
    ``webhook``: where results are sent besides (``http://…`` or ``https://…``), or empty.
    """

    enabled: bool = False
    port: int = Field(default=18321, ge=1024, le=65535)
    callers: dict[str, str] = {}
    needs_cashier: bool = True
    cashier_seconds: int = Field(default=180, ge=5, le=900)
    per_minute: int = Field(default=600, ge=10, le=60_000)
    body_kib: int = Field(default=1024, ge=16, le=8192)
    webhook: str = Field(default="", max_length=500, pattern=r"^(https?://[^\s]+)?$")


class Settings(_Table):
    """All of ``settings.toml``; ``keys`` maps an action's name to its key sequence."""

    centre: CentreSettings = CentreSettings()
    card: CardSettings = CardSettings()
    hospital: HospitalSettings = HospitalSettings()
    desk: DeskSettings = DeskSettings()
    printer: PrinterSettings = PrinterSettings()
    look: LookSettings = LookSettings()
    appeals: AppealSettings = AppealSettings()
    dayend: DayEndSettings = DayEndSettings()
    records: RecordSettings = RecordSettings()
    api: ApiSettings = ApiSettings()
    his: HisSettings = HisSettings()
    keys: dict[str, str] = {}

    @property
    def training(self) -> bool:
        """Neither library nor address: the simulated centre, badge and marked slips."""
        return self.centre.simulated


def settings_file(home: Path) -> Path:
    """Where a home keeps its settings."""
    return home / "settings.toml"


def load_settings(home: Path) -> Settings:
    """Read and check; raises ``SetupError`` naming table, key, value and remedy."""
    path = settings_file(home)
    if not path.exists():
        return Settings()
    try:
        table = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SetupError(fault("settings.unreadable", path=path, error=error)) from error
    try:
        return Settings.model_validate(table)
    except ValidationError as error:
        raise SetupError([explain(item) for item in error.errors()]) from error


def explain(item: Any) -> Fault:
    """What pydantic found wrong with a setting, as a sentence."""
    where = ".".join(str(part) for part in item["loc"])
    if item["type"] == "desk":
        return fault("settings.mistake", where, where=where, text=item["msg"])
    kind = "settings.unknown_key" if item["type"] == "extra_forbidden" else "settings.bad_value"
    return fault(kind, where, where=where, value=item.get("input", ""), error=item["msg"])


def save_settings(home: Path, changes: Mapping[str, Mapping[str, Any]]) -> Settings:
    """Write ``{table: {key: value}}`` over the file, keeping its comments; a value that is a
    mapping is a table within the table, and ``None`` takes a key out. Checked before written;
    raises ``SetupError``."""
    import tomlkit  # loaded late: the start needs none of it

    path = settings_file(home)
    document = _document(path)
    for table, values in changes.items():
        _merge(document.setdefault(table, tomlkit.table()), values)
    try:
        checked = Settings.model_validate(document.unwrap())
    except ValidationError as error:
        raise SetupError([explain(item) for item in error.errors()]) from error
    try:
        _put(path, tomlkit.dumps(document))
    except OSError as error:
        raise SetupError(fault("settings.unwritable", path=path, error=error)) from error
    return checked


def _document(path: Path) -> TOMLDocument:
    """The file as it can be changed; raises ``SetupError`` where it is none."""
    import tomlkit
    from tomlkit.exceptions import ParseError

    try:
        return tomlkit.parse(path.read_text("utf-8-sig")) if path.exists() else tomlkit.document()
    except (OSError, UnicodeDecodeError, ParseError) as error:
        raise SetupError(fault("settings.unreadable", path=path, error=error)) from error


def _put(path: Path, text: str) -> None:
    """Whole on the disk before it takes the old one's place: an empty file would mean training."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text.replace("\n", os.linesep).encode("utf-8"))


def _merge(table: Any, values: Mapping[str, Any]) -> None:
    """Values over a table; one that is a mapping over the table of its name, key by key."""
    import tomlkit

    for key, value in values.items():
        if value is None:
            table.pop(key, None)
        elif isinstance(value, Mapping):
            _merge(table.setdefault(key, tomlkit.table()), value)
        else:
            table[key] = list(value) if isinstance(value, tuple) else value
