"""Does a class list become students, or one line that says what to fix?"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.api import Gradebook

from autograder.course import directory as courses
from autograder.course.roster import Student, about, enrolled, read_roster
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


JANE, BOB = ("Doe", "Jane Ann"), ("Y", "Bob")
READ = {
    "one column for the name": 'id,Name\n1,"Doe, Jane Ann"\n2,Bob Y\n',
    "a full name": "Full Name;ID\nJane Ann Doe;1\nY, Bob;2\n",
    "German": "Matrikelnummer;Name;Vorname\n1;Doe;Jane Ann\n2;Y;Bob\n",
    "French": "id;Nom;Prénom\n1;Doe;Jane Ann\n2;Y;Bob\n",
    "all in the last name": 'id,last name\n1,"Doe, Jane Ann"\n2,"Y, Bob"\n',
    "student beside an id": 'Student,ID\n"Doe, Jane Ann",1\nBob Y,2\n',
    "Brightspace": "OrgDefinedId,Username,Last Name,First Name,End-of-Line Indicator\n"
    "#9001,#1,Doe,Jane Ann,#\n#9002,#2,Y,Bob,#\n",
    "Blackboard": "Last Name\tFirst Name\tUsername\tStudent ID\tWeek 1 [Total Pts: 9] |12\n"
    "Doe\tJane Ann\t1\t77\t\nY\tBob\t2\t78\t\n",
    "marked logins": "Username,Name\n#1,Jane Ann Doe\n#2,Bob Y\n",
    "Gradescope": "First Name,Last Name,SID,Email,Role\nJane Ann,Doe,1,,Student\nBob,Y,2,,x\n"
    "Tea,Cher,3,,Instructor\nAss,Istant,4,,TA\n",
    "Excel's first line": "sep=;\r\nid;Name\r\n1;Doe, Jane Ann\r\n2;Bob Y\r\n",
    "empty lines above": "\n ,\nid,Name\n1,Jane Ann Doe\n2,Bob Y\n",
    "short titles": "id,last,first\n1,Doe,Jane Ann\n2,Y,Bob\n",
    "Canvas": "Student,ID,SIS User ID,SIS Login ID,Section,Week 6 (42)\n"
    "    Points Possible,,,,,100.00\n,,,,,Manual Posting\n"
    '"Doe, Jane Ann",501,,1,A,EX\n"Y, Bob",502,,2,A and B,\n"Student, Test",9,,x,A,\n',
    "Canvas without logins": "Student;ID;SIS Login ID;Section\n    Points Possible;;;\n"
    "Doe, Jane Ann;1;;A\nY, Bob;2;bob;A\n",
    "Canvas with two columns of names": "LastName,FirstName,ID,SIS Login ID,Section\n"
    "    Points Possible,,,,\nDoe,Jane Ann,501,1,A\nY,Bob,502,2,A\n",
}


@pytest.mark.parametrize("content", READ.values(), ids=READ)
def test_is_nobodys_name_lost_in_the_lists_that_people_have(tmp_path, content):
    found = read_roster(roster(tmp_path, content))
    assert [(each.id, (each.last_name, each.first_name)) for each in found] == [
        ("1", JANE),
        ("2", BOB),
    ]


def test_are_canvas_own_numbers_read_from_its_gradebook(tmp_path):
    found = read_roster(roster(tmp_path, READ["Canvas"]))
    assert [each.lms_user_id for each in found] == ["501", "502"]


def test_are_moodles_participants_known_by_their_addresses(tmp_path):
    content = (
        '\ufeff"First name","Last name","Email address",Groups\nSeán,O\'Brien,sean@x.org,"A, B"\n'
    )
    path = roster(tmp_path, content)
    assert read_roster(path) == [Student("sean@x.org", "O'Brien", "Seán", "sean@x.org")]
    assert about(read_roster(path)) == (
        "1 student, 1 with a name and 1 with an e-mail address, which is also the id: the list has "
        "no other"
    )


NAMES = st.text(st.characters(categories=["L"]), min_size=1, max_size=6)
TITLES = {
    "id": ["id", "Student ID", "username", "SID"],
    "last_name": ["Last name", "surname", "Nachname", "last-name"],
    "first_name": ["First name", "given name", "Vorname"],
    "email": ["E-Mail", "email address"],
    "other": ["section", "Notes", ""],
}


@given(st.data(), st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=5))
def test_does_the_order_of_columns_and_their_titles_change_nothing(tmp_path_factory, data, people):
    fields = data.draw(st.permutations(list(TITLES)))
    header = [data.draw(st.sampled_from(TITLES[field])) for field in fields]
    rows = [
        {"id": f"s{n}", "last_name": last, "first_name": first, "email": f"s{n}@x", "other": "?"}
        for n, (last, first) in enumerate(people)
    ]
    lines = [header, *([row[field] for field in fields] for row in rows)]
    content = "".join(";".join(line) + "\r\n" for line in lines)
    found = read_roster(roster(tmp_path_factory.getbasetemp(), content))
    assert found == [
        Student(f"s{n}", last, first, f"s{n}@x") for n, (last, first) in enumerate(people)
    ]


def test_does_a_course_say_how_many_people_it_read():
    known = Student("ann", "Z", "Ann", "ann@x")
    assert about([known, Student("bob")]) == (
        "2 students, 1 with a name and 1 with an e-mail address"
    )
    assert about([Student("bob")]) == "1 student, none with a name and none with an e-mail address"


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
    "missing id": ("id,email\nann,a@x\n\n,b@x\n", "line 4: the id is missing"),
    "duplicate": ("id\nann\nbob\nann\n", "line 4: the id 'ann' also stands on line 2"),
    "path": ("id\n../bob\n", "line 2: the id '../bob' cannot be a folder"),
    "pattern": ("id\nb*b\n", "line 2"),
    "hidden": ("id\n.bob\n", "line 2"),
    "utf-16": ("id\nann\n".encode("utf-16"), "not UTF-8"),
    "binary": (b"id\n\xff\xfe\x00", "not UTF-8"),
    "workbook": (b"PK\x03\x04 and more", "is a workbook, not CSV"),
    "nobody": ("id,email\n\n", "has no students"),
    "comma without quotes": ("id,name,email\nann,Z,\nbob,Doe, Jane,b@x\n", "line 3: 4 cells, exp"),
    "shifted": ("id,name,email,x\nbob,Doe, Jane,1\n", "line 2: 'Jane' is no e-mail address"),
    "two ids": ("Student ID,Username\n1,ann\n", "line 1: 'Student ID' and 'Username' can both"),
    "two addresses": ("id,email,E-Mail\na,a@x,b@x\n", "line 1: 'email' and 'E-Mail' are both"),
    "marked": ("id\nann\n#bob\n", "line 3: the id '#bob' begins with '#'"),
    "all marked": ("id\n#ann\n#bob\n", "line 2: the id '#ann' begins with '#'"),
    "some marked": ("Username\n#ann\nbob\n", "line 2: the id '#ann' begins with '#'"),
    "formula": ("id;x\n=A1;\n", "line 2: the id '=A1' begins"),
    "decimal": ("id,name\n1001.0,Z\n", "line 2: the id '1001.0' was changed by a spreadsheet"),
    "decimal comma": ("id;name\n1001,0;Z\n", "line 2: the id '1001,0' was changed"),
    "exponent": ("id,name\n1.00123E+11,Z\n", "line 2: the id '1.00123E+11' was changed"),
    "LMS id as decimal": ("id,Canvas ID\nann,501.0\n", "line 2: the lms_user_id '501.0' was ch"),
    "sum as id": ("id,name\nann,Z\nTotal: 1 students\n", "line 3: 'Total: 1 students' is no stu"),
    "sum of two cells": ("name,id\nZ,ann\nTotal,25\n", "line 3: 'Total 25' is no student"),
    "sum in a list of ids": ("id\nann\nTotal: 1 students\n", "line 3: the id 'Total: 1 students'"),
    "sum below names": ("name,id,email\nZ,a,\nTotal: 1 students,,\n", "line 3: 'Total: 1"),
    "a note": ("id,name\nann,Z\nlast changed in May,\n", "line 3: the id 'last changed in May'"),
    "invisible": ("id,name\nan\u200bn,Z\n", "line 2: the id 'an\\u200bn' has a space or an inv"),
    "slip in a title": ("id,Lats name\nann,Z\n", "line 1: the title 'Lats name' is unknown"),
    "slip in another": ("id,last_name,Emial\nann,Z,a@x\n", "similar to email"),
    "address of no form": ("id,email\nann,ann at x.org\n", "line 2: 'ann at x.org' is no e-mail"),
    "names under a title of their own": (
        "id,Anzeigename\n1,Jane\n",
        "line 1: no column is read as a na",
    ),
    "names without letters": ("id,Nme\n1,Jane\n", "line 1: no column is read as a name, and 'Nme'"),
    "an open quote": ('id,name\n1,"A B\n2,C D\n', "line 2: unexpected end of data"),
    "a quote over lines": ('id,name\n1,"A B\n2,C D"\n', "line 3: 'A B\\n2' goes over several"),
    "titles below empty lines": ("\n\ndi,x\n1,2\n", "line 3: no column is called id"),
    "Moodle without an address": ("First name,Last name,Email\nA,B,a@x\nC,D,\n", "line 3: the id"),
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
    with pytest.raises(CourseError, match="no students.*`autograder roster update FILE`"):
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
