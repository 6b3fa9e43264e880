"""Is a mistake charged once where several questions look at the same function?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.answer import ask
from autograder.judging.charged import as_function
from autograder.judging.judge import Judge
from autograder.questions import catalogue
from autograder.questions.define import Question
from autograder.records import Verdict
from tests.judging.test_judge import judge_of

SHARED = {"week06_backpropagation": "Value", "week07_sgd": "train"} | {
    "week12_normalization": "batchnorm_forward"
}


def of_one_function(judge: Judge, calls: str) -> list[Question]:
    return [each for each in judge.questions.values() if each.calls == calls]


def verdicts(judge: Judge, asked: list[Question], target: Callable[..., Any]) -> list[Verdict]:
    """The verdicts on a student whose function is `target`."""
    before: list[Verdict] = []
    for question in asked:
        given = [question.handed(probe.inputs) for probe in judge.probes[question.name]]
        with np.errstate(all="ignore"):
            answers = [ask(target, each, question.drive) for each in given]
        before.append(judge.judge(question.name, answers, before=before))
    return before


def test_are_these_all_functions_that_several_questions_look_at() -> None:
    asked = [
        (stem, each.calls)
        for stem in catalogue.stems()
        for each in catalogue.week(stem).questions.values()
    ]
    found = {pair for pair, count in Counter(asked).items() if count > 1}
    assert found == set(SHARED.items())


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("stem", "calls"), SHARED.items())
def test_does_each_catalogued_mistake_cost_points_in_one_question(stem: str, calls: str) -> None:
    judge = judge_of(stem)
    asked = of_one_function(judge, calls)
    twice = []
    for question in asked:
        for mistake in question.mistakes.values():
            whole = as_function(question, mistake)
            assert whole, f"{question.name} needs an alternative, for the parts that are right"
            found = verdicts(judge, asked, whole.formula)
            lost = [each.question for each in found if each.points < each.max_points]
            if len(lost) != 1:
                twice.append(f"{mistake.name}: {lost}")
    assert not twice


def test_does_the_message_say_where_it_was_counted() -> None:
    judge = judge_of("week12_normalization")
    asked = of_one_function(judge, "batchnorm_forward")
    mistake = as_function(asked[0], asked[0].mistakes["divided-by-the-variance"])
    assert mistake
    first, second = verdicts(judge, asked, mistake.formula)
    assert first.points < first.max_points
    assert second.points == second.max_points
    assert second.message.splitlines()[1:3] == [
        "With divided-by-the-variance corrected, every case is right.",
        "It is the error that was counted in batchnorm_forward; it is not counted again here.",
    ]


def test_does_a_second_error_still_cost_points() -> None:
    judge = judge_of("week12_normalization")
    asked = of_one_function(judge, "batchnorm_forward")
    mistake = as_function(asked[0], asked[0].mistakes["divided-by-the-variance"])
    assert mistake

    def both(*given: Any) -> Any:
        out, mean, var = mistake.formula(*given)
        # Only a chain of calls passes on statistics other than those a single case begins with.
        return (out, mean, var) if len(given[0]) != 2 else (out, mean + 1, var)

    _, second = verdicts(judge, asked, both)
    assert second.points < second.max_points


def test_does_what_is_not_attempted_earn_nothing() -> None:
    judge = judge_of("week12_normalization")
    asked = of_one_function(judge, "batchnorm_forward")
    assert [each.points for each in verdicts(judge, asked, lambda *given: None)] == [0, 0]
