"""Do verdicts and reports say of themselves what is right, attempted and how much it is worth?"""

from __future__ import annotations

import pytest

from autograder.records import Outcome, Report, Verdict


def verdict(points: float, outcome: Outcome = Outcome.VALUES, worth: float = 4.0) -> Verdict:
    return Verdict("relu", points, worth, outcome, "relu · <b> & more")


@pytest.mark.parametrize("outcome", list(Outcome))
def test_is_one_outcome_alone_right_and_two_not_attempted(outcome):
    # Of a question worth 0, the points cannot say so.
    made = verdict(0.0, outcome, worth=0.0)
    assert made.right == (outcome is Outcome.RIGHT)
    assert made.attempted == (outcome not in (Outcome.NOT_ATTEMPTED, Outcome.MISSING))


def test_is_a_message_shown_as_text_in_a_terminal_and_safely_in_a_notebook():
    made = verdict(1.0)
    assert repr(made) == made.message
    assert "&lt;b&gt; &amp; more" in made._repr_html_() and "<b>" not in made._repr_html_()


def test_are_points_added_without_the_noise_of_floats():
    parts = tuple(verdict(0.1) for _ in range(3))
    made = Report("ada", "week02", parts)
    assert (made.points, made.max_points) == (0.3, 12.0)


def test_is_a_report_right_only_if_it_was_read_and_nothing_is_wrong():
    right, wrong = verdict(4.0, Outcome.RIGHT), verdict(4.0, Outcome.WARNED)
    assert Report("ada", "week02", (right, right)).right
    assert not Report("ada", "week02", (right, wrong)).right
    assert not Report("ada", "week02", (), unreadable="It is no notebook.").right
