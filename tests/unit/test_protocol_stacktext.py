"""Class names, calls and mark-up go; the sentence stays; nothing is made up."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.protocol.stacktext import LONGEST, sentence

STACK = (
    "\n\tat com.powersi.biz.Charge.run(Charge.java:120)\n\tat sun.reflect.X.invoke(Native Method)"
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("没有这个人", "没有这个人"),
        ("  没有\n这个人  ", "没有 这个人"),
        ("com.powersi.hygeia.framework.HygeiaException: 没有这个人", "没有这个人"),
        ("java.lang.RuntimeException: java.sql.SQLException: 没有这个人", "没有这个人"),
        (f"没有这个人{STACK}", "没有这个人"),
        (f"com.a.b.BizException：没有这个人{STACK}", "没有这个人"),
        ("没有这个人<br/><font color=red>x</font>", "没有这个人"),
        ("没有这个人 Caused by: java.lang.NullPointerException", "没有这个人"),
        ("Read timed out", "Read timed out"),
        ("金额 1.50 与 e.g. 2.50 不符", "金额 1.50 与 e.g. 2.50 不符"),
        ("look at page 3 (see manual)", "look at page 3 (see manual)"),
        ("java.lang.NullPointerException", "java.lang.NullPointerException"),
        ("<html></html>", "<html></html>"),
        ("", ""),
    ],
)
def test_what_a_person_reads(text: str, wanted: str) -> None:
    assert sentence(text) == wanted


def test_a_text_without_end_is_cut() -> None:
    assert sentence("长" * 10_000) == "长" * LONGEST


PIECES = st.sampled_from(
    ["没有", "java.lang.Error", ": ", " at a.b.C(D.java:1)", "<b>", "\n", "com.x.y.Z", "。", "1.5"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_something_is_always_left_of_something(text: str) -> None:
    found = sentence(text)
    assert bool(found) is bool(text.strip())
    assert len(found) <= LONGEST and found == found.strip()
    assert set(found) <= set(text) | {" "}
