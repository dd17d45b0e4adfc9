"""Sign-in, sign-out and the centre's clock (9001, 9002, 1800)."""

from __future__ import annotations

from core.simulator.books import Row
from core.simulator.office import Office
from core.simulator.wire import Body, Call, refuse


def current(office: Office, call: Call) -> Row | None:
    """The operator's valid sign-in of the centre's day, or nothing."""
    keys = {"hospital": call.hospital, "operator": call.operator, "day": call.at[:8]}
    return office.books.one("sign_in", **keys, ended_at="")


def demand(office: Office, call: Call) -> None:
    """Refuse unless the call carries the operator's valid sign-in number."""
    found = current(office, call)
    if found is None or found["sign_no"] != call.sign_no:
        refuse("sign_in_expired")


def expire(office: Office, call: Call) -> None:
    """Forget the operator's sign-in, as a centre does at night."""
    found = current(office, call)
    if found is not None:
        office.books.change("sign_in", found["id"], ended_at=call.at)


def sign_in(office: Office, call: Call) -> Body:
    """9001: one number per operator and day; asked again, the same number."""
    found = current(office, call)
    if found is not None:
        return {"sign_no": found["sign_no"], "sign_time": found["at"]}
    number = f"{call.at[:8]}{office.books.serial('sign_in'):08d}"
    keys = {"hospital": call.hospital, "operator": call.operator, "day": call.at[:8]}
    office.books.add("sign_in", sign_no=number, at=call.at, **keys)
    return {"sign_no": number, "sign_time": call.at}


def sign_out(office: Office, call: Call) -> Body:
    """9002: the number of the envelope is over."""
    expire(office, call)
    return None


def clock(office: Office, call: Call) -> Body:
    """1800: the centre's time."""
    return {"sys_time": call.at}
