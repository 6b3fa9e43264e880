"""Does the page of every mistake say where it is, why it happens, and what to do next?"""

from __future__ import annotations

import pytest

from autograder.judging.explain import page
from autograder.questions import catalogue
from autograder.questions.define import Mistake, Question

CATALOGUED = [
    (question, mistake)
    for week in catalogue.weeks()
    for question in week.questions.values()
    for mistake in question.mistakes.values()
]


@pytest.mark.parametrize("week", catalogue.weeks(), ids=lambda week: week.name)
def test_does_every_page_hold_what_its_mistake_says(week: catalogue.Week):
    """Every paragraph once, in order, with the formula just before the next step."""
    for question in week.questions.values():
        for mistake in question.mistakes.values():
            check_page(question, mistake)


def check_page(question: Question, mistake: Mistake) -> None:
    heading, where, *body = page([(question, mistake)]).rstrip("\n").split("\n\n")
    assert heading == f"# {mistake.name}"
    assert f"`{question.name}`" in where and f"({question.week})" in where
    assert where.startswith("Another convention" if mistake.convention else "A mistake")
    assert body[-1] == mistake.next_step
    assert body[: len(mistake.paragraphs) - 1] == mistake.paragraphs[:-1]
    code = mistake.code.strip()
    assert ("The formula that gives it:" in body) == bool(code)
    assert f"```python\n{code}\n```" in "\n\n".join(body) or not code


def test_does_a_name_in_several_questions_give_a_section_for_each():
    own = [(question, mistake) for question, mistake in CATALOGUED if not mistake.of]
    names = [mistake.name for _, mistake in own]
    shared = next(name for name in names if names.count(name) > 1)
    found = [(question, mistake) for question, mistake in own if mistake.name == shared]
    sections = page(found).split("\n\n---\n\n")
    assert len(sections) == len(found)
    for section, (question, mistake) in zip(sections, found, strict=True):
        assert f"`{question.name}`" in section and mistake.why in section


def test_has_a_mistake_one_section_that_questions_made_of_another_share():
    name = next(mistake.name for _, mistake in CATALOGUED if mistake.of)
    found = [pair for pair in CATALOGUED if pair[1].name == name]
    listed = [pair for pair in found if not pair[1].of]
    assert len(found) > len(listed)
    assert page(found) == page(listed)
