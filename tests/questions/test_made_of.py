"""Does a question know the mistakes of the questions that its answer is made of?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.answer import Answer, Status, ask
from autograder.errors import QuestionError
from autograder.judging.judge import Judge
from autograder.judging.mistakes import mistakes_behind
from autograder.questions import catalogue, references
from autograder.questions.define import Question, question
from autograder.questions.made_of import shared_mistakes
from autograder.records import Trial, Verdict

COMPOSED = [
    each
    for week in map(catalogue.week, catalogue.stems())
    for each in week.questions.values()
    if each.composition
]
LEARNT = "What is judged is what was learnt, and many mistakes of a part end in networks alike."
NOT_MADE_OF_PARTS = {
    "train_in_new_orders": "All gradients are 0 there, so no step shows what it does wrong.",
    "train_xor": LEARNT,
    "train_digits": LEARNT,
    "train_characters": LEARNT,
    "bet_with_error_bar": "Computed by the law itself, its bars lose digits that they should keep.",
    "decoupled_decay": "It has no slope in it: a lost 2 or sign would be another mistake here.",
    "fit_power_law_with_floor": "A search with a wrong curve ends anywhere, by chance.",
}
"""The questions that call plain functions of others and do not know these mistakes, and why."""
every_composed = pytest.mark.parametrize("composed", COMPOSED, ids=lambda each: each.name)


def halves() -> Question:
    @question(points=2, returns=("low", "high"))
    def halves(x):
        """The halves of x."""

    @halves.mistake(
        "high-doubled",
        at="high",
        family={"factor": (2.0, 3.0)},
        otherwise=lambda _: (lambda x: 4 * x,),
    )
    def _(x, *, factor=2.0):
        """It is doubled.

        Next: divide.
        """
        return factor * x

    return halves


def outer(but: str = "") -> Question:
    @question(points=2)
    def outer(x):
        """The sum of the halves, and 1."""

    @outer.made_of(but=but)
    def _(x, *, halves=lambda x: (x / 2, x / 2)):
        return sum(halves(x)) + 1

    return outer


def test_is_a_part_put_in_the_place_of_the_right_one():
    shared = shared_mistakes(outer(), {"halves": halves()}.get)
    mistake = shared["high-doubled"]
    assert (mistake.of, mistake.at, mistake.why) == ("halves", "", "It is doubled.")
    assert [member.formula(4.0) for member in mistake.members] == [
        4 / 2 + high + 1 for high in (8, 12, 16)
    ]
    assert "factor * x" in mistake.code


def test_does_a_mistake_of_its_own_or_one_left_out_take_its_place():
    own = outer()
    own.mistake("high-doubled")(lambda x: x)
    assert not shared_mistakes(own, {"halves": halves()}.get)
    assert not shared_mistakes(outer(but="high-doubled"), {"halves": halves()}.get)


def test_is_nothing_shared_with_a_question_that_the_course_has_removed():
    assert not shared_mistakes(outer(but="high-doubled"), lambda name: None)


def test_is_a_name_refused_that_no_part_has():
    with pytest.raises(QuestionError, match="but='high-halved' is no mistake"):
        shared_mistakes(outer(but="high-halved"), {"halves": halves()}.get)


def test_is_a_part_refused_that_is_no_plain_call():
    part = halves()
    part.driver(lambda halves, x: halves(x))
    with pytest.raises(QuestionError, match="cannot be made of halves"):
        shared_mistakes(outer(), {"halves": part}.get)


@every_composed
def test_are_there_mistakes_that_its_parts_share(composed):
    shared = [each for each in composed.mistakes.values() if each.of]
    assert shared
    assert {each.of for each in shared} <= set(catalogue_of_parts(composed))


def catalogue_of_parts(composed: Question) -> list[str]:
    """The parts, and what these are made of in turn."""
    found = list(composed.composition.parts)
    for name in found:
        part = catalogue.question(name)
        found += part.composition.parts if part.composition else ()
    return found


@every_composed
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_is_every_shared_mistake_known_by_its_numbers(composed):
    """An exception alone may come from anywhere in an answer of several steps."""
    week = catalogue.week(composed.week)
    judge = Judge({composed.name: composed}, references.public([composed], week.stem))
    for mistake in composed.mistakes.values():
        if mistake.of:
            made = next(
                made for name, made in judge.prepared_mistakes(composed) if name == mistake.name
            )
            assert any(each.wrong and each.answer.status is Status.RETURNED for each in made), (
                mistake
            )


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("mlp_loss_and_grads", "bias-gradient-averaged"),
        ("mlp_backward", "sigmoid-upstream-added"),
    ],
)
def test_is_the_message_about_the_step(name, step):
    composed = catalogue.question(name)
    judge = Judge(
        {name: composed}, references.public([composed], catalogue.week(composed.week).stem)
    )
    verdict = judge.judge(name, judge.answers_of_mistakes(composed)[step])
    mistake = composed.mistakes[step]
    assert verdict.mistake == step
    assert (
        f"It is in the part of the work that `{mistake.of}` asks for.\n{mistake.why}"
        in verdict.message
    )


def test_is_a_random_wrong_gradient_given_no_name():
    composed = catalogue.question("mlp_backward")
    judge = Judge({composed.name: composed}, references.public([composed], "week08_vanishing"))
    rng = np.random.default_rng(0)
    trials = [
        Trial(
            probe.case,
            True,
            probe.weight,
            probe.inputs,
            probe.expected,
            Answer(
                Status.RETURNED,
                {k: v + rng.normal(size=v.shape) for k, v in probe.expected.value.items()},
            ),
        )
        for probe in judge.probes[composed.name]
    ]
    assert mistakes_behind(composed, trials, judge.prepared_mistakes(composed)) == ()


def test_does_every_question_know_its_parts_mistakes_or_say_why_not():
    """What cannot be called plainly, a step with a state or a class, cannot be put in its place."""
    without = {}
    for week in map(catalogue.week, catalogue.stems()):
        for each in week.questions.values():
            parts = [week.questions[name] for name in each.builds_on]
            plain = [part for part in parts if not (part.drive or part.measured_by)]
            if plain and not each.composition:
                without[each.name] = [part.name for part in plain]
    assert without.keys() == NOT_MADE_OF_PARTS.keys()
    assert all(len(reason) > 20 and reason.endswith(".") for reason in NOT_MADE_OF_PARTS.values())


def test_is_a_step_named_that_a_composite_was_not_known_to_contain():
    for name, step in [
        ("backward_norms", "half-of-the-slope"),
        ("collapse_pile", "bias-from-the-other-side"),
        ("info_nce", "divided-by-squared-lengths"),
    ]:
        composed = catalogue.question(name)
        mistake = composed.mistakes[step]
        verdict = by_public_cases(name, mistake.formula)
        assert verdict.mistake == step
        assert f"`{mistake.of}` asks for." in verdict.message


def by_public_cases(name: str, formula: Any) -> Verdict:
    composed = catalogue.question(name)
    judge = Judge(
        {name: composed}, references.public([composed], catalogue.week(composed.week).stem)
    )
    return judge.judge(name, [ask(formula, probe.inputs) for probe in judge.probes[name]])
