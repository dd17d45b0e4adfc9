"""Medical records (1106, 1107; PROPOSED fields): every upload is a new version."""

from __future__ import annotations

import json

from core.simulator.office import Office
from core.simulator.wire import Body, Call, refuse


def keep_record(office: Office, call: Call) -> Body:
    """Keep the record of a live visit of that person; flag 0 makes the newest version invalid."""
    body = call.body
    visit = office.visit(call, body["ipt_otp_no"])
    if visit["person_no"] != body["psn_no"]:
        refuse("person_differs")
    keys = {"hospital": call.hospital, "visit_no": visit["visit_no"], "code": call.code}
    version = len(office.books.find("record", **keys)) + 1
    rec_sn = f"BL{call.at[:8]}{office.books.serial('record'):06d}"
    content = json.dumps(body, ensure_ascii=False, default=str)
    office.books.add(
        "record", rec_sn=rec_sn, version=version, valid=int(body["vali_flag"]), content=content,
        msgid=call.msgid, at=call.at, **keys,
    )  # fmt: skip
    return {"rec_sn": rec_sn}
