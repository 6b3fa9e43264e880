"""Does a page show a verdict in the notebook's own words?"""

from __future__ import annotations

import pytest

from autograder.feedback.verdict import mark_in, of_message, of_verdict
from autograder.records import Outcome, Verdict


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [(Outcome.RIGHT, "right"), (Outcome.VALUES, "wrong"), (Outcome.NOT_ATTEMPTED, "calm")],
)
def test_has_it_the_mark_that_the_notebook_shows(outcome, kind):
    verdict = Verdict("relu", 0.0, 1.0, outcome, "relu · 0 of 1 points\nThe sign.\n  yours: 1")
    shown = of_verdict(verdict)
    assert shown.kind == kind
    assert shown.mark == mark_in(verdict._repr_html_())
    assert [shown.heading, *shown.lines] == verdict.message.splitlines()


def test_is_a_message_without_text_or_with_control_characters_shown():
    assert of_message("") == ("wrong", "△", "", [])
    assert of_message("a\x1b[31m\nb\u202e").lines == ["b"]
