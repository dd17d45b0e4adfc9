"""Sessions of the simulated platform (sys0001): per institution, good until midnight."""

from __future__ import annotations

from uuid import uuid4

from core.simulator.gd.office import Platform
from core.simulator.gd.wire import SessionOver, refuse
from core.simulator.wire import Call, Values
from core.words import say


def sign_in(platform: Platform, call: Call) -> Values:
    """A fresh session of the user's institution; older ones of the day stay good."""
    user, password = call.body["userid"], call.body["password"]
    found = [one for one in platform.rules["institution"] if one["user"] == user]
    if not found or found[0]["password"] != password:
        refuse("user_unknown")
    session = str(uuid4())
    platform.books.add(
        "sign_in", sign_no=session, hospital=found[0]["code"], operator=user, day=call.at[:8],
        at=call.at,
    )  # fmt: skip
    greeting = str(platform.rules["greeting"])
    return {"session_id": session} | ({"notify_msg": greeting} if greeting else {})


def demand(platform: Platform, call: Call) -> None:
    """Refuse with −9 unless the call carries a session of today; the institution must fit it."""
    found = platform.books.one("sign_in", sign_no=call.sign_no, day=call.at[:8], ended_at="")
    if not call.sign_no or found is None:
        raise SessionOver(say("platform.session_over"))
    if found["hospital"] != call.hospital:
        refuse("institution_differs", institution=call.hospital)


def expire(platform: Platform, session: str, at: str) -> None:
    """End a session before its time."""
    platform.books.change_all("sign_in", {"sign_no": session, "ended_at": ""}, ended_at=at)
