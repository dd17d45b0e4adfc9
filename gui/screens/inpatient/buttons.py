"""The buttons of a stay: where they stand, and which of them are shown when."""

from __future__ import annotations

from typing import Any

from core.words import say
from gui.screens.inpatient.case import StayCase

HEAD_ACTIONS = (
    "stay_change", "special_filing", "discharge", "cancel_admission", "stay_refund",
)  # fmt: skip
FORM_ACTIONS = ("stay_qualification", "admit")
FILTER_ACTIONS = ("stay_split", "stay_differences")
FOOT_ACTIONS = ("stay_import", "remove_fees", "stay_upload")
MONEY_ACTIONS = ("stay_presettle", "stay_settle", "print_stay", "stay_sheet", "next_stay")


def shown_buttons(presenter: Any, case: StayCase, by_hand: bool) -> dict[str, bool]:
    """Which buttons are shown; those that are not named always are. ``by_hand``: no hospital
    system gives the lines."""
    registered, settled = case.registered, case.settled
    stepwise = presenter.desk.centre.capabilities.discharge_is_sent
    return {
        "stay_change": registered and not settled,
        "special_filing": not registered,
        "discharge": registered and not settled,
        "cancel_admission": registered and (stepwise or not settled),
        "stay_refund": settled,
        "stay_presettle": not settled,
        "stay_settle": not settled,
        "print_stay": settled,
        "stay_sheet": settled,
        "remove_fees": bool(case.visit and case.visit.uploaded) and not settled,
        "stay_upload": not settled,
        "stay_import": presenter.why_not("stay_import") is None and by_hand,
    }


def discharge_word(case: StayCase) -> str:
    """The discharge button does, or takes back."""
    return say("inpatient.undo_discharge.yes" if case.discharge else "inpatient.discharge.yes")
