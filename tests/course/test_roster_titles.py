"""Is every column of a class list known by its title, or asked about if it may be a slip?"""

from __future__ import annotations

import random

import pytest

from autograder.course.roster_titles import columns

KNOWN = ["last name", "first name", "e-mail", "username", "surname", "given name", "full name"]


def test_is_a_slip_in_any_title_asked_about():
    """Two letters changed places, one is missing, or one stands twice."""
    draw = random.Random(24)
    for title in KNOWN:
        for _ in range(20):
            at = draw.randrange(1, len(title) - 1)
            if not title[at - 1 : at + 2].isalpha():
                continue
            for slip in (
                title[:at] + title[at + 1] + title[at] + title[at + 2 :],
                title[:at] + title[at + 1 :],
                title[:at] + title[at] + title[at:],
            ):
                if slip == title:
                    continue
                with pytest.raises(ValueError, match="is unknown and similar to|no column is"):
                    columns(["id" if title != "username" else "section", slip])


@pytest.mark.parametrize(
    "title",
    ["section", "Status", "Notes", "Group", "Middle name", "Nickname", "Role", "Course name"]
    + ["Phone", "Tutorial", "Last access", "Availability", "Gender", "Program", "Group name"],
)
def test_is_a_column_of_another_thing_read_over(title):
    assert columns(["id", title]).places == {} and columns(["id", title]).ids == (0,)


def test_are_titles_compared_without_case_spaces_and_marks():
    for title in ("E-Mail", "email", "E_MAIL", " e mail ", "ｅ－ｍａｉｌ"):
        assert columns(["id", title]).places == {"email": 1}


def test_is_the_id_taken_from_the_column_that_every_student_has():
    header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Week 6 (4)"]
    found = columns(header)
    assert found.canvas and found.ids == (3, 2, 1)
    assert found.places == {"name": 0, "lms_user_id": 1}


def test_is_an_id_of_two_columns_asked_about_unless_an_lms_says_which():
    with pytest.raises(ValueError, match="'Student ID' and 'Username' can both be the id"):
        columns(["Student ID", "Username", "Name"])
    assert columns(["Student ID", "id", "Name"]).ids == (1,)
    brightspace = columns(["OrgDefinedId", "Username", "End-of-Line Indicator"])
    assert brightspace.ids == (1,) and brightspace.marked == {0, 1}
    blackboard = columns(["Last Name", "First Name", "Username", "Student ID", "A [x: 9] |12"])
    assert blackboard.ids == (2,)
