"""Do `forget`, `export-data` and `backup` know what the service holds about a student?"""

from __future__ import annotations

import json
import shutil
import zipfile

import pytest
from sqlalchemy import func, insert, select

from autograder.course import backup, directory
from autograder.course.personal_data import export_data, forget
from autograder.errors import UnknownName
from autograder.lms.lti.store import open_course_store
from autograder.lms.lti.tables import METADATA, PEOPLE
from autograder.service import outbox, queue, tables
from autograder.service.grades import Grade
from tests.service.conftest import NOON, STEM, add_lms, empty_course  # noqa: F401


@pytest.fixture
def used(empty_course, tmp_path):  # noqa: F811
    """A course in which ada and bob have handed in."""
    course = directory.load(shutil.copytree(empty_course, tmp_path / "course"))
    engine = open_course_store(course)
    add_lms(engine, students={"7": "ada", "8": "bob"})
    for student in ("ada", "bob"):
        queue.accept(engine, student, STEM, f"notebook of {student}".encode(), "page")
        with engine.begin() as connection:
            grade = Grade(student, 8.0, 10.0, True, f"comment for {student}", NOON)
            outbox.want(connection, STEM, {student: grade}, now=NOON)
            for table, values in _others(student).items():
                connection.execute(insert(table).values(student=student, **values))
    yield course, engine
    engine.dispose()


def _others(student):
    return {
        tables.TOKENS: {"token_hash": f"hash-{student}", "made": NOON, "expires": NOON},
        tables.REGRADE_REQUESTS: {"assignment": STEM, "sentence": f"{student} asks", "asked": NOON},
        tables.ITEM_POINTS: {"assignment": STEM, "question": "why_blame", "points": "[8, 2]"},
        tables.ACTIONS: {"moment": NOON, "subject": "2", "action": "extend"},
    }


def test_has_every_table_about_one_student_its_column():
    """A table without it would be forgotten by `forget`: these hold nothing about one student."""
    without = {each.name for each in METADATA.sorted_tables if "student" not in each.c}
    assert without == {
        "lti_platforms",
        "lti_deployments",
        "lti_keys",
        "lti_logins",
        "lti_contexts",
        "lti_links",
        "lti_line_items",
        "lti_invitations",
        "service_holds",
        "service_comment_bank",
        # These go with the row that they belong to.
        "service_files",
        "service_members",
    }


def test_is_nothing_left_of_a_student_and_everything_of_others(used):
    course, engine = used
    forget(course, "ada")
    with engine.begin() as connection:
        for table in METADATA.sorted_tables:
            if "student" in table.c:
                found = set(connection.scalars(select(table.c.student)))
                assert found == {"bob"}, table.name
        for table in (tables.FILES, tables.MEMBERS, PEOPLE):
            assert connection.scalar(select(func.count()).select_from(table)) == 1
    engine.dispose()
    kept = b"".join(path.read_bytes() for path in course.root.glob("service.db*"))
    assert b"notebook of bob" in kept
    for gone in (b"notebook of ada", b"comment for ada", b"hash-ada"):
        assert gone not in kept


def test_does_a_student_get_all_of_their_rows_and_nobody_elses(used, tmp_path):
    course, _ = used
    export_data(course, "ada", tmp_path / "ada.zip")
    with zipfile.ZipFile(tmp_path / "ada.zip") as made:
        text = made.read("service.json").decode()
    found = json.loads(text)
    assert set(found) == {
        "lti_people",
        "service_uploads",
        "service_item_points",
        "service_scores",
        "service_tokens",
        "service_regrade_requests",
        "service_actions",
    }
    assert "comment for ada" in text
    assert "bob" not in text
    assert "hash-ada" not in text


def test_is_somebody_forgotten_whom_only_the_service_knows(used):
    course, engine = used
    queue.accept(engine, "zoe", STEM, b"{}", "page")
    forget(course, "zoe")
    with pytest.raises(UnknownName):
        forget(course, "zoe")


def test_does_a_restored_course_have_its_queue_and_its_platforms(used, tmp_path):
    course, engine = used
    archive = backup.back_up(course)
    made = backup.restore(archive, tmp_path / "restored")
    assert (made.root / "service.db").stat().st_mode & 0o777 == 0o600
    again = open_course_store(made)
    waiting = queue.take(again)
    assert [each.student for each in waiting] == ["ada", "bob"]
    assert queue.files(again, waiting[0])[f"{STEM}.ipynb"] == b"notebook of ada"
    again.dispose()


def test_has_a_course_without_a_service_nothing_of_it(empty_course, tmp_path):  # noqa: F811
    course = directory.load(shutil.copytree(empty_course, tmp_path / "plain"))
    for path in course.root.glob("service.db*"):
        path.unlink()
    export_data(course, "ada", tmp_path / "ada.zip")
    with zipfile.ZipFile(tmp_path / "ada.zip") as made:
        assert made.namelist() == ["gradebook.json"]
    assert not (course.root / "service.db").exists()
