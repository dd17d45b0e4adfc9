"""The sentence inside a centre's error text that came with class names or a stack of calls.

The platform wraps its refusals in exceptions (protocol-gd.md §1, SEEN): class names go, and what
follows the sentence. Whatever comes, a text without a sentence stays as it was; the original is in
the reply that the journal keeps.
"""

from __future__ import annotations

import re

CLASS = re.compile(r"(?:Caused by:\s*)?\b(?:[a-z][\w$]*\.){2,}[A-Z][\w$]*\s*:?\s*")
CALLS = re.compile(r"(?:^|\s)at\s+[\w$.<>]+\s*\(.*", re.DOTALL)
MARKUP = re.compile(r"<.*", re.DOTALL)
BLANKS = re.compile(r"\s+")
LONGEST = 500


def sentence(text: str) -> str:
    """``text`` without class names, calls and mark-up, at most 500 characters."""
    found = MARKUP.sub("", CALLS.sub("", text))
    found = BLANKS.sub(" ", CLASS.sub("", found)).strip(" :：-")
    return (found or BLANKS.sub(" ", text).strip())[:LONGEST]
