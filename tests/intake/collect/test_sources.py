"""Is every source taken for what it is, and no download's time for a submission time?"""

from __future__ import annotations

import os
import time
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course.person import Person
from autograder.course.settings import Settings
from autograder.errors import UnusableSource
from autograder.intake.collect.archives import Entry
from autograder.intake.collect.attempts import Attempt, File
from autograder.intake.collect.platforms import PARSERS
from autograder.intake.collect.sources import settle_times
from tests.intake.collect.difficult_class import (
    NB,
    STEM,
    content,
    results,
    take,
)
from tests.intake.exports import canvas_name, moodle_folder, write_zip


def test_is_an_ambiguous_source_named_with_the_choices(full, tmp_path):
    files = {canvas_name("lee, ann", "501", 1, NB): "{}", "bob.ipynb": "{}"}
    source = write_zip(tmp_path / "a.zip", files)
    with pytest.raises(UnusableSource, match="--from canvas, --from plain"):
        take(full, source)
    assert results(take(full, source, kind="canvas")) == {"ann": "new"}
    with pytest.raises(UnusableSource, match="not laid out like an export of moodle"):
        take(full, source, kind="moodle")
    with pytest.raises(UnusableSource, match="choose one of"):
        take(full, source, kind="sakai")


BERLIN = ZoneInfo("Europe/Berlin")


def over_days(path):
    """A Canvas archive whose times are those of an unknown server's clock."""
    names = [canvas_name("lee, ann", "501", 1, NB, True), canvas_name("x", "502", 2, NB)]
    times = {names[0]: (2026, 10, 3, 8, 30, 10), names[1]: (2026, 10, 1, 8, 0, 0)}
    return write_zip(path, dict.fromkeys(names, "{}"), times)


def test_are_late_penalties_computed_from_what_is_kept(full, tmp_path):
    """Entry times of a zip made over days are hand-in times; nbgrader reads ours."""
    from nbgrader.utils import parse_utc

    found = take(full, over_days(tmp_path / "a.zip"), zone=BERLIN)
    assert found.times_known
    written = parse_utc((content(full, "ann", "timestamp.txt") or "").strip())
    assert written.replace(tzinfo=UTC) == datetime(2026, 10, 3, 8, 30, 10, tzinfo=BERLIN)
    assert [line.late for line in found.lines] == [True, False]


def test_are_times_without_a_zone_unknown_and_said_to_be(full, tmp_path):
    found = take(full, over_days(tmp_path / "a.zip"))
    assert [line.time for line in found.lines] == [None, None]
    assert not found.times_known and "--timezone" in found.notes[0]
    assert content(full, "ann", "timestamp.txt") is None


def test_does_the_right_zone_replace_the_times_of_a_wrong_one(full, tmp_path):
    source = over_days(tmp_path / "a.zip")
    for zone in ("America/New_York", "Asia/Kathmandu", "Europe/Berlin"):
        take(full, source, zone=ZoneInfo(zone))
        assert set(results(take(full, source, zone=ZoneInfo(zone))).values()) == {"unchanged"}
    assert content(full, "ann", "timestamp.txt") == "2026-10-03 06:30:10 UTC\n"


def test_is_the_courses_own_zone_used_and_named(full, tmp_path):
    course = replace(full, settings=Settings(timezone="Europe/Berlin"))
    found = take(course, over_days(tmp_path / "a.zip"))
    assert found.times_known and "Europe/Berlin, which course.toml has" in found.notes[0]
    assert content(full, "ann", "timestamp.txt") == "2026-10-03 06:30:10 UTC\n"


@pytest.mark.parametrize("zone", [None, BERLIN])
def test_does_the_zone_of_this_machine_change_nothing(full, tmp_path, zone, monkeypatch):
    times = {f"{moodle_folder('Ann Lee', 7)}/{NB}": (2026, 10, 3, 8, 30, 10)}
    times[f"{moodle_folder('Séan O Neil-Straße', 8)}/{NB}"] = (2026, 10, 1, 8, 0, 0)
    source = write_zip(tmp_path / "a.zip", dict.fromkeys(times, "{}"), times)
    seen = set()
    for name in ("UTC", "America/New_York", "Asia/Kolkata"):
        monkeypatch.setenv("TZ", name)
        time.tzset()
        try:
            found = take(full, source, zone=zone)
            with zipfile.ZipFile(source) as archive:
                unpacked = tmp_path / name.replace("/", "_")
                archive.extractall(unpacked)
                for entry, date in times.items():
                    stamp = datetime(*date).timestamp()
                    os.utime(unpacked / entry, (stamp, stamp))
            again = take(full, unpacked, zone=zone)
        finally:
            monkeypatch.undo()
            time.tzset()
        seen |= {tuple(line.time for line in each.lines) for each in (found, again)}
    assert {line.result for line in again.lines if line.student} == {"unchanged"}
    assert len(seen) == 1


def test_is_a_zone_refused_in_which_work_comes_from_the_future(full, tmp_path):
    date = (datetime.now(UTC) + timedelta(hours=3)).timetuple()[:6]
    source = write_zip(tmp_path / "a.zip", {"ann.ipynb": "{}"}, {"ann.ipynb": date})
    with pytest.raises(UnusableSource, match=r"lies in the future. Nothing was collected"):
        take(full, source, zone=UTC)
    assert content(full, "ann") is None
    assert results(take(full, source, zone=ZoneInfo("Asia/Tokyo"))) == {"ann": "new"}


def test_is_a_files_time_in_the_future_an_alarm_and_not_used(full, tmp_path):
    """Such as in a folder that came from a machine whose clock is wrong."""
    now = time.time()
    for name, stamp in (("ann", now + 86_400), ("bob", now - 86_400)):
        path = tmp_path / "work" / name / NB
        path.parent.mkdir(parents=True)
        path.write_text("{}")
        os.utime(path, (stamp, stamp))
    found = take(full, tmp_path / "work")
    assert "lie in the future" in found.alarms[0] and "ann" in found.alarms[0]
    assert {line.student: line.time is None for line in found.lines} == {"ann": True, "bob": False}


def test_is_a_stated_time_in_the_future_an_alarm_and_not_used(full, tmp_path):
    stamp = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d %H:%M:%S} UTC"
    files = {f"ann/{STEM}/{NB}": "{}", f"ann/{STEM}/timestamp.txt": stamp}
    found = take(full, write_zip(tmp_path / "a.zip", files))
    assert "lie in the future" in found.alarms[0] and "ann" in found.alarms[0]
    assert (results(found), found.lines[0].time) == ({"ann": "new"}, None)


def test_are_the_times_of_a_download_not_taken_for_hand_in_times(full, tmp_path):
    names = [canvas_name("lee, ann", "501", 1, NB, True), canvas_name("x", "502", 2, NB)]
    found = take(full, write_zip(tmp_path / "a.zip", dict.fromkeys(names, "{}")), zone=BERLIN)
    assert not found.times_known
    assert content(full, "ann", "timestamp.txt") is None
    assert content(full, "bob", "timestamp.txt") is None


@pytest.mark.parametrize("zone", [None, BERLIN])
def test_is_it_said_that_a_mark_of_lateness_names_no_time(full, tmp_path, zone):
    """Canvas's LATE: without a time there is no penalty, and the instructor has to know that."""
    names = [canvas_name("lee, ann", "501", 1, NB, True), canvas_name("x", "502", 2, NB)]
    source = write_zip(tmp_path / "a.zip", dict.fromkeys(names, "{}"))
    (note,) = take(full, source, zone=zone).notes
    assert "marks 1 submission as late and does not say since when" in note
    assert "--course-id" in note
    in_time = write_zip(tmp_path / "b.zip", {names[1]: "{}"})
    assert "late" not in take(full, in_time, zone=zone).notes[0].replace("late penalties", "")


NOON = datetime(2026, 10, 2, 12, tzinfo=UTC)


def made_at(time, name=NB):
    entry = Entry(PurePosixPath(name), 1, time, lambda: b"{}")
    return File(name, entry)


@given(
    st.sampled_from(sorted(PARSERS)),
    st.lists(st.tuples(st.integers(0, 120) | st.none(), st.booleans()), max_size=6),
)
def test_are_times_within_an_hour_those_of_a_download(kind, handed_in):
    """Four platforms write down when something was handed in; the others may not."""
    times = [
        None if minutes is None else NOON + timedelta(minutes=minutes) for minutes, _ in handed_in
    ]
    made = [
        Attempt((Person("?"),), (made_at(time),), time=time, late=late)
        for time, (_, late) in zip(times, handed_in, strict=True)
    ]
    kept, known = settle_times(kind, made)
    minutes = [each for each, _ in handed_in if each is not None]
    assert known.known == (
        kind in ("gradescope", "nbgrader")
        or bool(minutes and kind in ("blackboard", "brightspace"))
        or bool(minutes and max(minutes) - min(minutes) > 60)
    )
    for before, after in zip(made, kept, strict=True):
        assert after.time == (before.time if known.known else None)


def test_is_an_unknown_platform_refused_with_the_known_ones(full, tmp_path):
    source = write_zip(tmp_path / "a.zip", {"ann.ipynb": "{}"})
    with pytest.raises(UnusableSource, match="--from cannot be 'sakai'; choose one of grade"):
        take(full, source, kind="sakai")


@pytest.mark.parametrize("zone", [None, BERLIN, ZoneInfo("Pacific/Honolulu")])
def test_does_no_zone_make_the_times_of_canvas_known_or_refused(full, tmp_path, zone):
    """Canvas stamps the files itself, at the time of the download in its own zone."""
    date = datetime.now(UTC).timetuple()[:6]
    name = canvas_name("lee, ann", "501", 1, NB)
    source = write_zip(tmp_path / "a.zip", {name: "{}"}, {name: date})
    found = take(full, source, zone=zone)
    assert results(found) == {"ann": "new"} and found.lines[0].time is None
    assert "downloaded" in found.notes[0] and "--timezone" not in found.notes[0]
