"""The ASGI application of the API, and the OpenAPI document that it serves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from core.api import problems, routes
from core.api.feed import Bell, Feed
from core.api.guard import Application, Guard
from core.api.models import Problem
from core.errors import DeskError
from core.service.evidence_pack import version_of
from core.words import say, texts

if TYPE_CHECKING:
    from core.app import Desk

REFUSALS = (400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 424, 429, 503)


def never() -> bool:
    """Nothing ends."""
    return False


def build(desk: Desk, port: int, bell: Bell, ends: Callable[[], bool] = never) -> Application:
    """The application behind its guard; it answers to 127.0.0.1 and localhost at ``port``."""
    inner = _inner(desk, bell, ends)
    return Guard(inner, desk.outside.callers, desk.clock, port)


def _inner(desk: Desk, bell: Bell, ends: Callable[[], bool]) -> FastAPI:
    app = FastAPI(
        title=say("api.title"), version=version_of("gsdesk"), description=say("api.about"),
        openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False,
        responses={status: _refusal(status) for status in REFUSALS},
    )  # fmt: skip
    app.include_router(routes.desk_routes(desk))
    app.include_router(routes.errand_routes(desk))
    app.include_router(routes.event_routes(Feed(desk.outside.errands, bell, ends)))
    app.add_api_route("/v1/openapi.json", lambda: JSONResponse(app.openapi()), methods=["GET"],
                      include_in_schema=False)  # fmt: skip
    app.openapi = lambda: _document(app)  # type: ignore[method-assign]
    app.add_exception_handler(DeskError, problems.on_desk_error)
    app.add_exception_handler(problems.Wrong, problems.on_wrong)
    app.add_exception_handler(RequestValidationError, problems.on_validation)
    for status in problems.FRAMEWORKS:
        app.add_exception_handler(status, problems.on_http)
    app.add_exception_handler(Exception, problems.on_bug)
    return app


def _refusal(status: int) -> dict[str, Any]:
    reference = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": problems.title_of(status),
        "content": {problems.MEDIA: {"schema": reference}},
    }


def _document(app: FastAPI) -> dict[str, Any]:
    """Made once: with the token every path needs, the error document, and words for each field."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        parts = made.setdefault("components", {})
        schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        parts["schemas"].update(schema.pop("$defs", {}))
        parts["schemas"]["Problem"] = schema
        parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        made["security"] = [{"token": []}]
        for found in parts["schemas"].values():
            _describe(found)
        app.openapi_schema = made
    return app.openapi_schema


def _describe(schema: dict[str, Any]) -> None:
    known = texts()
    for name, field in schema.get("properties", {}).items():
        if (text := known.get(f"api.field.{name}")) is not None:
            field["description"] = text
