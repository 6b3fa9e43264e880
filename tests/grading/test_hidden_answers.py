"""Does an answer to a hidden case tell its kind and the student's line, and no words?"""

from __future__ import annotations

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.cli import demo
from autograder.course import directory
from autograder.grading import pipeline
from autograder.grading.assignment import load_assignment
from autograder.grading.hidden_answers import LINES, without_words
from autograder.grading.recorded_answers import encode_question
from autograder.sandbox.session import Sandbox

CELL = "import numpy as np\n\ndef f(x):\n    return x[3] + 0.5\n" + "y = 1\n" * 500


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("IndexError: index 123 is out of bounds", "IndexError"),
        ("KeyError", "KeyError"),
        ("Leaked0123: 123", ""),
        ("ValueError0123", ""),
        ("unusable: 123", ""),
        ("print: 123", ""),
        ("int: 123", ""),
        ("", ""),
    ],
)
def test_is_an_exception_told_by_the_name_of_its_type_alone(error, told):
    answer = Answer(Status.RAISED, error=error, line="line 4 of the cell, `return x[3] + 0.5`")
    assert without_words(answer, CELL).error == told


def test_is_the_line_quoted_from_the_graders_copy():
    line = "line 4 of the cell, `return x[3] + 0.5`"
    told = without_words(Answer(Status.RAISED, error="IndexError: 1", line=line), CELL)
    assert told.quoted == line and told.line == ""


@pytest.mark.parametrize(
    "line",
    [
        "line 4 of the cell, `0.123456`",
        "line 2 of the cell, ``",
        "line 0 of the cell, `import numpy as np`",
        "line -1 of the cell, `y = 1`",
        f"line {LINES + 1} of the cell, `y = 1`",
        "line 123456 of the cell, `y = 1`",
        "line 4 of the cell, `return x[3] + 0.5` 123456",
        "line 4 of the cell, `return x[3] + 0.5`\n123456",
        "line 04 of the cell, `return x[3] + 0.5`",
        "line ٤ of the cell, `return x[3] + 0.5`",
        "123456",
    ],
)
def test_is_no_line_told_that_the_cell_does_not_have(line):
    told = without_words(Answer(Status.RAISED, error="ValueError", line=line), CELL)
    assert told.quoted == told.line == ""


def test_is_a_control_character_in_a_line_of_the_notebook_not_repeated():
    answer = Answer(Status.RAISED, error="ValueError", line="line 1 of the cell, `x = '[31m'`")
    assert without_words(answer, "x = '\x1b[31m'").quoted == "line 1 of the cell, `x = '[31m'`"


@pytest.mark.parametrize("status", [Status.MISSING, Status.NOT_ATTEMPTED, Status.RETURNED])
def test_are_words_refused_that_only_a_forged_answer_has(status):
    answer = Answer(status, np.ones(3), error="0.123456", line="0.123456")
    told = without_words(answer, CELL)
    assert (told.error, told.line, told.quoted) == ("", "", "")
    assert told.status is status and told.value is answer.value


def test_does_what_the_grader_says_of_a_stopped_process_stay():
    answer = Answer(Status.TIMED_OUT, error="softmax was stopped after 5 s")
    assert without_words(answer, CELL) is answer


FAILS_LATER = """
import os
def relu_backward(dout, z):
    open("calls", "a").write("1")
    if os.path.getsize("calls") <= {public}:
        return dout * (z > 0)
    return helper(z) @ np.ones((99, 99))
"""


@pytest.mark.bubblewrap
def test_does_an_honest_student_learn_the_line_that_fails_on_a_hidden_case(released_course):
    """Also where a helper of an earlier cell raised: the line of the question's own cell."""
    opened = directory.load(released_course)
    assignment = load_assignment(opened, demo.WEEK)
    public = len(assignment.week.questions["relu_backward"].cases)
    notebook = demo.solved(opened)
    demo.answer_cell(notebook, "relu_backward").source = FAILS_LATER.format(public=public)
    before = demo.answer_cell(notebook, "relative_error")
    before.source += "\ndef helper(z):\n    return {}[float(z.flat[0])]"
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        report = pipeline.grade_notebook(notebook, "zoe", assignment, sandbox)
    (verdict,) = (each for each in report.verdicts if each.question == "relu_backward")
    assert (
        "on a hidden one it raised KeyError, at line 7 of the cell, "
        "`return helper(z) @ np.ones((99, 99))`." in verdict.message
    )


def test_is_the_quoted_line_recorded_for_a_later_regrade():
    answer = Answer(Status.RAISED, error="KeyError", quoted="line 1 of the cell, `x`")
    assert b"line 1 of the cell, `x`" in encode_question([b"0" * 12], [answer])
