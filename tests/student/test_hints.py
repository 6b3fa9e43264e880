"""Do the hints go from where over why to numbers, for every catalogued mistake, without code?"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from functools import cache

import numpy as np
import pytest

from autograder.answer import MISSING, ask
from autograder.judging.explain import page as explained_page
from autograder.judging.judge import Judge
from autograder.questions import catalogue, references, small_cases
from autograder.questions.define import Question
from autograder.questions.small_cases import Step
from autograder.records import Outcome, Verdict
from autograder.student.hints import hinted
from tests.conftest import EXHAUSTIVE
from tests.laws.test_student_package import light_judge

WEEKS = catalogue.weeks()
EVERY = [
    (week, question, mistake)
    for week in WEEKS
    for question in week.questions.values()
    for mistake in question.mistakes.values()
]
# What is measured trains networks: seconds for each question.
QUICK = [each for each in EVERY if each[1].measured_by is None and not each[1].seconds]
TRIED = EVERY if EXHAUSTIVE else QUICK[::45]
HINTS = (1, 2, 3)
_SHORT = 14
"""Shorter pieces of code are names, or stand in any sentence of mathematics."""


@cache
def judge_of(stem: str) -> Judge:
    week = catalogue.week(stem)
    return Judge(week.questions, references.public(week.questions.values(), stem))


def hints_on(question: Question, mistake, judge: Judge) -> tuple[Verdict, list[str]]:
    """The verdict on an answer with one mistake, and its three hints."""
    probes = judge.probes[question.name]
    given = [question.mistaken(mistake, each.inputs, each.expected.value) for each in probes]
    verdict = judge.judge(question.name, given)
    public = [Step(each.case, each.inputs, each.expected) for each in probes]

    def answer(inputs):
        right = next((each.expected.value for each in public if each.inputs is inputs), None)
        if mistake.at and right is None:
            return ask(MISSING, {})
        return question.mistaken(mistake, inputs, right)

    return verdict, [hinted(question, verdict, n, answer, public).message for n in HINTS]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_has_every_mistake_three_hints_without_code():
    """Each says something of its own, and none quotes an expression of a right answer."""
    for week, question, mistake in TRIED:
        verdict, hints = hints_on(question, mistake, judge_of(week.stem))
        where, why, worked = (hint.partition("\n")[2] for hint in hints)
        assert where and why and worked and len({where, why, worked}) == 3, mistake.name
        assert mistake.name not in where, mistake.name
        if verdict.mistake == mistake.name:
            assert mistake.why in why or mistake.paragraphs[0] in why, mistake.name
            assert mistake.next_step in worked, mistake.name
        for hint in hints:
            assert not re.search(r"line \d+ of the cell", hint)
            bare = re.sub(r"\s", "", hint)
            quoted = [each for each in answers_code(question.name) if each in bare]
            assert not quoted, (mistake.name, quoted, hint)


@cache
def answers_code(name: str) -> frozenset[str]:
    """Every longer expression that computes in a right answer of a question, without spaces."""
    question = catalogue.question(name)
    formulas = [question.reference, *(each.formula for each in question.alternatives.values())]
    return frozenset().union(*map(expressions, formulas))


def expressions(function) -> set[str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    kinds = (ast.BinOp, ast.Call)
    texts = (
        re.sub(r"\s", "", ast.unparse(node))
        for statement in ast.walk(tree)
        if isinstance(statement, (ast.Return, ast.Assign))
        for node in ast.walk(statement)
        if isinstance(node, kinds)
    )
    return {text for text in texts if len(text) >= _SHORT and "np." in text or "@" in text}


@pytest.mark.parametrize("name", ["dense_backward", "tanh", "who_learns"])
def test_does_a_students_package_say_the_same(name, monkeypatch):
    """Word for word, from data alone."""
    question = catalogue.question(name)
    judge = judge_of(catalogue.week(question.week).stem)
    light = light_judge(judge, question)
    assert light.questions[name].mistakes.keys() == question.mistakes.keys()
    for mistake in question.mistakes.values():
        expected = hints_on(question, mistake, judge)[1]
        page = explained_page([(question, mistake)], with_formula=False)
        answers = judge.answers_of_mistakes(question)[mistake.name]
        own = light.questions[name]
        public = [Step(e.case, e.inputs, e.expected) for e in light.probes[name]]
        verdict = light.judge(name, answers)
        with monkeypatch.context() as patch:
            patch.setattr("autograder.questions.packaged.is_here", lambda: True)
            said = [
                hinted(own, verdict, n, lambda _: ask(MISSING, {}), public).message for n in (1, 2)
            ]
            assert small_cases.load(own) == small_cases.load(question)
        assert said == expected[:2]
        assert explained_page([(own, own.mistakes[mistake.name])], with_formula=False) == page


def test_are_all_mistakes_counted():
    """A question that is added brings its texts along."""
    assert len(EVERY) >= 1_567
    assert all(each.why and each.next_step for _, _, each in EVERY)


@pytest.fixture(scope="module")
def averaged():
    question = catalogue.question("dense_backward")
    judge = judge_of(catalogue.week("week06").stem)

    def wrong(dout, X, W):
        return dout @ W.T, X.T @ dout / len(X), dout.sum(axis=0)

    public = [Step(e.case, e.inputs, e.expected) for e in judge.probes[question.name]]
    answers = [ask(wrong, each.inputs) for each in public]
    verdict = judge.judge(question.name, answers)
    return question, verdict, lambda inputs: ask(wrong, inputs), public


def test_does_the_first_hint_say_where_and_not_why(averaged):
    question, verdict, answer, public = averaged
    text = hinted(question, verdict, 1, answer, public).message
    assert text.startswith("dense_backward · dW · hint 1 of 3\nLook at dW.")
    assert "plain sum" not in text and "averaged" not in text
    assert text.endswith('Next: check("dense_backward", hint=2) shows why.')


def test_does_the_third_hint_go_step_by_step(averaged):
    """With one example the mean is the sum: the step in which it goes wrong is the second."""
    question, verdict, answer, public = averaged
    text = hinted(question, verdict, 3, answer, public).message
    alone, both = text.split("With the first example alone:")[1].split("With all of it:")
    assert alone.strip() == "right: dX, dW, db"
    assert "dW, yours" in both and "dW, expected" in both and "right: dX, db" in both
    assert re.search(r"in place of .*, dW\[\d, \d\] should go from .*; yours goes from", both)


@pytest.mark.parametrize("step", [4, -1, "why", True, 1.5])
def test_is_a_hint_that_is_none_told(averaged, step):
    text = hinted(*averaged[:2], step, *averaged[2:]).message
    assert "Expected hint=1 (where), 2 (why) or 3 (a small case)" in text


def test_is_there_no_hint_on_a_right_answer(averaged):
    question, verdict, answer, public = averaged
    right = Verdict(question.name, 1, 1, Outcome.RIGHT, "dense_backward\nRight.")
    assert "nothing to hint at" in hinted(question, right, 1, answer, public).message


def test_is_an_unwritten_answer_shown_what_is_expected(averaged):
    question, _, _, public = averaged
    nothing = Verdict(question.name, 0, 1, Outcome.NOT_ATTEMPTED, "dense_backward\nStub.")
    text = hinted(question, nothing, 3, lambda _: ask(None, {}), public).message
    assert "dW, expected = " in text and "yours" not in text


def test_has_a_choice_hints_without_its_letter():
    question = catalogue.question("who_learns")
    mistake = next(iter(question.mistakes.values()))
    _, hints = hints_on(question, mistake, judge_of("week00_start"))
    assert all(hints)
    assert not any(re.search(rf"\b{question.reference()}\b is", hint) for hint in hints)


def test_is_an_unexplained_answer_still_given_numbers(averaged):
    question, _, _, public = averaged
    judge = judge_of(catalogue.week("week06").stem)

    def odd(dout, X, W):
        return dout @ W.T + 0.25, X.T @ dout, dout.sum(axis=0)

    verdict = judge.judge(question.name, [ask(odd, each.inputs) for each in public])
    assert not verdict.mistake
    where, why, worked = (
        hinted(question, verdict, n, lambda inputs: ask(odd, inputs), public).message for n in HINTS
    )
    assert "Look at dX." in where
    assert "none of the mistakes that this course knows" in why
    assert "dX, yours" in worked and "right: dW, db" in worked


def test_are_arrays_kept(averaged):
    """Does a hint leave the public cases as they are?"""
    question, verdict, answer, public = averaged
    before = [np.copy(each.inputs["X"]) for each in public]
    hinted(question, verdict, 3, answer, public)
    assert all(np.array_equal(a, b.inputs["X"]) for a, b in zip(before, public, strict=True))
