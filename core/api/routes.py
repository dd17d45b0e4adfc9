"""The paths of the API; each hands over to one service and shapes its answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from fastapi.responses import JSONResponse, StreamingResponse

from core.api import models
from core.api.answers import errand_answer, errand_out, lines_out, transaction_out, visit_out
from core.api.feed import MOST_NOTICES, Feed
from core.api.problems import Wrong
from core.calling import LONGEST, VISIT_PATTERN
from core.domain.errand import Wish
from core.errors import fault
from core.service.evidence_pack import version_of
from core.words import say

if TYPE_CHECKING:
    from core.app import Desk

LONGEST_POLL, LONGEST_STREAM, MOST_STREAMS = 30, 300, 8
LARGEST = 2**53 - 1
KEY_PATTERN = r"^[A-Za-z0-9._:-]{8,100}$"
Number = Annotated[str, Path(pattern=VISIT_PATTERN, max_length=LONGEST)]
Msgid = Annotated[str, Path(pattern=r"^[A-Za-z0-9]{1,40}$")]
Key = Annotated[str, Header(alias="Idempotency-Key", pattern=KEY_PATTERN)]
After = Annotated[int | None, Query(ge=0, le=LARGEST)]
Prefer = Annotated[float, Query(ge=0, le=LONGEST_POLL)]


def caller_of(request: Request) -> str:
    """Who asks; the guard has looked at the token."""
    return str(request.state.caller)


Caller = Annotated[str, Depends(caller_of)]


def desk_routes(desk: Desk) -> APIRouter:
    """Who answers, visits and lines handed over, and what is known of them."""
    router = APIRouter()

    @router.get("/v1/desk", summary=say("api.path.desk"))
    def the_desk(caller: Caller) -> models.DeskOut:
        settings = desk.settings
        return models.DeskOut(
            product=say("product.name"), version=version_of("gsdesk"),
            hospital=settings.hospital.name, desk=settings.desk.number,
            training=settings.training, caller=caller,
            needs_cashier=desk.outside.callers.settings.needs_cashier,
            time=desk.clock.now().isoformat(),
        )  # fmt: skip

    @router.post("/v1/visits", summary=say("api.path.give_visit"))
    def give_visit(body: models.VisitIn, caller: Caller) -> models.VisitOut:
        _, visit = desk.outside.incoming.take_visit(body.stay(), caller)
        return visit_out(visit)

    @router.get("/v1/visits/{visit_no}", summary=say("api.path.visit"))
    def visit(visit_no: Number) -> models.VisitOut:
        return visit_out(desk.outside.incoming.visit(visit_no))

    @router.post("/v1/visits/{visit_no}/lines", summary=say("api.path.give_lines"))
    def give_lines(visit_no: Number, body: models.LinesIn) -> models.LinesOut:
        lines = [one.line(visit_no) for one in body.lines]
        return lines_out(visit_no, desk.outside.incoming.take_lines(visit_no, lines))

    @router.get("/v1/transactions/{msgid}", summary=say("api.path.transaction"))
    def transaction(msgid: Msgid) -> models.TransactionOut:
        row = desk.outside.errands.transaction(msgid)
        if row is None:
            raise Wrong(404, fault("api.no_transaction", "msgid", msgid=msgid))
        return transaction_out(row)

    return router


def errand_routes(desk: Desk) -> APIRouter:
    """Steps asked for; one answer for each key."""
    router = APIRouter()

    def take(caller: str, key: str, wish: Wish, wait: float) -> JSONResponse:
        if not desk.outside.errands.knows(caller, key):
            desk.outside.incoming.visit(wish.visit_no)
        return errand_answer(desk.outside.errands.ask(caller, key, wish, wait))

    _nothing(router, "upload", "upload_fees", take)
    _nothing(router, "presettle", "presettle", take)
    _undo(router, "cancel-settlement", "cancel_settlement", take)
    _undo(router, "cancel-registration", "cancel_registration", take)

    @router.post("/v1/visits/{visit_no}/register", **_errand("register"))
    def register(
        visit_no: Number, body: models.RegisterIn, caller: Caller, key: Key, wait: Prefer = 20
    ) -> Any:
        wish = Wish(step="register", visit_no=visit_no, qualification_id=body.qualification_id)
        return take(caller, key, wish, wait)

    @router.post("/v1/visits/{visit_no}/settle", **_errand("settle"))
    def settle(
        visit_no: Number, body: models.SettleIn, caller: Caller, key: Key, wait: Prefer = 20
    ) -> Any:
        wish = Wish(step="settle", visit_no=visit_no, amounts=body.amounts())
        return take(caller, key, wish, wait)

    @router.get("/v1/errands/{number}", summary=say("api.path.errand"))
    def errand(number: Annotated[int, Path(ge=1, le=LARGEST)], caller: Caller) -> models.ErrandOut:
        found = desk.outside.errands.of(number, caller)
        if found is None:
            raise Wrong(404, fault("api.no_errand", "number", number=number))
        return errand_out(found)

    return router


Take = Callable[[str, str, Wish, float], JSONResponse]


def _errand(word: str) -> dict[str, Any]:
    """What the document says of a step: it may be done, or not be known yet."""
    return {
        "summary": say(f"api.path.{word}"),
        "response_model": models.ErrandOut,
        "responses": {202: {"model": models.ErrandOut}},
    }


def _nothing(router: APIRouter, word: str, step: str, take: Take) -> None:
    """A step that needs nothing but its visit."""

    def asked(
        visit_no: Number, body: models.NothingIn, caller: Caller, key: Key, wait: Prefer = 20
    ) -> Any:
        return take(caller, key, Wish(step=step, visit_no=visit_no), wait)

    path = f"/v1/visits/{{visit_no}}/{word}"
    router.post(path, name=step, operation_id=step, **_errand(step))(asked)


def _undo(router: APIRouter, word: str, step: str, take: Take) -> None:
    """A step back, with a reason."""

    def asked(
        visit_no: Number, body: models.UndoIn, caller: Caller, key: Key, wait: Prefer = 20
    ) -> Any:
        return take(caller, key, Wish(step=step, visit_no=visit_no, reason=body.reason), wait)

    path = f"/v1/visits/{{visit_no}}/{word}"
    router.post(path, name=step, operation_id=step, **_errand(step))(asked)


def event_routes(feed: Feed) -> APIRouter:
    """What happens, to be followed."""
    router = APIRouter()
    streams: set[object] = set()

    @router.get("/v1/events", summary=say("api.path.events"))
    async def events(
        after: After = None, wait: Prefer = 0,
        limit: Annotated[int, Query(ge=1, le=MOST_NOTICES)] = 100,
    ) -> models.NoticesOut:  # fmt: skip
        return await feed.poll(after, limit, wait)

    @router.get(
        "/v1/events/stream", summary=say("api.path.stream"), response_class=StreamingResponse,
        responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
    )  # fmt: skip
    async def stream(
        after: After = None,
        seconds: Annotated[float, Query(ge=0, le=LONGEST_STREAM)] = 60,
        last_event_id: Annotated[str, Header(pattern=r"^[0-9]{0,15}$")] = "",
    ) -> StreamingResponse:
        if len(streams) >= MOST_STREAMS:
            raise Wrong(429, fault("api.too_many_streams", most=MOST_STREAMS), Retry_After="5")
        begin = int(last_event_id) if last_event_id else after
        mark = object()

        async def counted() -> Any:
            streams.add(mark)
            try:
                async for part in feed.stream(begin, seconds):
                    yield part
            finally:
                streams.discard(mark)

        return StreamingResponse(counted(), media_type="text/event-stream")

    return router
