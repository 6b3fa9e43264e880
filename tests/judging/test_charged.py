"""Is a mistake charged once where several questions look at the same function?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pytest

from autograder.answer import Answer, ask
from autograder.errors import QuestionError
from autograder.judging import laws
from autograder.judging.charged import as_function
from autograder.judging.judge import Judge
from autograder.questions import catalogue
from autograder.questions.define import Inputs, Question
from autograder.questions.week06_backpropagation.engine import CorrectValue
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

    def again(question: Question, given: Sequence[Inputs], replaced: Sequence[str]) -> list[Answer]:
        with np.errstate(all="ignore"):
            return [ask(target, question.handed(each), question.drive) for each in given]

    for question in asked:
        answers = again(question, [probe.inputs for probe in judge.probes[question.name]], ())
        before.append(judge.judge(question.name, answers, again, before=before))
    return before


def test_are_these_all_functions_that_several_questions_look_at() -> None:
    asked = [
        (stem, each.calls)
        for stem in catalogue.stems()
        for each in catalogue.week(stem).questions.values()
    ]
    found = {pair for pair, count in Counter(asked).items() if count > 1}
    assert found == set(SHARED.items())


@pytest.mark.slow
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


def batchnorm(change: Callable[..., Any]) -> list[Verdict]:
    """The verdicts on both questions of a right `batchnorm_forward` whose return value changes."""
    judge = judge_of("week12_normalization")
    asked = of_one_function(judge, "batchnorm_forward")
    right = asked[0].alternatives["in-plain-numpy"].formula
    return verdicts(judge, asked, lambda *given: change(*right(*given)))


@pytest.mark.parametrize("place", range(3))
def test_does_a_part_with_wrong_numbers_cost_points_once(place: int) -> None:
    """As long as another part is right; what follows from it costs nothing either."""

    def wrong(*parts: Any) -> Any:
        return [1.5 * each + 0.25 if n == place else each for n, each in enumerate(parts)]

    first, second = batchnorm(wrong)
    part = ("out", "running_mean", "running_var")[place]
    assert first.points < first.max_points and not first.mistake
    assert (part, "numbers") in first.lost
    assert second.points == second.max_points
    assert "Only what was counted in batchnorm_forward is wrong" in second.message
    follows = "out follows from your running_mean and running_var, so it is not counted here either"
    assert (follows in second.message) == (part != "out")


def drifted(X: Any, *given: Any) -> Any:
    """A right `batchnorm_forward` whose running averages are both wrong."""
    right = judge_of("week12_normalization").questions["batchnorm_forward"]
    out, *statistics = right.alternatives["in-plain-numpy"].formula(X, *given)
    training = given[-1]
    return out, *(1.5 * each + 0.25 if training else each for each in statistics)


def test_does_what_follows_from_wrong_parts_count_as_right() -> None:
    """Here nothing else is: both averages are wrong, and the output made of them."""
    judge = judge_of("week12_normalization")
    asked = of_one_function(judge, "batchnorm_forward")
    first, second = verdicts(judge, asked, drifted)
    assert 0 < first.points < first.max_points
    assert second.points == second.max_points


@pytest.mark.parametrize(
    "change",
    [
        lambda out: 1.001 * out,
        lambda out: out + 1.0,
        lambda out: out[None],
        lambda out: np.full_like(out, np.nan),
        lambda out: "text",
    ],
)
def test_does_a_part_that_does_not_follow_still_cost_points(change: Callable[..., Any]) -> None:
    judge = judge_of("week12_normalization")
    asked = of_one_function(judge, "batchnorm_forward")

    def wrong(X: Any, *given: Any) -> Any:
        out, mean, var = drifted(X, *given)
        # As the tests of one function that `batchnorm_forward` shows right: 2 or 1 examples.
        return (change(out) if len(X) <= 2 and not given[-1] else out), mean, 1.0 * var

    _, second = verdicts(judge, asked, wrong)
    assert second.points <= second.max_points / 2
    assert "follows" not in second.message


def test_are_other_shapes_never_put_into_the_formula() -> None:
    """It runs in the grader's process, where they could take all memory."""
    judge = judge_of("week12_normalization")
    asked = of_one_function(judge, "batchnorm_forward")

    def large(X: Any, *given: Any) -> Any:
        return np.zeros_like(X), np.ones((50_000, 1, 1)), np.ones((1, 50_000, 1))

    assert verdicts(judge, asked, large)[1].points == 0


def test_is_a_part_that_no_answer_has_refused() -> None:
    asked = judge_of("week12_normalization").questions["batchnorm_over_batches"]
    with pytest.raises(QuestionError, match="names 'running_std'; expected parts of the answer"):
        asked.follows("out", of=("running_std",))(lambda *given: None)


def test_does_what_is_said_to_follow_do_so() -> None:
    for stem, calls in SHARED.items():
        judge = judge_of(stem)
        for question in of_one_function(judge, calls):
            assert not list(laws.parts_follow(judge, question))


def test_does_what_is_wrong_in_all_parts_show_nothing() -> None:
    def raises(*parts: Any) -> Any:
        raise ValueError("broken")

    for change in (raises, lambda *parts: [1.5 * each + 0.25 for each in parts]):
        assert [each.points for each in batchnorm(change)] == [0, 0]


def test_does_a_wrong_shape_cost_points_once() -> None:
    first, second = batchnorm(lambda out, *rest: (out, *(each[None] for each in rest)))
    assert 0 < first.points < first.max_points
    assert second.points == second.max_points


def test_does_another_form_of_the_data_of_values_cost_points_once() -> None:
    """Four questions look at `Value`, whose answers count as a whole."""
    judge = judge_of("week06_backpropagation")

    class Rows(CorrectValue):
        @property
        def grad(self) -> Any:
            return np.array([self._grad])

        @grad.setter
        def grad(self, value: Any) -> None:
            self._grad = float(np.squeeze(value))

    found = verdicts(judge, of_one_function(judge, "Value"), Rows)
    lost = [each.question for each in found if each.points < each.max_points]
    assert lost == ["value_arithmetic"]
    assert found[0].points == pytest.approx(found[0].max_points * 2 / 3, abs=0.01)


def test_does_an_error_after_the_last_batch_cost_what_was_seen_before_nothing() -> None:
    judge = judge_of("week07_sgd")
    first, second = of_one_function(judge, "train")
    target = first.alternatives["loss-asked-twice"].formula

    def raises_late(*given: Any) -> Any:
        target(*given)
        raise NameError("name 'histori' is not defined")

    found = verdicts(judge, [first, second], raises_late)
    assert found[0].points == 0
    assert found[1].points == found[1].max_points


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("inside", ["eps-outside-the-root", "divided-by-the-variance"])
@pytest.mark.parametrize("around", ["momentum-on-the-new-value", "last-batch-only"])
def test_do_a_slip_and_one_in_what_it_calls_cost_points_once_each(inside: str, around: str) -> None:
    """`batchnorm_forward` calls `batchnorm_inference`; `batchnorm_over_batches` calls both."""
    judge = judge_of("week12_normalization")
    names = ("batchnorm_inference", "batchnorm_forward", "batchnorm_over_batches")
    inference, forward, _ = (judge.questions[name] for name in names)
    composed = forward.composition
    slip = as_function(forward, forward.mistakes[around])
    assert composed and slip
    steps = {
        False: inference.mistakes[inside].formula,
        True: composed.parts["batchnorm_inference"],
    }

    def written(*given: Any, right: bool) -> Any:
        out, *_ = composed.formula(*given, batchnorm_inference=steps[right])
        return (out, *slip.formula(*given)[1:])

    found: list[Verdict] = []
    for name in names:
        question = judge.questions[name]

        def asked(question: Question, given: Any, replaced: Any) -> Any:
            right = "batchnorm_inference" in replaced
            whole = steps[right] if question is inference else partial(written, right=right)
            return [ask(whole, question.handed(each), question.drive) for each in given]

        inputs = [probe.inputs for probe in judge.probes[name]]
        culprits = ["batchnorm_inference"] if found else []
        found.append(judge.judge(name, asked(question, inputs, ()), asked, culprits, before=found))
    assert [each.mistake for each in found] == [inside, around, ""]
    assert found[2].points == found[2].max_points
    assert 0 < found[1].points < found[1].max_points
