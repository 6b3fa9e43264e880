"""Does a notebook show a graded submission as its checks are shown?"""

from __future__ import annotations

from autograder.records import Outcome
from autograder.student.submitted import from_answer

VERDICT = {
    "question": "relu_backward",
    "points": 1.0,
    "max_points": 2.0,
    "outcome": "values",
    "message": "relu_backward · 1 of 2 points\nThe sign of <dz>.",
    "part": "dz",
    "mistake": "sign",
}
ANSWER = {
    "verdicts": [VERDICT],
    "points": 1.0,
    "max_points": 2.0,
    "unreadable": "",
    "problems": ["A cell was put back."],
    "late": True,
    "attempts_left": 3,
}


def test_are_the_sum_and_each_verdict_shown():
    made = from_answer("week06", ANSWER, ["Saved just now."])
    text = repr(made)
    assert text.startswith("week06 is handed in and graded: 1 of 2 points, 0 of 1 questions")
    for words in ("Saved just now.", "after the due date", "Attempts left: 3.", "put back"):
        assert words in text
    assert VERDICT["message"] in text
    html = made._repr_html_()
    assert "The sign of &lt;dz&gt;." in html and "Not right yet · relu_backward" in html


def test_is_a_notebook_that_could_not_be_graded_said():
    made = from_answer("week06", ANSWER | {"unreadable": "It is a PDF.", "verdicts": []})
    assert "could not be graded: It is a PDF." in repr(made) and not made.complete


def test_is_an_outcome_of_a_newer_service_wrong_and_no_error():
    (verdict,) = from_answer("w", ANSWER | {"verdicts": [VERDICT | {"outcome": "new"}]}).verdicts
    assert verdict.outcome is Outcome.VALUES
