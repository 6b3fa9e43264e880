"""A verdict as pages show it: its mark, its heading and its lines, in the notebook's own words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from autograder.output.text import printable
from autograder.records import Verdict

TEMPLATE = "verdict.html.jinja"
"""In this folder: the macro `shown` that every page with verdicts uses."""
MARKS = {"✓": "right", "○": "calm"}
_WRONG = "△"


class ShownVerdict(NamedTuple):
    """A message below a check: its kind is "right", "wrong" or "calm" (not attempted)."""

    kind: str
    mark: str
    heading: str
    lines: Sequence[str]


def of_message(message: str, mark: str = _WRONG) -> ShownVerdict:
    """A message with its mark, which the kind follows from."""
    heading, *lines = printable(message).splitlines() or [""]
    return ShownVerdict(MARKS.get(mark, "wrong"), mark, heading, lines)


def of_verdict(verdict: Verdict) -> ShownVerdict:
    """A verdict of a report, as its notebook shows it."""
    mark = "✓" if verdict.right else _WRONG if verdict.attempted else "○"
    return of_message(verdict.message, mark)


def mark_in(html: str) -> str:
    """The mark that an output of a check has."""
    return next((each for each in MARKS if each in html), _WRONG)
