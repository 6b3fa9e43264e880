"""Does one file hold a whole course, whatever database its gradebook is in?"""

from __future__ import annotations

import os

import pytest

from autograder.course import backup, directory, enrolment
from autograder.course.backup import back_up, restore
from autograder.course.roster import Student, enrolled
from autograder.errors import CourseError
from tests.postgresql import MISSING, PROGRAMS, server  # noqa: F401
from tests.tiny_course import course  # noqa: F401


def test_is_a_course_that_is_being_graded_not_saved(course, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setattr(backup, "PATIENCE", 0.0)
    with directory.alone(course), pytest.raises(CourseError, match="another run"):
        back_up(course, tmp_path / "saved.tar.gz")
    assert not (tmp_path / "saved.tar.gz").exists()


def test_is_an_earlier_backup_kept(course, tmp_path):  # noqa: F811
    (tmp_path / "saved.tar.gz").write_text("earlier")
    with pytest.raises(CourseError, match="exists already"):
        back_up(course, tmp_path / "saved.tar.gz")
    assert (tmp_path / "saved.tar.gz").read_text() == "earlier"


def test_does_a_backup_inside_the_course_not_hold_itself(course, tmp_path):  # noqa: F811
    first = back_up(course, course.root / "saved.tar.gz")
    size = first.stat().st_size
    first.unlink()
    assert back_up(course, tmp_path / "saved.tar.gz").stat().st_size == pytest.approx(size, rel=0.1)


def test_is_a_place_that_cannot_be_written_named(course, tmp_path):  # noqa: F811
    with pytest.raises(CourseError, match="cannot be written"):
        back_up(course, tmp_path / "missing" / "saved.tar.gz")


@pytest.fixture
def own_umask():
    """Opening a shared course sets it for the whole process."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_is_a_restored_course_its_owners_alone_whoever_shared_it(own_umask, tmp_path):
    root = directory.init(tmp_path / "first").root
    for path in (root, *root.rglob("*")):
        path.chmod(0o2770 if path.is_dir() else 0o660)
    secret = directory.load(root).secret
    made = restore(back_up(directory.load(root), tmp_path / "saved.tar.gz"), tmp_path / "second")
    assert made.secret == secret
    private = (made.root, made.root / ".autograder", made.root / directory.SECRET_FILE)
    assert [path.stat().st_mode & 0o7077 for path in private] == [0, 0, 0]


@pytest.mark.slow
@pytest.mark.skipif(bool(MISSING), reason=MISSING)
def test_is_a_gradebook_in_postgresql_saved_and_restored(server, tmp_path, monkeypatch):  # noqa: F811
    programs = os.pathsep.join(map(str, (PROGRAMS[-1].parent, os.environ["PATH"])))
    monkeypatch.setenv("PATH", programs)
    first = directory.init(tmp_path / "first", database=server.new_database("saved"))
    enrolment.enrol(first, [Student("ada", "Lovelace")])
    saved = back_up(first, tmp_path / "saved.tar.gz")
    with pytest.raises(CourseError, match="--database"):
        restore(saved, tmp_path / "second")
    with pytest.raises(CourseError, match="holds"):
        restore(saved, tmp_path / "second", first.db_url)
    second = restore(saved, tmp_path / "second", server.new_database("restored"))
    assert enrolled(second.db_url) == [Student("ada", "Lovelace")]
    enrolment.enrol(second, [Student("bob")])
    assert len(enrolled(first.db_url)) == 1
