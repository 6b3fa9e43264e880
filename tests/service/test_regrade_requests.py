"""Is a request for another look kept, and refused with a sentence where it cannot be?"""

from __future__ import annotations

import pytest

from autograder.service import regrade_requests
from autograder.service.regrade_requests import LONGEST, MOST_OPEN, UnusableRequest
from tests.service.conftest import NOON, STEM


def ask(engine, sentence="The sign is right.", student="ada", stem=STEM):
    regrade_requests.ask(engine, student, stem, "relu_backward", sentence, NOON)


def test_is_it_found_again_by_its_student_and_week(engine):
    ask(engine, "  First.\n")
    ask(engine, "Second.")
    ask(engine, "Bob's.", "bob")
    ask(engine, "Another week's.", stem="week07_sgd")
    found = regrade_requests.of_student(engine, "ada", STEM)
    assert [row.sentence for row in found] == ["Second.", "First."]
    assert (found[0].question, found[0].asked, found[0].answer) == ("relu_backward", NOON, None)


@pytest.mark.parametrize(
    ("sentence", "told"), [(" \n", "received none"), ("x" * (LONGEST + 1), "in fewer words")]
)
def test_is_what_is_no_sentence_refused(engine, sentence, told):
    with pytest.raises(UnusableRequest, match=told):
        ask(engine, sentence)
    assert not regrade_requests.of_student(engine, "ada", STEM)


def test_may_a_student_not_ask_without_end(engine):
    for _ in range(MOST_OPEN):
        ask(engine)
    with pytest.raises(UnusableRequest, match="not answered yet"):
        ask(engine)
    ask(engine, student="bob")
