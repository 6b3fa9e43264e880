"""Is everybody recognised however a platform writes them, and nobody guessed?"""

from __future__ import annotations

import unicodedata
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autograder.course.people import Roster
from autograder.course.person import (
    EMAIL,
    ID,
    LMS_ID,
    Identifier,
    Person,
    in_grade_file,
    squeeze,
    words,
)
from autograder.course.roster import Student
from tests.intake.exports import canvas_name, moodle_folder

PEOPLE = [
    Student("ann", "Lee", "Ann", "ann@x.org", "501"),
    Student("bob", "O'Neil-Straße", "Séan", "Bob@X.org"),
    Student("501", "حسين", "محمد"),
    Student("dee", "Lee", "Ann Lee"),
    Student("twin1", "Same", "Name"),
    Student("twin2", "Same", "Name"),
    Student("mono", "Plato"),
]
# Without controls, surrogates and unassigned code points, which no platform lets into a name.
NAMES = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co", "Zl", "Zp")), min_size=1, max_size=20
)


def found(*identifiers: Identifier, names: tuple[str, ...] = ()) -> str:
    match = Roster(PEOPLE).match(Person("?", identifiers, names))
    return match.student.id if match.student else match.reason


def of(kind: str, *spellings: str) -> Identifier:
    return Identifier(spellings, (kind,))


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("Ann Lee", "ann"),
        ("lee, ANN", "ann"),
        ("Ann  Lee", "ann"),
        ("\u202bAnn\u200f Lee", "ann"),
        ("Séan ONeil-Strasse", "bob"),
        (unicodedata.normalize("NFD", "Séan O’Neil Straße"), "bob"),
        ("حسين محمد", "501"),
        ("Plato", "mono"),
        ("Sean ONeil-Straße", "fits no student"),
        ("Ann", "fits no student"),
        ("Lee Ann Lee", "dee"),
        ("Name Same", "the name fits 2 students"),
        ("", "fits no student"),
        ("---", "fits no student"),
    ],
)
def test_is_a_full_name_found_in_both_orders_and_no_other(name, student):
    assert found(names=(name,)) == student


def test_do_ids_go_before_names_and_contradictions_decide_nothing():
    assert found(of(ID, "bob"), names=("Ann Lee",)) == "bob"
    assert found(of(EMAIL, "BOB@x.ORG")) == "bob"
    assert found(of(LMS_ID, "501")) == "ann"
    assert found(of(ID, "501")) == "501"
    assert found(of(ID, "ann"), of(EMAIL, "bob@x.org")) == "the id or e-mail fits 2 students"


def test_does_the_first_spelling_count_that_anybody_has():
    assert found(of(ID, "ann_2", "ann")) == "ann"
    assert found(of(ID, "twin2", "twin1")) == "twin2"


@pytest.mark.parametrize(
    ("identifier", "reason"),
    [
        (Identifier(("ann@y.org",), field=EMAIL), "the e-mail address ann@y.org, not ann@x.org"),
        (Identifier(("502",), (LMS_ID,), LMS_ID), "the id 502, not 501"),
        (Identifier(("s2",), field="login"), "the id s2, not ann"),
        (Identifier(("s2",), field="another field"), ""),
        (Identifier(("Ann Lee", "s2")), ""),
        (Identifier(("",), (EMAIL,), EMAIL), ""),
        (Identifier(("x-ann",), (LMS_ID,), "login"), "the id x-ann, not ann"),
    ],
)
def test_does_a_name_not_count_against_what_else_is_known(identifier, reason):
    """A field of ids is compared if it holds the class list's ids, which somebody's shows."""
    roster = Roster(PEOPLE)
    compared = roster.compared_fields([Person("Bob", (Identifier(("bob",), field="login"),))])
    match = roster.match(Person("?", (identifier,), ("Ann Lee",)), compared)
    assert match.against == reason and match.fitting == (PEOPLE[0],)
    assert match.student == (None if reason else PEOPLE[0])


def test_is_an_address_that_is_an_id_compared_too():
    roster = Roster([Student("ann@x.org", "Lee", "Ann")])
    for address, student in (("ann@x.org", "ann@x.org"), ("ann@y.org", "")):
        match = roster.match(Person("?", (Identifier((address,), (EMAIL,), EMAIL),), ("Ann Lee",)))
        assert (match.student.id if match.student else "") == student


def test_are_the_nearest_named_for_whom_nobody_fits():
    roster, person = Roster(PEOPLE), Person("?", names=("Anne Lee",))
    assert roster.match(person).student is None
    assert PEOPLE[0] in roster.nearest(person)
    assert roster.nearest(Person("?", (of(LMS_ID, "anne"),))) == ()


@pytest.mark.slow
@given(NAMES, NAMES)
def test_does_a_name_survive_canvas(first, last):
    assume(squeeze(first) and squeeze(last))
    file = canvas_name(f"{last}, {first}", "77", 9, "week99_bends.ipynb")
    student = Student("s", last, first)
    roster = Roster([student, Student("t", "Other", "Body")])
    name = file.rpartition("_77_9_")[0]
    assert roster.match(Person("?", names=(name,), squeezed=True)).student == student


@pytest.mark.slow
@given(NAMES, NAMES)
def test_does_a_name_survive_moodle(first, last):
    assume(words(first) and words(last))
    folder = moodle_folder(f"{first} {last}", 77)
    student = Student("s", last, first)
    name = folder.removesuffix("_77_assignsubmission_file")
    assert Roster([student]).match(Person("?", names=(name,))).student == student


@given(st.lists(st.tuples(NAMES, NAMES), min_size=2, max_size=6))
def test_is_nobody_matched_by_the_name_of_another(names):
    """Two students whose names look the same are both told, whichever one it is."""
    students = [Student(str(n), last, first) for n, (first, last) in enumerate(names)]
    roster = Roster(students)
    for student in students:
        person = Person("?", names=(f"{student.first_name} {student.last_name}",))
        assert roster.match(person).student in (student, None)


# Ids that differ in nothing but case, and others.
CASED = ["".join(letters) for letters in product("sS", "ßẞ", "1")] + ["ss1", "SS1", "x", "X", "é"]
IDS = st.lists(st.sampled_from(CASED), unique=True, min_size=1)


def test_does_a_folder_in_capitals_leave_the_student_their_own_row():
    """nbgrader enters `S001` beside `s001` when a folder is called so; exports went wrong."""
    roster = Roster([Student("S001"), Student("s001", "Lovelace", "Ada", "ada@x.org")])
    row = in_grade_file("", ("s001", "ada@x.org"), "Ada Lovelace")
    assert roster.match_all({1: row}).students == {1: "s001"}
    # The name is that of one, and the id of the other.
    doubtful = roster.match_all({1: in_grade_file("", ("S001",), "Ada Lovelace")})
    assert not doubtful.students
    assert doubtful.left_out == ("Ada Lovelace (S001) fits S001 and s001; left out",)


@given(IDS)
def test_does_each_exact_id_find_itself(ids):
    roster = Roster(map(Student, ids))
    for each in ids:
        for kinds in ((ID,), (ID, EMAIL, LMS_ID)):
            match = roster.match(Person("?", (Identifier((each,), kinds),)))
            assert match.student == Student(each)
    rows = {number: in_grade_file("", (each,), "") for number, each in enumerate(ids)}
    assert roster.match_all(rows).students == dict(enumerate(ids))
    accounts = {number: in_grade_file(each, (), "") for number, each in enumerate(ids)}
    assert roster.match_all(accounts).students == dict(enumerate(ids))


@given(IDS, st.sampled_from(CASED))
def test_is_an_id_in_another_case_taken_only_if_it_fits_one_student(ids, wanted):
    match = Roster(map(Student, ids)).match(Person("?", (of(ID, wanted),)))
    alike = {each for each in ids if each.casefold() == wanted.casefold()}
    expected = {wanted} if wanted in ids else alike
    assert {student.id for student in match.fitting} == expected
    assert (match.student is None) == (len(expected) != 1)


FULL_NAMES = [("Ann", "Lee"), ("Lee", "Ann"), ("Bo", "Li"), (None, None)]


@given(
    st.dictionaries(st.sampled_from(CASED), st.sampled_from(FULL_NAMES)),
    st.lists(st.tuples(st.sampled_from(["", *CASED]), st.sampled_from(["", "Ann Lee", "Li, Bo"]))),
)
def test_is_no_student_given_to_two_people_and_nobody_lost(students, rows):
    roster = Roster(Student(each, last, first) for each, (first, last) in students.items())
    people = {number: in_grade_file("", (each,), name) for number, (each, name) in enumerate(rows)}
    matched = roster.match_all(people)
    assert len(set(matched.students.values())) == len(matched.students)
    assert len(matched.students) + len(matched.left_out) + len(matched.strangers) == len(rows)


@given(IDS, st.sampled_from(CASED))
def test_does_a_name_that_contradicts_the_id_leave_a_row_out(ids, wanted):
    other = Student("another", "Lovelace", "Ada")
    roster = Roster([*map(Student, ids), other])
    matched = roster.match_all({7: in_grade_file("", (wanted,), "Lovelace, Ada")})
    if any(each.casefold() == wanted.casefold() for each in ids):
        assert not matched.students and "another; left out" in matched.left_out[0]
    else:
        assert matched.students == {7: "another"}


def test_are_two_rows_of_one_student_both_left_out():
    rows = {1: in_grade_file("17", ("ann",), "Ann Lee"), 2: in_grade_file("18", ("ann",), "A. Lee")}
    matched = Roster(PEOPLE).match_all(rows)
    assert not matched.students
    assert matched.left_out == (
        "Ann Lee (17) is one of several that fit ann; left out",
        "A. Lee (18) is one of several that fit ann; left out",
    )


def test_is_a_stranger_shown_as_the_lms_does():
    people = {1: in_grade_file("", ("", "eve@x.org"), "Eve"), 2: in_grade_file("", (), "")}
    strangers = Roster(PEOPLE).match_all(people).strangers
    assert strangers == ("Eve (eve@x.org)", "somebody without a name")
