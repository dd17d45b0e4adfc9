"""The rules of appeals without a centre: states, deadlines, kinds of files, filling of texts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.clock import CHINA
from core.domain.deduction import MAY_APPEAL, AppealState, Deduction
from core.service.appeal_rules import (
    deadline,
    filled,
    kind_of,
    kinds,
    last_moment,
    shipped_templates,
    state_of,
)
from core.settings import AppealSettings
from core.words import say

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)
RULES = AppealSettings(warn_days=5, days=15)


def item(until: datetime | None = None, **more: object) -> Deduction:
    """A deduction audited now."""
    known = {"ded_id": "KK1", "deducted": 100, "audited_at": NOW, "appeal_until": until}
    return Deduction(**{**known, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "sent", "state"),
    [
        ("0", False, AppealState.OPEN),
        ("", False, AppealState.OPEN),
        (" 1 ", False, AppealState.WAITING),
        ("1", True, AppealState.WAITING),
        ("2", True, AppealState.UPHELD),
        ("3", True, AppealState.DISMISSED),
        ("0", True, AppealState.RETURNED),
        ("7", False, AppealState.OTHER),
        ("7", True, AppealState.OTHER),
    ],
)
def test_what_the_centres_codes_mean(code: str, sent: bool, state: AppealState) -> None:
    assert state_of(code, sent) is state


@pytest.mark.parametrize("state", list(AppealState))
def test_every_state_has_words_for_list_and_refusal(state: AppealState) -> None:
    assert say(f"appeals.state.{state}", code="9")
    if state not in MAY_APPEAL:
        assert say(f"appeals.why.{state}")


@pytest.mark.parametrize(
    ("after", "urgency", "days"),
    [
        (timedelta(days=30), "far", 30),
        (timedelta(days=6), "far", 6),
        (timedelta(days=5), "soon", 5),
        (timedelta(hours=16), "soon", 1),
        (timedelta(hours=14), "today", 0),
        (timedelta(0), "today", 0),
        (timedelta(seconds=-1), "overdue", 0),
        (timedelta(days=-3), "overdue", -3),
    ],
)
def test_deadlines_count_days_of_china(after: timedelta, urgency: str, days: int) -> None:
    due = deadline(item(NOW + after), NOW, RULES)
    assert (due.urgency, due.days) == (urgency, days)
    assert say(f"appeals.due.{urgency}", days=abs(days))


def test_without_the_centres_date_the_settings_count() -> None:
    assert last_moment(item(), RULES) == NOW + timedelta(days=15)
    assert deadline(item(), NOW, RULES).days == 15
    free = AppealSettings(days=0)
    assert deadline(item(), NOW, free).urgency == "none"
    assert deadline(item(audited_at=None), NOW, RULES).urgency == "none"


@pytest.mark.parametrize("state", sorted(set(AppealState) - MAY_APPEAL))
def test_what_cannot_be_appealed_presses_nobody(state: AppealState) -> None:
    due = deadline(item(NOW - timedelta(days=1), state=state), NOW, RULES)
    assert due.urgency == "closed" and due.days is None


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", "pdf"),
        (b"\xff\xd8\xff\xe0JFIF", "jpg"),
        (b"\x89PNG\r\n\x1a\n....", "png"),
        (b"II*\x00....", "tif"),
        (b"MM\x00*....", "tif"),
        (b"MZ\x90\x00", ""),
        (b"PK\x03\x04", ""),
        (b" %PDF-1.7", ""),
        (b"", ""),
    ],
)
def test_a_file_is_what_its_first_bytes_say(content: bytes, kind: str) -> None:
    assert kind_of(content) == kind
    assert not kind or kind in kinds()


def test_holes_are_filled_and_strange_ones_stay() -> None:
    holes = {"name": "沈示例", "amount": "1.00"}
    assert filled("{name}被扣{amount}元", holes) == "沈示例被扣1.00元"
    assert filled("{strange}与{name}", holes) == "{strange}与沈示例"


@pytest.mark.parametrize("text", ["{", "}", "{0}", "{name.__class__}", "{name[0]!z}", "a{}b"])
def test_a_persons_braces_never_break_anything(text: str) -> None:
    assert "沈" in filled(text, {"name": "沈示例"}) + "沈"


def test_every_shipped_text_fits_the_field() -> None:
    names = [one.name for one in shipped_templates()]
    assert len(names) == len(set(names)) >= 5
    for one in shipped_templates():
        assert one.label and not one.own
        assert len(one.text.encode("gbk")) < 800
