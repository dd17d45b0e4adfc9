"""The code-table service of the simulated platform (120205): the table ``platform_codes``."""

from __future__ import annotations

from core.simulator.gd.office import Platform
from core.simulator.wire import Call, Values
from core.simulator.world import read_table


def code_tables(platform: Platform, call: Call) -> Values:
    """All codes, those of a category, or one; an unknown category gives an empty set."""
    category, code = call.body["aaa100"], call.body["aaa102"]
    rows = [
        {
            "aaa100": name,
            "aaa101": table["name"],
            "aaa102": one,
            "aaa103": word,
            "aaa104": "",
            "aaa027": platform.rules["wage_region"],
        }
        for name, table in read_table("platform_codes").items()
        if category in ("", name)
        for one, word in table["codes"].items()
        if code in ("", one)
    ]
    return {"codeinfo": rows}
