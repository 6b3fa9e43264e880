"""Does a class list become students, or one line that says what to fix?"""

from __future__ import annotations

from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.course import directory as courses
from autograder.course.roster import Student, enrolled, read_roster
from autograder.errors import CourseError
from tests.tiny_course import course

__all__ = ["course"]


def roster(folder: Path, content: str | bytes) -> Path:
    path = folder / "class.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        "id,last_name,first_name,email\nann,Zü,Ann,ann@x.org\nbob,Y,Bob,\n",
        "\ufeffID;Last Name;First Name;E-Mail\r\nann;Zü;Ann;ann@x.org\r\n\r\nbob; Y ;Bob;\r\n",
        "section\tEmail address\tStudent ID\tSurname\tGiven name\n"
        "1\tann@x.org\tann\tZü\tAnn\n1\t\tbob\tY\tBob\n",
        'id,last_name,first_name,email\n"ann","Zü",Ann,ann@x.org\nbob,Y,Bob',
    ],
)
def test_are_usual_spellings_of_a_roster_understood(tmp_path, content):
    assert read_roster(roster(tmp_path, content)) == [
        Student("ann", "Zü", "Ann", "ann@x.org"),
        Student("bob", "Y", "Bob", None),
    ]


def test_is_the_number_of_the_platform_taken_where_there_is_one(tmp_path):
    content = "id,Canvas ID\nann,501\nbob,\n"
    ann, bob = read_roster(roster(tmp_path, content))
    assert (ann.lms_user_id, bob.lms_user_id) == ("501", None)
    made = courses.init(tmp_path / "nn", roster(tmp_path, content))
    assert enrolled(made.db_url) == [ann, bob]


WRONG_ROSTERS = {
    "empty": ("", "is empty"),
    "no id column": ("name,email\nann,a@x\n", "line 1: no column is called id"),
    "no header": ("ann,Z,Ann,a@x\n", "line 1: no column is called id"),
    "missing id": ("id,email\nann,a\n\n,b\n", "line 4: the id is missing"),
    "duplicate": ("id\nann\nbob\nann\n", "line 4: the id 'ann' also stands on line 2"),
    "path": ("id\n../bob\n", "line 2: the id '../bob' cannot be a folder"),
    "pattern": ("id\nb*b\n", "line 2"),
    "hidden": ("id\n.bob\n", "line 2"),
    "utf-16": ("id\nann\n".encode("utf-16"), "not UTF-8"),
    "binary": (b"id\n\xff\xfe\x00", "not UTF-8"),
}


@pytest.mark.parametrize(("content", "reason"), WRONG_ROSTERS.values(), ids=WRONG_ROSTERS)
def test_does_a_wrong_roster_make_no_course(tmp_path, content, reason):
    with pytest.raises(CourseError) as caught:
        courses.init(tmp_path / "nn", roster(tmp_path, content))
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["class.csv"]


def test_is_the_separator_with_the_most_columns_taken(tmp_path):
    content = "id;last_name;first_name\nann;Z, Jr.;Ann\n"
    assert read_roster(roster(tmp_path, content)) == [Student("ann", "Z, Jr.", "Ann")]


def test_is_markup_dropped_from_names_and_refused_in_ids(tmp_path):
    """The formgrader writes both into its pages as they stand."""
    (ann,) = read_roster(roster(tmp_path, "id,last_name\nann,<i>Z</i>\n"))
    assert ann.last_name == "iZ/i"
    with pytest.raises(CourseError, match="cannot be a folder's name"):
        read_roster(roster(tmp_path, "id\n<i>ann\n"))


def test_are_students_read_in_the_order_of_their_ids(course):
    with Gradebook(course.db_url) as gradebook:
        for name in ("eve", "ann", "bob"):
            gradebook.add_student(name, first_name=name.title())
    assert [each.id for each in enrolled(course.db_url)] == ["ann", "bob", "eve"]
    assert enrolled(course.db_url)[0] == Student("ann", first_name="Ann")


def test_is_an_empty_class_reported_with_the_next_step(course):
    with pytest.raises(CourseError, match="no students.*`autograder init --roster`"):
        enrolled(course.db_url)


@pytest.mark.parametrize("name", ["../ann", "a/b", ".ann"])
def test_is_an_id_that_would_leave_its_folder_refused(course, name):
    with Gradebook(course.db_url) as gradebook:
        gradebook.add_student(name)
    with pytest.raises(CourseError, match="cannot be a folder's name"):
        enrolled(course.db_url)


def test_is_a_gradebook_that_cannot_be_read_one_line(course):
    (course.root / "gradebook.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(CourseError, match="is not available") as caught:
        enrolled(course.db_url)
    assert "\n" not in str(caught.value)
