"""Do submissions of every platform reach their students, and nothing else anything?"""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.course.roster import Student
from autograder.errors import CourseError, UnusableSource
from tests.intake.collect.difficult_class import (
    CLASS,
    NB,
    STEM,
    canvas,
    content,
    enrol,
    moodle,
    results,
    snapshot,
    take,
    whole,
)
from tests.intake.exports import moodle_folder, unpack, write_zip


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("make", [moodle, canvas])
def test_does_a_class_with_difficult_names_arrive(full, tmp_path, make, packed):
    source = make(tmp_path / "download.zip", CLASS, "week99 (1).ipynb")
    if not packed:
        source = unpack(source, tmp_path / "unpacked")
    found = take(full, source)
    assert found.kind == make.__name__
    assert results(found) == {student.id: "new" for student in CLASS}
    assert {s.id: content(full, s.id) for s in CLASS} == {s.id: s.id for s in CLASS}


GIVEN = (
    "Ann",
    "Séan",
    "محمد",
    "小明",
    "İnci",
    "D'Arcy",
    "Zoë",
    "Anna Maria",
    "Ana-María",
    "Łukasz",
)
FAMILY = (
    "Lee", "O'Neil", "van der Berg", "حسين", "王", "Öztürk", "King, Jr.", "de_la_Cruz",
    "Straße", "Nguyễn", "Σίσυφος", 'Mc"Kay', "Smith-Jones", "Ali Khan", "Ó Súilleabháin",
    "Þórsdóttir", "ابن سينا", "Кузнецов", "फरहान", "X", "Le", "Dvořák", "Ivanov", "Çelik",
    "St. John", "D’Angelo", "Müller (Meyer)", "Kim", "Park", "Gröning",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("make", [moodle, canvas])
def test_does_a_class_of_300_arrive(course, tmp_path, make):
    students = [
        Student(f"s{n:03}", FAMILY[n // len(GIVEN)], GIVEN[n % len(GIVEN)]) for n in range(300)
    ]
    enrol(course, students)
    source = make(tmp_path / "download.zip", students)
    start = time.perf_counter()
    found = take(course, source)
    assert time.perf_counter() - start < 10
    assert found.left_out == []
    assert {s.id: content(course, s.id) for s in students} == {s.id: s.id for s in students}
    before = snapshot(course.root)
    assert set(results(take(course, source)).values()) == {"unchanged"}
    assert snapshot(course.root) == before


def test_does_a_dry_run_show_the_same_and_change_nothing(full, tmp_path):
    source = canvas(tmp_path / "a.zip", CLASS)
    before = snapshot(full.root)
    shown = take(full, source, dry_run=True)
    assert snapshot(full.root) == before
    assert take(full, source) == shown


PARTS = st.sampled_from(
    [STEM, NB, "ann", "bob", "a.zip", "timestamp.txt", "submission_metadata.yml", "week99-1.ipynb",
     "Ann Lee_7_assignsubmission_file", "leeann_501_9_week99.ipynb", "anon_x_1_2.ipynb", "..", "",
     f"ann+{STEM}+2026-10-02 10:00:00 UTC", "x" * 300, "\u202e\u0301.ipynb", "con", "é", "e\u0301"]
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.lists(PARTS, min_size=1, max_size=4).map("/".join), st.just("{}")))
def test_does_no_archive_end_in_a_traceback_or_write_elsewhere(full, files):
    """Whatever the names are: refused with a reason, or notebooks under students' ids."""
    outside = full.root.parent
    source = write_zip(outside / "any.zip", files)
    try:
        found = take(full, source)
    except UnusableSource:
        return
    finally:
        assert {path.name for path in outside.iterdir()} == {"course", "any.zip"}
        names = {path.name for path in (full.root / "submitted").rglob("*") if path.is_file()}
        assert names <= {NB, "timestamp.txt"}
        assert {path.name for path in (full.root / "submitted").iterdir()} <= {s.id for s in CLASS}
    again = take(full, source)
    assert {line.result for line in again.lines} <= {"unchanged", "left out"}
    assert len(again.lines) == len(found.lines)


@pytest.mark.parametrize("hostile", ["../../x.ipynb", "/x.ipynb"])
def test_does_a_refused_archive_leave_nothing_behind(full, tmp_path, hostile):
    good = f"{moodle_folder('Ann Lee', 7)}/{NB}"
    source = write_zip(tmp_path / "a.zip", {good: "{}"})
    source = write_zip(source, {good: "{}", hostile: "evil"})
    before = snapshot(tmp_path)
    with pytest.raises(UnusableSource, match="points outside the archive"):
        take(full, source)
    assert snapshot(tmp_path) == before


def test_does_a_damaged_archive_leave_nothing_half_collected(full, tmp_path):
    source = moodle(tmp_path / "a.zip", CLASS)
    raw = bytearray(source.read_bytes())
    raw[raw.rindex(b"PK\x03\x04") + 14] ^= 0xFF  # the last entry's checksum
    raw[raw.rindex(b"PK\x01\x02") + 16] ^= 0xFF
    source.write_bytes(raw)
    before = snapshot(full.root)
    with pytest.raises(UnusableSource, match="is damaged in the archive"):
        take(full, source)
    assert snapshot(full.root) == before


def test_is_a_link_in_an_exchange_not_followed(full, tmp_path):
    folder = tmp_path / "tree" / "ann" / STEM
    folder.mkdir(parents=True)
    (folder / NB).symlink_to(full.root / ".autograder" / "secret")
    found = take(full, tmp_path / "tree")
    assert "(a link)" in found.left_out[0].note
    assert content(full, "ann") is None


def test_are_the_course_without_students_and_its_own_folder_told(course, tmp_path):
    source = moodle(tmp_path / "a.zip", CLASS)
    with pytest.raises(CourseError, match="has no students"):
        take(course, source)
    enrol(course, CLASS)
    with pytest.raises(UnusableSource, match="grade them as they are"):
        take(course, course.root / "submitted")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnusableSource, match="contains no files"):
        take(course, tmp_path / "empty")


@pytest.mark.parametrize("suffix", [".ipynb.txt", ".IPYNB", ".ipynb.json", ".ipynb (1)"])
def test_is_a_file_named_after_its_student_known_whatever_was_added(full, tmp_path, suffix):
    files = {f"{student.id}{suffix}": whole(full) for student in CLASS[:2]}
    found = take(full, write_zip(tmp_path / "a.zip", files))
    assert (found.kind, results(found)) == ("plain", {"ann": "new", "bob": "new"})
