"""Mistakes in profile files: where they are, what is wrong, and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import Fault
from core.words import say

Path = tuple[str, ...]
LARGEST_VALUE = 60


@dataclass(frozen=True, slots=True)
class Layer:
    """One TOML file of a profile: its name as people know it, and what it says."""

    file: str
    tree: Mapping[str, Any]

    def depth(self, path: Path) -> int:
        """How many parts of ``path`` this file has itself."""
        node: Any = self.tree
        for count, part in enumerate(path):
            if not isinstance(node, Mapping) or part not in node:
                return count
            node = node[part]
        return len(path)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: ``file``, dotted ``table`` (empty: top), ``key`` and a Chinese sentence."""

    file: str
    table: str
    key: str
    says: str

    @property
    def line(self) -> str:
        """The whole sentence with file, table and key."""
        where = "in" if self.table else "at" if self.key else "of"
        holes = {"file": self.file, "table": self.table, "name": self.key, "says": self.says}
        return say(f"profile.mistake_{where}", **holes)

    def as_fault(self) -> Fault:
        """The mistake as a fault for ``SetupError``."""
        return Fault("profile.mistake", self.line, f"{self.table}.{self.key}".strip("."))


class Mistakes:
    """Collects mistakes over the layers of a profile, each once, and finds the file to name."""

    def __init__(self, layers: Iterable[Layer]) -> None:
        self.layers = tuple(layers)
        self._found: dict[Path, Mistake] = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def all(self) -> tuple[Mistake, ...]:
        """Every mistake, in the order found."""
        return tuple(self._found.values())

    def add(self, path: Path, key: str, /, **holes: object) -> Path:
        """Note the sentence ``profile.check.<key>`` for ``path``; returns the place named."""
        at = self._place(path)
        says = say(f"profile.check.{key}", **holes)
        mistake = Mistake(self._file(at), ".".join(at[:-1]), at[-1] if at else "", says)
        self._found.setdefault(at, mistake)
        return at

    def _place(self, path: Path) -> Path:
        """The element that gave a value, when the field's own row does not have it."""
        if self.knows(path) or len(path) < 2:
            return path
        element = ("elements", *path[-2:])
        return element if self.knows(element) else path

    def knows(self, path: Path) -> bool:
        """Whether any file has the key ``path`` itself."""
        return self._deepest(path) == len(path)

    def _deepest(self, path: Path) -> int:
        return max((layer.depth(path) for layer in self.layers), default=0)

    def _file(self, path: Path) -> str:
        best = max(reversed(self.layers), key=lambda layer: layer.depth(path), default=None)
        return best.file if best else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence with the nearest known word (swapped letters count once), or an empty text."""
    from rapidfuzz import process  # loaded late: a right profile needs none of it
    from rapidfuzz.distance import OSA

    most = max(1, len(word) // 2)
    found = process.extractOne(
        word, list(known), scorer=OSA.distance, processor=str.lower, score_cutoff=most
    )
    return say("profile.did_you_mean", word=found[0]) if found else ""


def listed(words: Iterable[str]) -> str:
    """Words with the Chinese list mark between them."""
    return say("profile.list_mark").join(words)


def shown(value: object) -> str:
    """A value short enough for a sentence."""
    text = str(value)
    return text if len(text) <= LARGEST_VALUE else f"{text[:LARGEST_VALUE]}…"
