"""The forms of printed papers: a shipped table for each, the hospital's own laid over it. Qt-free.

A hospital lays its own file (in the home folder, named as the shipped one) over the shipped forms:
a table for each paper, with just the keys that differ.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, ValidationError

from core.domain.base import Model
from core.errors import SetupError, fault


class PaperForm(Model):
    """What every form of ``resources/print`` has: millimetres, and points for ``size``."""

    width: float = Field(ge=50, le=450)
    height: float = Field(ge=0, le=600)
    margin: float = Field(ge=0, le=40)
    size: float = Field(ge=5, le=20)
    row: float = Field(ge=2, le=40)
    pad: float = Field(ge=0, le=10)
    code: float = Field(ge=8, le=50)
    head: tuple[tuple[str, ...], ...] = Field(max_length=40)


Laid = TypeVar("Laid", bound=PaperForm)


@cache
def shipped(file: str) -> dict[str, dict[str, Any]]:
    """The tables of a shipped file by the name of the paper."""
    text = (resources.files("resources") / "print" / file).read_text("utf-8")
    return tomllib.loads(text)


def laid_over(form: type[Laid], file: str, home: Path | None) -> dict[str, Laid]:
    """Every form by the name of its paper, the hospital's own keys laid over the shipped ones.

    Raises ``SetupError`` naming file, paper and key of whatever is wrong in ``home / file``.
    """
    path = home / file if home else Path(file)
    local = _local(path) if home and path.exists() else {}
    papers = shipped(file)
    unknown = [name for name in local if name not in papers or not _is_table(local[name])]
    if unknown:
        names = " · ".join(papers)
        raise SetupError(fault("slip.no_paper", path=path, paper=unknown[0], names=names))
    return {paper: _form(form, path, paper, local.get(paper, {})) for paper in papers}


def _local(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SetupError(fault("slip.unreadable_form", path=path, error=error)) from error


def _form(form: type[Laid], path: Path, paper: str, local: dict[str, Any]) -> Laid:
    known = shipped(path.name)[paper]
    laid = {key: _over(known.get(key), value) for key, value in local.items()}
    try:
        return form.model_validate(known | laid)
    except ValidationError as error:
        raise SetupError([_explain(path, paper, item) for item in error.errors()]) from error


def _over(known: Any, own: Any) -> Any:
    """A table within a form is laid over key by key too."""
    return known | own if _is_table(known) and _is_table(own) else own


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def _explain(path: Path, paper: str, item: Any) -> Any:
    where = ".".join(str(part) for part in (paper, *item["loc"]))
    said = item["msg"].removeprefix("Value error, ")
    return fault("slip.bad_form", path=path, where=where, error=said)
