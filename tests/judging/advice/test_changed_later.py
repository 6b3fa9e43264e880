"""Does a wrong answer's message name what the notebook changes after its check?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.judging.advice.changed_later import remark
from autograder.judging.judge import Judge
from autograder.questions import catalogue, references


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(Status.RETURNED), []),
        (
            Answer(Status.RETURNED, changed_later=("slope",)),
            [
                "Your notebook changes `slope` after this check. "
                "To see what the check sees, restart the kernel and run all cells."
            ],
        ),
        (
            Answer(Status.RAISED, changed_later=("a", "b", "c")),
            [
                "Your notebook changes `a`, `b` and `c` after this check. "
                "To see what the check sees, restart the kernel and run all cells."
            ],
        ),
        (
            Answer(Status.MISSING, changed_later=("relu",)),
            ["Your notebook defines `relu` only after this check."],
        ),
    ],
)
def test_is_it_one_sentence_for_each_kind(answer, said):
    assert remark(answer) == said


def test_does_it_stand_before_the_next_step_of_wrong_answers_alone():
    week = catalogue.week("week02")
    judge = Judge(week.questions, references.public(week.questions.values(), week.stem))
    right = [
        Answer(Status.RETURNED, probe.expected.value, changed_later=("slope",))
        for probe in judge.probes["relu"]
    ]
    wrong = [replace(answer, value=np.asarray(answer.value) + 1) for answer in right]
    assert "slope" not in judge.judge("relu", right).message
    lines = judge.judge("relu", wrong).message.splitlines()
    assert lines[-2].startswith("Your notebook changes `slope`") and lines[-1].startswith("Next:")
