"""How a text is looked for in a journal of a million rows: never by reading all of them.

A number is found by its beginning through an index, however old it is. A part of a number, or of a
name, is looked for among the newest ``NEAR`` rows; with a day, among those of the day.
"""

from __future__ import annotations

NEAR = 20_000  # some weeks of a busy desk
MOST_BEGINNINGS = 500
LAST = "\U0010ffff"  # sorts after every other letter: the end of all that begin so

TABLES = """
CREATE INDEX settlement_by_visit ON settlement (visit_no);
CREATE INDEX settlement_by_bill ON settlement (bill_no);
"""


def asked(text: str, day: str, limit: int) -> dict[str, str | int]:
    """The values of the questions below; ``day`` an ISO date, or empty for all days."""
    return {
        "text": text, "past": text + LAST, "part": f"%{text}%", "limit": limit,
        "begin": day, "end": day + LAST, "near": max(NEAR, limit),
    }  # fmt: skip


def _beginning(table: str, *columns: str) -> str:
    """Message ids of the rows where one of ``columns`` begins with ``:text``, a bounded count."""
    parts = (
        f"SELECT * FROM (SELECT msgid FROM {table} WHERE {column} >= :text AND {column} < :past"
        f" ORDER BY {column} DESC LIMIT {MOST_BEGINNINGS})"
        for column in columns
    )
    return " UNION ".join(parts)


# The plus signs keep SQLite from walking the index of the order instead of the few ids found.
NEWEST_TRANSACTIONS = (
    "WHERE business_day >= :begin AND business_day < :end"
    " ORDER BY business_day DESC, made DESC, rowid DESC LIMIT :limit"
)
TRANSACTIONS = (
    "WHERE +business_day >= :begin AND +business_day < :end AND msgid IN ("
    + _beginning("txn", "msgid", "visit")
    + " UNION SELECT msgid FROM (SELECT msgid, visit, code FROM txn"
    " WHERE business_day >= :begin AND business_day < :end"
    " ORDER BY business_day DESC, made DESC LIMIT :near)"
    " WHERE visit LIKE :part OR msgid LIKE :part OR code = :text"
    ") ORDER BY +made DESC, rowid DESC LIMIT :limit"
)
NEWEST_SETTLEMENTS = (
    "WHERE settled_at >= :begin AND settled_at < :end ORDER BY settled_at DESC LIMIT :limit"
)
SETTLEMENTS = (
    "WHERE +settled_at >= :begin AND +settled_at < :end AND msgid IN ("
    + _beginning("settlement", "msgid", "visit_no", "bill_no")
    + " UNION SELECT s.msgid FROM (SELECT msgid, visit_no, bill_no FROM settlement"
    " WHERE settled_at >= :begin AND settled_at < :end ORDER BY settled_at DESC LIMIT :near) s"
    " LEFT JOIN visit v ON v.visit_no = s.visit_no"
    " WHERE s.visit_no LIKE :part OR s.bill_no LIKE :part OR s.msgid LIKE :part"
    " OR json_extract(v.registration, '$.person_name') LIKE :part"
    ") ORDER BY +settled_at DESC LIMIT :limit"
)
NOT_PRINTED = (
    "WHERE cancelled_by = ''"
    " AND msgid IN (SELECT msgid FROM settlement ORDER BY settled_at DESC LIMIT :near)"
    " AND msgid NOT IN (SELECT msgid FROM print) AND msgid NOT IN (SELECT msgid FROM centre_print)"
    " ORDER BY +settled_at DESC LIMIT :limit"
)
