"""业务互斥: the banner of a refusal because the person is in hospital somewhere, and where to look.

Plain Python; both pages of registration use it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.domain import Person
from core.words import say
from gui.messages import Advice, Message

ADMISSIONS = "admissions:"  # an argument for 查询: whose open admissions to ask for


def told_exclusive(
    centre: Any, outcome: Any, message: Message | None, person: Person | None
) -> Message | None:
    """``message`` with the way to the open admissions, where that is why; else as it was."""
    asked = centre.has("stay_data", stay=True) and person is not None
    if message is None or not asked or not centre.is_excluded(outcome):
        return message
    advice = Advice(
        say("exclusive.happened"), message.advice.money, say("exclusive.do"), message.advice.call
    )
    number = person.number if person else ""
    return replace(message, advice=advice, leads=("enquiry", f"{ADMISSIONS}{number}"))


def admissions_of(argument: Any) -> str:
    """The person whose open admissions are wanted, or empty."""
    wanted = isinstance(argument, str) and argument.startswith(ADMISSIONS)
    return argument.removeprefix(ADMISSIONS) if wanted else ""
