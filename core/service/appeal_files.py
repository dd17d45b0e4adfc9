"""What may be attached to an appeal, and the texts to begin with, shipped or kept by this desk."""

from __future__ import annotations

import json
from pathlib import PureWindowsPath

from core.domain.deduction import Appeal, Attachment, Deduction
from core.errors import Fault, Refused, fault
from core.journal import Journal
from core.money import show
from core.service.appeal_rules import Template, filled, kind_of, kinds, shipped_templates
from core.settings import AppealSettings

KIB = 1024
LONGEST_NAME = 60  # letters; a field of 200 bytes carries them in any encoding
OWN = "appeal_templates"
MOST_OWN = 50
LONGEST_TEMPLATE = 2_000
LONGEST_LABEL = 30


def checked(appeal: Appeal, name: str, content: bytes, limits: AppealSettings) -> Attachment:
    """The attachment that ``content`` would be (without its digest).

    Raises ``Refused`` when there are too many, when it is empty or too large (bytes before
    encoding), or when its content is of no kind that may be attached.
    """
    bare = _bare(name)
    if len(appeal.attachments) >= limits.files:
        raise Refused(fault("appeals.files.many", "attachments", most=limits.files))
    if not content:
        raise Refused(fault("appeals.files.empty", "attachments", name=bare))
    kind = kind_of(content)
    if not kind:
        wanted = "、".join(kinds()).upper()
        raise Refused(fault("appeals.files.kind", "attachments", name=bare, kinds=wanted))
    _check_size(appeal, bare, len(content), limits)
    return Attachment(digest="", name=_named(bare, kind), kind=kind, size=len(content))


def _check_size(appeal: Appeal, name: str, size: int, limits: AppealSettings) -> None:
    if size > limits.file_kib * KIB:
        most = limits.file_kib
        holes = {"name": name, "size": kib(size), "most": most}
        raise Refused(fault("appeals.files.large", "attachments", **holes))
    whole = size + sum(one.size for one in appeal.attachments)
    if whole > limits.files_kib * KIB:
        holes = {"name": name, "size": kib(whole), "most": limits.files_kib}
        raise Refused(fault("appeals.files.whole", "attachments", **holes))


def kib(size: int) -> int:
    """Bytes as whole KiB, upwards."""
    return -(-size // KIB)


def _bare(name: str) -> str:
    """The file's name without folders of either system and without unprintable signs."""
    last = PureWindowsPath(name.replace("/", "\\")).name
    return "".join(sign for sign in last if sign.isprintable()).strip() or "1"


def _named(name: str, kind: str) -> str:
    """Short enough for the wire, ending in what the content is."""
    stem = PureWindowsPath(name).stem or name
    return f"{stem[: LONGEST_NAME - len(kind) - 1]}.{kind}"


def file_faults(journal: Journal, appeal: Appeal, limits: AppealSettings) -> tuple[Fault, ...]:
    """Attachments that are gone from the archive, or more than the settings allow by now."""
    found = [
        fault("appeals.files.gone", "attachments", name=one.name)
        for one in appeal.attachments
        if not journal.archive.holds(one.digest)
    ]
    if len(appeal.attachments) > limits.files:
        found.append(fault("appeals.files.many", "attachments", most=limits.files))
    return tuple(found)


class Templates:
    """Texts to begin with: the shipped ones and those this desk keeps."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def all(self) -> tuple[Template, ...]:
        """Shipped ones first; an own one of the same name stands in for the shipped one."""
        own = {one.name: one for one in self._own()}
        shipped = {one.name: one for one in shipped_templates()}
        return tuple({**shipped, **own}.values())

    def _own(self) -> tuple[Template, ...]:
        text = self._journal.ledger.recall(OWN)
        rows = json.loads(text) if text else []
        return tuple(Template(name, label, text, own=True) for name, label, text in rows)

    def fill(self, name: str, item: Deduction, line_name: str = "") -> str:
        """The template with the deduction's words in its holes; ``KeyError`` for a strange name."""
        template = {one.name: one for one in self.all()}[name]
        audited = f"{item.audited_at:%Y-%m-%d}" if item.audited_at else ""
        return filled(template.text, {
            "name": item.person_name, "visit": item.visit_no, "bill": item.bill_no,
            "line": item.line_id, "item": line_name or item.centre_code,
            "amount": show(item.amount), "deducted": show(item.deducted), "reason": item.reason,
            "audited": audited,
        })  # fmt: skip

    def keep(self, label: str, text: str) -> Template:
        """Keep a text under a label (the same label: instead of it); raises ``Refused``."""
        label = " ".join(label.split())[:LONGEST_LABEL]
        if not label or not text.strip():
            raise Refused(fault("appeals.template.empty", "label"))
        others = [one for one in self._own() if one.label != label]
        if len(others) >= MOST_OWN:
            raise Refused(fault("appeals.template.many", "label", most=MOST_OWN))
        made = Template(f"own:{label}", label, text[:LONGEST_TEMPLATE], own=True)
        self._write((*others, made))
        return made

    def drop(self, name: str) -> None:
        """Forget an own text; a shipped one stays."""
        self._write(tuple(one for one in self._own() if one.name != name))

    def _write(self, own: tuple[Template, ...]) -> None:
        rows = [(one.name, one.label, one.text) for one in own]
        with self._journal.commit():
            self._journal.ledger.remember(OWN, json.dumps(rows, ensure_ascii=False))
