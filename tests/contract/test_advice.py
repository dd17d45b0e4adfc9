"""Every cause that a person may meet has its advice:
what happened, money, what to do, whom to call."""

import re
import tomllib
from importlib import resources

import pytest

from tests.architecture.source import files

CAUSE = re.compile(r'\b(?:NoReply|Unsent|NotSent|Unknown)\(\s*"([a-z_0-9]+)"')
STATES = {"starting", "ready", "busy", "was_replaced"}  # of the process, not of a transaction


def table(*parts):
    return tomllib.loads(resources.files("resources").joinpath(*parts).read_text("utf-8"))


ADVICE = table("advice", "causes.toml")
NAMED = {cause for path in files("core") for cause in CAUSE.findall(path.read_text("utf-8"))}
OF_LIBRARY = {
    key for key, text in table("labels", "gateway.toml")["gateway"].items() if isinstance(text, str)
}


@pytest.mark.parametrize("cause", sorted(NAMED | OF_LIBRARY - STATES))
def test_every_cause_has_its_advice(cause):
    assert ADVICE[cause].keys() == {"happened", "money", "do", "call"}
    assert all(text.endswith("。") for text in ADVICE[cause].values())


@pytest.mark.parametrize("cause", sorted(ADVICE))
def test_advice_never_promises_what_is_not_known(cause):
    certain = "没有任何内容离开本机" in ADVICE[cause]["money"]
    assert certain != ("尚不确定" in ADVICE[cause]["money"])
