"""Check a week's questions before students receive them."""

from __future__ import annotations

from autograder.errors import QuestionError
from autograder.judging import laws
from autograder.judging.judge import Judge
from autograder.questions import catalogue, references
from autograder.questions.catalogue import Week


def validate_week(week: Week) -> None:
    """Reject a week whose cases or mistakes could not tell right answers from wrong ones.

    Raises:
        QuestionError: when a case or a mistake breaks a rule.
        MissingReference: when the shipped reference values are out of date.
    """
    for question in week.questions.values():
        catalogue.refuse_weak_cases(question)
    public = references.public(week.questions.values(), week.stem)
    reject_weak_mistakes(Judge(week.questions, public))


def reject_weak_mistakes(judge: Judge) -> None:
    """Reject mistakes that equal the reference, and mistakes that equal each other.

    Raises:
        QuestionError: naming the question and its mistake.
    """
    for name, question in judge.questions.items():
        for mistake in question.mistakes.values():
            for reason in laws.mistake_is_named(judge, question, mistake):
                raise QuestionError(f"{name}: {reason}")
