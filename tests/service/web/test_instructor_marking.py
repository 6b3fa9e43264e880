"""Is one question graded across students: item by item, with comments, and nothing lost?"""

from __future__ import annotations

import re

import pytest

from autograder.gradebook.hand_grading import answer_of
from autograder.gradebook.totals import totals
from autograder.service import actions, comment_bank
from tests.service.web.conftest import STEM
from tests.service.web.taught import WRITTEN

QUESTION = f"/teach/week06/questions/{WRITTEN}"
ADA = f"{QUESTION}/answers/ada"
BOB = f"{QUESTION}/answers/bob"
POINTS = {"item0": "8", "item1": "4,5", "item2": "0"}


def seen(browser, address=ADA):
    return re.search(r'name="seen" value="(\w+)"', browser.get(address).text)[1]


def manual(service, student="ada"):
    return answer_of(service.course, STEM, WRITTEN, student).manual


def test_stands_the_rubric_beside_the_answer_item_by_item(grace):
    page = grace.get(ADA).text
    assert "<strong>reused</strong>" in page
    for points in (8, 6, 6):
        assert f'max="{points}"' in page
    assert "what has to be kept from the forward pass" in page
    assert 'rel="next"' in page or 'rel="prev"' in page


def test_is_an_answer_shown_without_its_script(grace):
    assert "<script>alert" not in grace.get(BOB).text


def test_are_points_of_items_the_grade_and_the_next_answer_comes(tom, taught):
    answer = tom.post(ADA, data={"seen": seen(tom), "comment": "Well said.", **POINTS})
    assert answer.headers["location"] == BOB
    assert "ada has 12.5 of 20" in tom.get(BOB).text
    assert manual(taught) == 12.5
    page = tom.get(ADA).text
    assert 'value="4.5"' in page and "Well said." in page
    (total,) = [each for each in totals(taught.course, STEM) if each.student == "ada"]
    assert (total.points, total.waiting) == (15, False)
    (row,) = actions.latest(taught.engine)
    assert (row.name, row.action, row.student) == ("Tom Thumb", "grade by hand", "ada")
    assert row.details == f"{WRITTEN}: 12.5 points"


def test_is_the_list_what_comes_after_the_last(grace):
    for address in (ADA, BOB):
        answer = grace.post(address, data={"seen": seen(grace, address), **POINTS})
    assert answer.headers["location"] == QUESTION
    assert "Nobody waits any more" in grace.get(QUESTION).text


@pytest.mark.parametrize("typed", ["", "9", "-1", "nan", "inf", "much"])
def test_are_unusable_points_refused_and_nothing_that_was_typed_is_lost(grace, taught, typed):
    given = {**POINTS, "item0": typed, "comment": "Half of it."}
    answer = grace.post(ADA, data={"seen": seen(grace), **given})
    assert answer.status_code == 422
    assert "Expected a number from 0 to 8 for part 1 of the rubric" in answer.text
    assert "Half of it." in answer.text and 'value="4,5"' in answer.text
    assert manual(taught) is None


def test_writes_no_grader_over_another(grace, tom, taught):
    before = seen(grace)
    tom.post(ADA, data={"seen": before, **POINTS})
    answer = grace.post(ADA, data={"seen": before, **POINTS, "item0": "1", "comment": "Mine."})
    assert answer.status_code == 409 and "somebody else has graded it" in answer.text
    assert manual(taught) == 12.5 and "Mine." in answer.text


def test_can_points_be_taken_back(grace, taught):
    grace.post(ADA, data={"seen": seen(grace), **POINTS})
    grace.post(ADA, data={"seen": seen(grace), "take_back": "yes"})
    assert manual(taught) is None and answer_of(taught.course, STEM, WRITTEN, "ada").waiting


def test_is_a_comment_kept_for_the_next_answer(grace, tom, taught):
    given = {"comment": "Which paths?", "keep": "yes", **POINTS}
    grace.post(ADA, data={"seen": seen(grace), **given})
    (row,) = comment_bank.of_question(taught.engine, STEM, WRITTEN)
    assert (row.text, row.by_person) == ("Which paths?", "Grace Hopper")
    given = {"comment": "Short.", "bank": str(row.id), **POINTS}
    tom.post(BOB, data={"seen": seen(tom, BOB), **given})
    assert answer_of(taught.course, STEM, WRITTEN, "bob").comment == "Short.\n\nWhich paths?"
    tom.post(f"{QUESTION}/drop", data={"number": row.id})
    assert "Empty." in tom.get(QUESTION).text


def test_can_a_person_replace_the_points_of_the_checks(grace, taught):
    address = "/teach/week06/questions/dense_backward/answers/ada"
    page = grace.get(address).text
    assert "The checks gave 0.5 of 2" in page and "The sum over the batch is missing" in page
    grace.post(address, data={"seen": seen(grace, address), "item0": "2"})
    assert answer_of(taught.course, STEM, "dense_backward", "ada").points == 2


@pytest.mark.parametrize("address", [f"{QUESTION}/answers/eve", "/teach/week06/questions/none"])
def test_is_what_is_not_there_not_found(grace, address):
    assert grace.get(address).status_code == 404
