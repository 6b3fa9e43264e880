"""Do the fields of a form and the names in tables say what was typed, and who somebody is?"""

from __future__ import annotations

import pytest

from autograder.course.roster import Student
from autograder.service.web.instructor_page import Form, TaughtWeek, name_of
from tests.service.web.conftest import STEM


def test_has_a_form_every_box_that_was_ticked():
    form = Form([("week", "week06"), ("week", " week07 "), ("file", object())])
    assert form.every("week") == ["week06", "week07"]
    assert (form.get("week"), form.get("file"), form.get("none")) == ("week06", "", "")


@pytest.mark.parametrize(
    ("student", "name"),
    [
        (Student("b", "Bell", "Bob"), "Bell, Bob"),
        (Student("b", "", "Bob"), "Bob"),
        (Student("b"), "b"),
        (None, "gone"),
    ],
)
def test_has_everybody_a_name(student, name):
    assert name_of(student, "gone") == name


def test_is_an_id_with_odd_letters_part_of_an_address():
    assert TaughtWeek(STEM).page_of("a b/ü?") == "/teach/week06/students/a%20b%2F%C3%BC%3F"


def test_is_what_was_done_told_once(grace):
    grace.post("/teach/week06/hold")
    grace.get("/teach/week06", headers={"x-follows": "yes"})
    assert "are held back: neither" in grace.get("/teach/week06").text
    assert "are held back: neither" not in grace.get("/teach/week06").text
