"""Is an exporter found by its name, and are files written whole or not at all?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.errors import CourseError, UnknownName
from autograder.lms import exporter
from autograder.lms.exporter import about_waiting, everybody, one_week, people
from tests.lms.filled_class import student, week


def test_is_an_unknown_exporter_answered_with_the_nearest():
    assert {"canvas", "csv"} <= set(exporter.names())
    with pytest.raises(UnknownName, match=r"'canvs'; did you mean 'canvas' or 'csv'\?"):
        exporter.find("canvs")
    with pytest.raises(UnknownName, match="installed: .*canvas"):
        exporter.find("zzz")


def test_is_nothing_half_written_and_a_file_the_instructors_alone(tmp_path, monkeypatch):
    path = tmp_path / "grades.csv"
    path.write_text("old")
    monkeypatch.setattr("os.replace", lambda *paths: (_ for _ in ()).throw(OSError(28, "no space")))
    with pytest.raises(CourseError, match="grades.csv cannot be written: no space"):
        exporter.write({"x": b"new"}, path)
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]
    monkeypatch.undo()
    assert exporter.write({"x": b"new", "y": b"two"}, path) == [path, tmp_path / "y"]
    assert path.read_bytes() == b"new" and path.stat().st_mode & 0o077 == 0
    with pytest.raises(CourseError, match="cannot be written: No such file"):
        exporter.write({"x": b""}, tmp_path / "absent" / "x")


def test_are_people_counted_and_the_first_of_many_named():
    assert people(["ada"]) == "1 student (ada)"
    assert people(["ada", "bob"]) == "2 students (ada, bob)"
    many = [f"s{number}" for number in range(25)]
    assert people(many, 3) == "25 students (s0, s1, s2, ...)"
    assert people(many).count(",") == 20 and everybody(many).count(",") == 24


def test_is_the_one_week_of_several_refused(tmp_path):
    each = week(tmp_path, [student(0)])
    assert one_week([each], "Moodle") is each
    for weeks in ([], [each, each]):
        with pytest.raises(CourseError, match="Moodle takes one week at a time"):
            one_week(weeks, "Moodle")


def test_is_a_student_who_waits_for_manual_grading_named(tmp_path):
    class_ = [student(0), student(1)]
    assert about_waiting(week(tmp_path, class_)) == []
    (left_out,) = about_waiting(week(tmp_path, class_, held_back=("s0001",)))
    assert "1 student (s0001) left out" in left_out and "--with-waiting" in left_out
    (exported,) = about_waiting(replace(week(tmp_path, class_), waiting=("s0000",)))
    assert "1 student (s0000) exported with the points so far" in exported


def test_are_those_held_back_still_found_as_people(tmp_path):
    graded = week(tmp_path, [student(0), student(1, max_points=90.0)], held_back=("s0000",))
    assert [each.id for each in graded.roster.students] == ["s0000", "s0001"]
    assert graded.max_points == 100.0


def test_are_there_no_comments_where_autograder_graded_nothing(tmp_path):
    graded = week(tmp_path, [student(0)])
    assert graded.reports == graded.comments == {}
