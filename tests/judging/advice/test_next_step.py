"""Does every message about every question end with advice that fits its fault, and no other?"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

import pytest

from autograder.answer import Answer, Status
from autograder.judging import wording
from autograder.judging.compare import differences_of
from autograder.questions import catalogue, references
from autograder.questions.define import Question
from autograder.records import Outcome, Trial
from tests.judging.advice.answers import ended, returned

SNAPSHOT = Path(__file__).parents[1] / "messages" / "faults.txt"
EXAMPLES = (
    "dense_backward",
    "softmax",
    "mse",
    "sgd_step",
    "value_arithmetic",
    "diagnose_init",
    "greet_robot",
    "who_learns",
    "xor_by_hand",
)
"""A function of several arrays, of an array, of a number, of a dict; a class; a text out of a list
and a free one; a letter; and what is measured."""


@cache
def _references(stem: str) -> references.References:
    return references.public(catalogue.week(stem).questions.values(), stem)


def messages(question: Question, *, public: bool = True) -> dict[str, tuple[Outcome, str]]:
    """The outcome and the message of each kind of wrong answer to two cases, by its name."""
    expected = _references(catalogue.week(question.week).stem)
    cases = [
        (
            case,
            references.inputs(question, case, references.PUBLIC_SECRET),
            expected[question.name, case.name],
        )
        for case in list(question.cases.values())[:2]
    ]
    without_value = ended()
    values = [returned(question, reference.value) for _, _, reference in cases]
    found = {}
    for name in [*without_value, *values[0]]:
        answers = [without_value.get(name) or of_case[name] for of_case in values]
        trials = [
            Trial(case.name, public, case.weight, inputs, reference, answer)
            for (case, inputs, reference), answer in zip(cases, answers, strict=True)
        ]
        wrong = [(trial, d) for trial in trials if (d := differences_of(question, trial))]
        if wrong:
            outcome = wording.told(wrong)[1].outcome
            found[name] = (outcome, wording.wrong(question, wrong, None))
    return found


QUESTIONS = [question for week in catalogue.weeks() for question in week.questions.values()]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_does_every_message_end_with_a_next_step_that_fits(question):
    for name, (outcome, message) in messages(question).items():
        *above, last = message.splitlines()
        assert re.fullmatch(r"(?:Next|Check): .*[^!?]\.", last), message
        step = last.replace(question.calls, "it")
        for words, fitting in ONLY_FOR.items():
            assert words not in step or fitting(name, outcome), message
        alone = outcome is Outcome.VALUES and not question.measured_by
        assert "No catalogued mistake explains it." not in above or alone, message


ONLY_FOR = {
    "shape": lambda name, outcome: outcome is Outcome.SHAPE or name == "raised shapes",
    "every intermediate value": lambda name, outcome: outcome is Outcome.VALUES,
    "the intermediate values": lambda name, outcome: outcome is Outcome.NOT_FINITE,
    "never becomes false": lambda name, outcome: False,
    "these letters": lambda name, outcome: outcome in (Outcome.VALUES, Outcome.STRUCTURE),
    "character by character": lambda name, outcome: outcome is Outcome.VALUES,
    "None": lambda name, outcome: "None" in name or name == "raised attribute",
    "loop, slice": lambda name, outcome: "no entries" in name or name == "a list of nothing",
    "installed": lambda name, outcome: "library" in name,
    "memory": lambda name, outcome: "memory" in name,
    # Parts of one shape that are exchanged differ in their values.
    "in this order": lambda name, outcome: (
        outcome in (Outcome.STRUCTURE, Outcome.SHAPE) or name == "other order"
    ),
    "complex": lambda name, outcome: outcome is Outcome.DTYPE,
    "float64": lambda name, outcome: outcome is Outcome.DTYPE,
    "rounded constant": lambda name, outcome: name == "nearly",
    "`Returns`": lambda name, outcome: (
        outcome in (Outcome.STRUCTURE, Outcome.RAISED) or name == "crashed unreadable"
    ),
}
"""Words of a next step, and for which faults it may contain them."""


@pytest.mark.parametrize("question", QUESTIONS[::7], ids=lambda question: question.name)
def test_is_the_advice_about_a_hidden_case_the_same_whatever_it_answered(question):
    """It may depend on the outcome, and on the type of an exception that Python has."""
    steps: dict[str, set[str]] = {}
    for name, (outcome, message) in messages(question, public=False).items():
        if outcome not in (Outcome.RAISED, Outcome.MISSING):
            steps.setdefault(str(outcome), set()).add(message.splitlines()[-1])
        assert "no such text" not in message and "helper_of_mine" not in message, name
    assert all(len(each) == 1 for each in steps.values()), steps


def test_are_the_messages_those_of_the_snapshot():
    text = ""
    for name in EXAMPLES:
        for fault, (_, message) in messages(catalogue.question(name)).items():
            # What was raised matters and not by which question: two show it.
            if fault not in ended() or name in ("dense_backward", "who_learns"):
                text += f"[{fault}]\n{_without_cases(message)}\n\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(text)
    assert text == SNAPSHOT.read_text()


def _without_cases(message: str) -> str:
    """The message without its cases: a question may get more of them."""
    return re.sub(r" · \d+ of \d+ public cases?|^Right: .*\n", "", message, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("received", "told", "step"),
    [
        ("d", "expected one of the letters a, b and c, received 'd'", 'such as `who_learns = "a"`'),
        ("bc", "received 'bc'", 'such as `who_learns = "a"`'),
        ("", "received ''", 'such as `who_learns = "a"`'),
        ("B", "", "reread the section and choose again"),
    ],
)
def test_is_a_wrong_letter_told_to_choose_again_and_no_letter_what_letters_are(
    received, told, step
):
    question = catalogue.question("who_learns")
    expected = references.public([question], "week00_start")["who_learns", "choice"]
    trial = Trial("choice", True, 1.0, {}, expected, Answer(Status.RETURNED, received))
    message = wording.wrong(question, [(trial, differences_of(question, trial))], None)
    assert told in message and step in message.splitlines()[-1]
    assert "expected 'c'" not in message
