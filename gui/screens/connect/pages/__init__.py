"""The pages of 医院接口: every module here with a ``PAGE`` is one; nothing else changes. Qt-free.

An adapter's page
-----------------
``pages/<name>.py`` holds ``PAGE = Page("<name>", order, form="…:FolderForm")``, where the form is
plain Python (``gui.screens.connect.form.AdapterForm``): the fields of the wizard, what they say of
the settings table ``[his.<name>]`` and back. The common page (``adapter_page.AdapterPage``) shows
its state, the form, and the test button, the preview and 保存 of ``core.service.connections``.
A page of its own kind names its widget instead: ``view="module:Class"``, made with the screen.
Texts: ``connect.<name>.title`` · ``.hint`` · ``.label.<field>`` · ``.tip.<field>``.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from functools import cache
from typing import Any

from core.words import say

COMMON = "gui.screens.connect.adapter_page:AdapterPage"


@dataclass(frozen=True, slots=True)
class Page:
    """One page: ``form`` and ``view`` are ``module:Class``; ``order`` its place in the list."""

    name: str
    order: int
    form: str = ""
    view: str = COMMON

    @property
    def title(self) -> str:
        """What the list calls it."""
        return say(f"connect.{self.name}.title")

    @property
    def hint(self) -> str:
        """What it is for, in one or two sentences."""
        return say(f"connect.{self.name}.hint")

    def load_view(self) -> type[Any]:
        """The widget's class."""
        return _loaded(self.view)

    def load_form(self) -> type[Any]:
        """The form's class."""
        return _loaded(self.form)


def _loaded(where: str) -> type[Any]:
    module, _, name = where.partition(":")
    found: type[Any] = getattr(importlib.import_module(module), name)
    return found


@cache
def pages() -> tuple[Page, ...]:
    """All pages in the order of the list."""
    names = [item.name for item in pkgutil.iter_modules(__path__)]
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    found: list[Page] = [module.PAGE for module in modules if hasattr(module, "PAGE")]
    return tuple(sorted(found, key=lambda page: (page.order, page.name)))
