"""Is every name recognised however a platform wrote it, and nobody guessed?"""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autograder.course.roster import Student
from autograder.intake.collect.attempts import Claims
from autograder.intake.collect.matching import Roster, squeeze, words
from autograder.intake.collect.sources import attempts
from tests.intake.exports import canvas_name, moodle_folder, write_zip

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


def named(claims: Claims) -> str:
    match = Roster(PEOPLE).match(claims)
    return match.student.id if match.student else match.reason


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
    assert named(Claims("?", names=(name,))) == student


def test_do_ids_go_before_names_and_contradictions_decide_nothing():
    assert named(Claims("?", ids=("bob",), names=("Ann Lee",))) == "bob"
    assert named(Claims("?", emails=("BOB@x.ORG",))) == "bob"
    assert named(Claims("?", lms_ids=("501",))) == "ann"
    assert named(Claims("?", ids=("501",))) == "501"
    assert named(Claims("?", ids=("ann",), emails=("bob@x.org",))) == (
        "the id or e-mail fits 2 students"
    )


def test_are_the_nearest_named_for_whom_nobody_fits():
    match = Roster(PEOPLE).match(Claims("?", names=("Anne Lee",)))
    assert match.student is None
    assert "ann (Ann Lee)" in match.nearest


@given(NAMES, NAMES)
def test_does_a_name_survive_canvas(first, last):
    assume(squeeze(first) and squeeze(last))
    file = canvas_name(f"{last}, {first}", "77", 9, "week99_bends.ipynb")
    student = Student("s", last, first)
    match = Roster([student, Student("t", "Other", "Body")]).match(
        Claims("?", names=(file.rpartition("_77_9_")[0],), squeezed=True)
    )
    assert match.student == student


@given(NAMES, NAMES)
def test_does_a_name_survive_moodle(first, last):
    assume(words(first) and words(last))
    folder = moodle_folder(f"{first} {last}", 77)
    student = Student("s", last, first)
    name = folder.removesuffix("_77_assignsubmission_file")
    assert Roster([student]).match(Claims("?", names=(name,))).student == student


@given(st.lists(st.tuples(NAMES, NAMES), min_size=2, max_size=6))
def test_is_nobody_matched_by_the_name_of_another(names):
    """Two students whose names look the same are both told, whichever one it is."""
    students = [Student(str(n), last, first) for n, (first, last) in enumerate(names)]
    roster = Roster(students)
    for student in students:
        match = roster.match(Claims("?", names=(f"{student.first_name} {student.last_name}",)))
        assert match.student in (student, None)


@given(NAMES, st.integers(1, 10**9), st.integers(1, 10**9), st.booleans(), NAMES)
def test_is_every_canvas_name_taken_apart(tmp_path_factory, name, user, attachment, late, title):
    assume(squeeze(name) and not title.startswith((".", "/")) and "\\" not in title)
    # Nobody can tell a number at the end of such a name from the one that Canvas writes after it.
    assume(not re.search(r"_\d+$", "".join(c for c in name if c == "_" or squeeze(c))))
    file = canvas_name(name, str(user), attachment, f"{title}.ipynb", late)
    assume(len(file.encode()) < 200)
    from autograder.intake.collect import archives

    path = write_zip(tmp_path_factory.mktemp("canvas") / "a.zip", {file: "{}"})
    with archives.entries(path) as entries:
        kind, (found,) = attempts(entries, "week99_bends", "week99")
    (claims,) = found.claims
    assert (kind, found.account, found.late, found.order) == ("canvas", str(user), late, attachment)
    assert squeeze(claims.names[0]) == squeeze(name.lower())
