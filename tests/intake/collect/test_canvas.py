"""Is what Canvas itself says of times and groups used, and its archive not overrated?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from autograder.course.person import Identifier, Person
from autograder.errors import UnusableSource
from autograder.intake.collect.canvas import Submitted
from tests.intake.collect.difficult_class import NB, content, results, take
from tests.intake.exports import canvas_name, write_zip

NOON = datetime(2026, 10, 2, 12, tzinfo=UTC)


def said(user: str, student: str, **more) -> Submitted:
    return Submitted(user, Person(student, (Identifier((student,)),)), **{"time": NOON, **more})


def test_are_the_times_those_that_canvas_states(full, tmp_path):
    files = {
        canvas_name("lee, ann", "501", 1, NB, late=True): "a",
        canvas_name("x", "502", 2, NB): "b",
        canvas_name("nobody", "999", 3, NB): "?",
    }
    records = [said("501", "ann", late=True), said("502", "bob", attachments=frozenset({2, 9}))]
    found = take(full, write_zip(tmp_path / "a.zip", files), records=records)
    assert found.times_known and not found.notes and not found.alarms
    assert content(full, "ann", "timestamp.txt") == "2026-10-02 12:00:00 UTC\n"
    assert {line.student: line.late for line in found.lines} == {
        "ann": True,
        "bob": False,
        "": False,
    }


def test_does_every_member_receive_what_one_of_a_group_handed_in(full, tmp_path):
    files = {canvas_name("Team 1", "502", 1, NB): "ours"}
    records = [said("501", "ann", group="9"), said("502", "bob", group="9"), said("503", "cem_2")]
    found = take(full, write_zip(tmp_path / "a.zip", files), records=records)
    assert results(found) == {"ann": "new", "bob": "new"}
    assert content(full, "ann") == content(full, "bob") == "ours"


def test_is_work_that_was_replaced_since_an_alarm_and_without_a_time(full, tmp_path):
    files = {canvas_name("lee, ann", "501", 1, NB): "old"}
    records = [said("501", "ann", attachments=frozenset({7}))]
    found = take(full, write_zip(tmp_path / "a.zip", files), records=records)
    assert "Handed in again since" in found.alarms[0] and "(Canvas user 501)" in found.alarms[0]
    assert content(full, "ann", "timestamp.txt") is None


def test_is_another_platforms_archive_with_canvas_times_refused(full, tmp_path):
    source = write_zip(tmp_path / "a.zip", {"ann.ipynb": "{}"})
    with pytest.raises(UnusableSource, match="this archive is from plain"):
        take(full, source, records=[said("501", "ann")])


def test_is_it_an_alarm_that_the_names_are_those_of_groups(full, tmp_path):
    files = {canvas_name(f"Team {n}", f"50{n}", n, NB): str(n) for n in (1, 2)}
    found = take(full, write_zip(tmp_path / "a.zip", files))
    assert "groups seem to hand in together" in found.alarms[0] and "--groups" in found.alarms[0]
    unknown = {canvas_name(f"Team {n}", f"90{n}", n, NB): str(n) for n in (1, 2)}
    found = take(full, write_zip(tmp_path / "c.zip", unknown))
    assert "No file's name or number fits a student" in found.alarms[0]
    files[canvas_name("Öz_türk, İnci, Jr.", "503", 3, NB)] = "a name that fits"
    assert not take(full, write_zip(tmp_path / "b.zip", files)).alarms
