"""Errors as problem+json: our codes, Chinese sentences that name field, value and remedy."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from core.api import models
from core.api.models import Problem, ReasonOut
from core.calling import VISIT_PATTERN, shown
from core.errors import DeskError, Fault, InvalidInput, Refused, fault
from core.service.errands import KeyReused
from core.words import say, texts

log = logging.getLogger(__name__)
MEDIA = "application/problem+json"
MOST_ERRORS = 100
FRAMEWORKS = (400, 404, 405)  # what the framework refuses by itself
STRANGE = frozenset({"visits.strange", "visits.empty"})


class Wrong(Exception):
    """A request that is answered with this status and fault."""

    def __init__(self, status: int, found: Fault, **headers: str) -> None:
        super().__init__(found.text)
        self.status, self.fault = status, found
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def problem(status: int, faults: Iterable[Fault], **more: Any) -> Problem:
    """The document; the first fault gives code and detail."""
    found = list(faults)[:MOST_ERRORS]
    return Problem(
        type=f"urn:gsdesk:problem:{found[0].key}", status=status, code=found[0].key,
        title=title_of(status),
        detail="；".join(item.text for item in found),
        errors=[ReasonOut(code=item.key, field=item.field, text=item.text) for item in found],
        **more,
    )  # fmt: skip


def title_of(status: int) -> str:
    """What an HTTP status means, in our words."""
    key = f"api.status.{status}"
    return say(key if key in texts() else "api.status.other")


def answer(document: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    """The document as an answer."""
    return JSONResponse(document.model_dump(), document.status, headers=headers, media_type=MEDIA)


def of_wrong(wrong: Wrong) -> JSONResponse:
    """A request refused before any service was asked."""
    return answer(problem(wrong.status, [wrong.fault]), wrong.headers)


def of_desk_error(error: DeskError) -> JSONResponse:
    """A guard, a wrong value, or surroundings that do not work."""
    strange = any(item.key in STRANGE for item in error.faults)
    if isinstance(error, KeyReused):
        status = 409
    elif isinstance(error, InvalidInput):
        status = 422
    elif isinstance(error, Refused):
        status = 404 if strange else 409
    else:
        status = 503
    return answer(problem(status, error.faults))


def of_validation(errors: Iterable[Any]) -> JSONResponse:
    """What is wrong with body, path or query, field by field."""
    return answer(problem(422, [_fault(item) for item in errors]))


def _fault(item: dict[str, Any]) -> Fault:
    """One finding in our words: the field as a path, the value shortened, what is wanted."""
    place = [str(part) for part in item.get("loc", ())]
    field = ".".join(place[1:]) or (place[0] if place else "")
    kind = f"api.wrong.{item.get('type', '')}"
    context = item.get("ctx") or {}
    holes = {
        "field": shown(field), "value": shown(repr(item.get("input"))),
        "most": context.get("max_length", ""), "least": context.get("min_length", ""),
    }  # fmt: skip
    if kind == "api.wrong.string_pattern_mismatch":
        kind = _pattern_kind(str(context.get("pattern", "")))
    known = kind if kind in texts() else "api.wrong.other"
    return Fault(known, say(known, **holes), field)


def _pattern_kind(pattern: str) -> str:
    """Which of our patterns was broken."""
    names = {
        models.MONEY: "money", models.FINE: "fine", models.MOMENT: "moment",
        models.PLAIN: "plain", VISIT_PATTERN: "visit",
    }  # fmt: skip
    return f"api.wrong.{names.get(pattern, 'other')}"


async def on_desk_error(_: Request, error: Exception) -> JSONResponse:
    """Handler of ``DeskError``."""
    assert isinstance(error, DeskError)
    return of_desk_error(error)


async def on_wrong(_: Request, error: Exception) -> JSONResponse:
    """Handler of ``Wrong``."""
    assert isinstance(error, Wrong)
    return of_wrong(error)


async def on_validation(_: Request, error: Exception) -> JSONResponse:
    """Handler of FastAPI's own findings."""
    assert isinstance(error, RequestValidationError)
    return of_validation(error.errors())


async def on_http(_: Request, error: Exception) -> JSONResponse:
    """Handler of what the framework refuses: no such path, another method, a body that is none."""
    status, headers = int(getattr(error, "status_code", 500)), getattr(error, "headers", None)
    known = f"api.http.{status}"
    found = fault(known if known in texts() else "api.http.other")
    return answer(problem(status, [found]), dict(headers or {}))


async def on_bug(_: Request, error: Exception) -> JSONResponse:
    """Handler of everything else: our mistake, and nobody knows how far it came."""
    log.error("the API failed", exc_info=error)
    return answer(problem(500, [fault("api.http.500")]))
