"""Reading a profile: shipped files, the local one over them, and every mistake at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from core.errors import SetupError
from core.protocol.checking import check_kept, check_profile
from core.protocol.layering import Tree, lay, spell_out, take_additions, without
from core.protocol.mistakes import Layer, Mistake, Mistakes
from core.protocol.mistakes import Path as Where
from core.protocol.profile import Profile
from core.protocol.translating import explain
from core.words import say

LARGEST_FILE = 2 * 1024 * 1024
ROUNDS = 5


def load_profile(family: str, local_path: Path | None = None) -> Profile:
    """The shipped profile of ``family`` with the local file over it.

    Raises ``SetupError`` with one fault for every mistake, each naming file, table and key.
    """
    profile, mistakes = examine(family, local_path)
    if profile is None or mistakes:
        raise SetupError([mistake.as_fault() for mistake in mistakes])
    return profile


def examine(
    family: str, local_path: Path | None = None
) -> tuple[Profile | None, tuple[Mistake, ...]]:
    """The profile, if it could be built, and all mistakes found on the way."""
    shipped = _shipped(family)
    if not shipped:
        return None, (
            Mistake("settings.toml", "centre", "family", say("profile.no_family", family=family)),
        )
    local = _local(local_path)
    if isinstance(local, Mistake):
        return None, (local,)
    return _build(family, shipped, local)


def _build(
    family: str, shipped: tuple[Layer, ...], local: Layer | None
) -> tuple[Profile | None, tuple[Mistake, ...]]:
    mistakes = Mistakes([*shipped, *([local] if local else [])])
    base, over = _merged(shipped), Tree()
    if local:
        _check_family(family, local, mistakes)
        over = take_additions(base, local.tree, mistakes) | {"local_file": local.file}
    profile, wrong = _validate(lay(base, over), mistakes)
    sound = profile or _sound(base, over, wrong, Mistakes(mistakes.layers))
    if sound is not None:
        check_profile(sound, mistakes)
    if sound is not None and local:
        check_kept(spell_out(base), sound, mistakes)
    return profile, mistakes.all()


def _sound(base: Tree, over: Tree, wrong: list[Where], silent: Mistakes) -> Profile | None:
    """The profile without the local values that break it, so that the rest is checked as well."""
    for _ in range(ROUNDS):
        over = without(over, [place[:-1] if place[-1] == "source" else place for place in wrong])
        profile, wrong = _validate(lay(base, over), silent)
        if profile is not None:
            return profile
    return None


def _check_family(family: str, local: Layer, mistakes: Mistakes) -> None:
    named = local.tree.get("family", family)
    if named != family:
        mistakes.add(("family",), "other_family", value=named, family=family)


def _validate(tree: Tree, mistakes: Mistakes) -> tuple[Profile | None, list[Where]]:
    """The profile, or where its values are wrong."""
    full = spell_out(tree)
    try:
        return Profile.model_validate(full), []
    except ValidationError as error:
        return None, explain(error, full, mistakes)


@cache
def _shipped(family: str) -> tuple[Layer, ...]:
    folder = resources.files("resources") / "profiles" / family
    if not family.isidentifier() or not folder.is_dir():
        return ()
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(Layer(f"{family}/{f.name}", tomllib.loads(f.read_text("utf-8"))) for f in files)


def _merged(layers: Iterable[Layer]) -> dict[str, Any]:
    tree: Tree = {}
    for layer in layers:
        tree = lay(tree, layer.tree)
    return tree


def _local(path: Path | None) -> Layer | Mistake | None:
    if path is None:
        return None
    try:
        if path.stat().st_size > LARGEST_FILE:
            return Mistake(str(path), "", "", say("profile.too_large", largest=LARGEST_FILE))
        return Layer(str(path), tomllib.loads(path.read_text("utf-8-sig")))
    except FileNotFoundError:
        return Mistake(str(path), "", "", say("profile.no_file"))
    except tomllib.TOMLDecodeError as error:
        return Mistake(str(path), "", "", _bad_toml(str(error)))
    except (OSError, UnicodeDecodeError) as error:
        return Mistake(str(path), "", "", say("profile.unreadable", error=error))


def _bad_toml(error: str) -> str:
    """The parser's complaint with its line and column in front."""
    place = re.search(r"^(.*) \(at line (\d+), column (\d+)\)$", error)
    if place is None:
        return say("profile.unreadable", error=error)
    return say("profile.bad_toml", error=place[1], line=place[2], column=place[3])
