"""Is what was released recorded, privately, and is a damaged record told?"""

from __future__ import annotations

import stat

import pytest

from autograder.errors import CourseError
from autograder.release import record
from tests.tiny_course import POINTS, TINY_WEEK, course

__all__ = ["course"]
pytestmark = pytest.mark.slow
STEM = TINY_WEEK.stem


def test_does_a_release_leave_a_record(course):
    found = record.load(course, STEM)
    assert found is not None
    assert dict(found.points) == POINTS and found.version
    assert any("np.maximum" in cell.source for cell in found.notebook.cells)
    record.save(course, STEM, found)
    assert record.load(course, STEM) == found
    path = course.root / record.FOLDER / f"{STEM}.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_is_no_record_none_and_a_damaged_one_a_sentence(course):
    assert record.load(course, "week98_none") is None
    path = course.root / record.FOLDER / f"{STEM}.json"
    path.write_text('{"points": {"relu": 4.0}, "of a later version": 1}')
    assert record.load(course, STEM) == record.Record({"relu": 4.0})
    path.write_text('{"keys": {}}')
    with pytest.raises(CourseError, match="damaged .*; restore it from a backup, or delete it"):
        record.load(course, STEM)
