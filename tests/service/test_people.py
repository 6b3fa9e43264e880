"""Is everybody from the LMS the right student, or nobody?"""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from autograder.course import directory
from autograder.course.enrolment import remove
from autograder.course.roster import enrolled
from autograder.lms.lti import people as lti_people
from autograder.lms.lti import platforms
from autograder.lms.lti.roles import Role
from autograder.lms.lti.tables import CONTEXTS
from autograder.service.people import NotInTheCourse, welcome
from autograder.service.tables import MEMBERS
from tests.service.conftest import NOON, add_lms


@pytest.fixture
def place(empty_course, tmp_path, engine):
    """A course of the test's own, and the LMS's."""
    root = shutil.copytree(empty_course, tmp_path / "course")
    number = add_lms(engine, family="moodle", students={"99": "nobody-here"})
    with engine.begin() as connection:
        context = connection.scalar(select(CONTEXTS.c.id))
    return SimpleNamespace(
        root=root, engine=engine, platform=platforms.get(engine, number), context=context
    )


def come(place, subject="7", *, role=Role.STUDENT, settings="", **known):
    (place.root / "course.toml").write_text(settings)
    usual = {"name": "Ada Lovelace", "email": "", "login": "", "sourced_id": "", "account": ""}
    launch = SimpleNamespace(
        platform=place.platform,
        subject=subject,
        role=role,
        test_user=False,
        context_key=place.context,
        **{**usual, **known},
    )
    return welcome(place.engine, directory.load(place.root), launch, NOON)


JOIN = "[service]\nnew_students = true\n"


def test_is_a_student_known_by_what_the_lms_calls_them(place):
    assert come(place, login="ada").student == "ada"
    # From then on by the platform's own id alone.
    assert come(place, login="", name="Another name").student == "ada"


def test_does_an_email_claim_nobody(place):
    with pytest.raises(NotInTheCourse):
        come(place, email="ada@example.org")


def test_does_another_account_not_become_a_linked_student(place):
    come(place, "7", login="ada")
    with pytest.raises(NotInTheCourse):
        come(place, "8", login="ada")
    with pytest.raises(NotInTheCourse, match="another account"):
        come(place, "8", login="ada", settings=JOIN)


def test_is_a_stranger_told_what_to_do(place):
    with pytest.raises(NotInTheCourse) as error:
        come(place, login="zoe")
    assert "The LMS knows you as zoe" in str(error.value)
    assert "autograder roster add" in str(error.value)


def test_does_a_learner_join_where_the_course_says_so(place):
    person = come(place, login="zoe", email="zoe@example.org", name="Zoe Zola", settings=JOIN)
    assert person.student == "zoe"
    (zoe,) = (s for s in enrolled(directory.load(place.root).db_url) if s.id == "zoe")
    assert (zoe.first_name, zoe.last_name, zoe.email) == ("Zoe", "Zola", "zoe@example.org")
    assert come(place, login="zoe", settings=JOIN).student == "zoe"


def test_does_the_first_learner_join_an_empty_roster(place):
    course = directory.load(place.root)
    for each in ("ada", "bob"):
        remove(course, each)
    assert come(place, "5", role=Role.INSTRUCTOR).student is None
    with pytest.raises(NotInTheCourse):
        come(place, login="zoe")
    assert come(place, login="zoe", settings=JOIN).student == "zoe"


def test_does_an_odd_name_or_address_keep_nobody_out(place):
    person = come(place, login="zoe", email="no address", name="Zoe", settings=JOIN)
    assert person.student == "zoe"


def test_does_an_id_that_is_no_folder_keep_its_owner_out_with_a_reason(place):
    with pytest.raises(NotInTheCourse, match="cannot be used here"):
        come(place, login="../ada", settings=JOIN)


@pytest.mark.parametrize("known", [{"role": Role.INSTRUCTOR}, {"test_user": True}])
def test_do_staff_and_test_users_never_join(place, known):
    test_user = known.pop("test_user", False)
    launch = {"login": "grace", "settings": JOIN, **known}
    if test_user:
        (place.root / "course.toml").write_text(JOIN)
        person = welcome(
            place.engine,
            directory.load(place.root),
            SimpleNamespace(
                platform=place.platform,
                subject="t",
                role=Role.STUDENT,
                test_user=True,
                context_key=place.context,
                name="Test",
                email="",
                login="ada",
                sourced_id="",
                account="",
            ),
            NOON,
        )
    else:
        person = come(place, "2", **launch)
    assert person.student is None
    assert len(enrolled(directory.load(place.root).db_url)) == 2


def test_is_it_remembered_who_is_in_which_course_and_as_what(place):
    person = come(place, login="ada")
    come(place, login="ada", role=Role.ASSISTANT)
    with place.engine.begin() as connection:
        rows = connection.execute(select(MEMBERS).where(MEMBERS.c.person == person.id)).all()
    assert [(row.context, row.role) for row in rows] == [(place.context, "assistant")]
    assert lti_people.every(place.engine)
