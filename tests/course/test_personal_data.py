"""Is what is about one student told from what is about others with a similar name?"""

from __future__ import annotations

import pytest

from autograder.course import enrolment
from autograder.course.personal_data import export_data, forget
from autograder.course.roster import Student, enrolled
from tests.submissions import write_submission
from tests.tiny_course import course  # noqa: F401

SIMILAR = ("a", "a.json", "ab", "a-b", "A1", "week99_bends", "reports")


@pytest.mark.parametrize("gone", SIMILAR)
def test_does_every_other_student_stay(course, gone):  # noqa: F811
    enrolment.enrol(course, [Student(name) for name in SIMILAR])
    for name in SIMILAR:
        for step in ("submitted", "autograded", "feedback"):
            write_submission(course.root / step / name / "week99_bends" / "file", f"of {name}")
        write_submission(course.root / ".autograder/reports/week99_bends" / f"{name}.json", name)
        write_submission(course.root / ".autograder/earlier/week99_bends" / name / "x/y", name)
    forget(course, gone)
    left = sorted(set(SIMILAR) - {gone})
    assert sorted(each.id for each in enrolled(course.db_url)) == left
    for folder in ("submitted", "autograded", "feedback", ".autograder/earlier/week99_bends"):
        assert sorted(each.name for each in (course.root / folder).iterdir()) == left
    reports = course.root / ".autograder/reports/week99_bends"
    assert sorted(each.name for each in reports.iterdir()) == sorted(f"{x}.json" for x in left)


def test_is_a_link_neither_followed_nor_exported(course, tmp_path):  # noqa: F811
    enrolment.enrol(course, [Student("ada"), Student("bob")])
    other = write_submission(course.root / "submitted/bob/week99_bends/work.ipynb", "of bob")
    (course.root / "submitted" / "ada").symlink_to(course.root / "submitted" / "bob")
    assert export_data(course, "ada", tmp_path / "ada.zip") == 0
    forget(course, "ada")
    assert other.read_text() == "of bob"
    assert not (course.root / "submitted" / "ada").is_symlink()
