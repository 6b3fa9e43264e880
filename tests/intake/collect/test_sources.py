"""Is every source taken for what it is, and no download's time for a submission time?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course.people import Person
from autograder.errors import UnusableSource
from autograder.intake.collect.attempts import Attempt
from autograder.intake.collect.platforms import PARSERS
from autograder.intake.collect.sources import without_download_times
from tests.intake.collect.difficult_class import (
    NB,
    content,
    results,
    take,
)
from tests.intake.exports import canvas_name, write_zip


def test_is_an_ambiguous_source_named_with_the_choices(full, tmp_path):
    files = {canvas_name("lee, ann", "501", 1, NB): "{}", "bob.ipynb": "{}"}
    source = write_zip(tmp_path / "a.zip", files)
    with pytest.raises(UnusableSource, match="--from canvas, --from plain"):
        take(full, source)
    assert results(take(full, source, kind="canvas")) == {"ann": "new"}
    with pytest.raises(UnusableSource, match="not laid out like an export of moodle"):
        take(full, source, kind="moodle")
    with pytest.raises(UnusableSource, match="choose one of"):
        take(full, source, kind="blackboard")


def test_are_late_penalties_computed_from_what_is_kept(full, tmp_path):
    """Entry times of a zip made over days are hand-in times; nbgrader reads ours."""
    from nbgrader.utils import parse_utc

    names = [canvas_name("lee, ann", "501", 1, NB, True), canvas_name("x", "502", 2, NB)]
    times = {names[0]: (2026, 10, 3, 8, 30, 10), names[1]: (2026, 10, 1, 8, 0, 0)}
    found = take(full, write_zip(tmp_path / "a.zip", dict.fromkeys(names, "{}"), times))
    assert found.times_known
    written = parse_utc((content(full, "ann", "timestamp.txt") or "").strip())
    # A zip's plain times are the local ones of who made it.
    assert written.replace(tzinfo=UTC) == datetime(2026, 10, 3, 8, 30, 10).astimezone()
    assert [line.late for line in found.lines] == [True, False]


def test_are_the_times_of_a_download_not_taken_for_hand_in_times(full, tmp_path):
    names = [canvas_name("lee, ann", "501", 1, NB, True), canvas_name("x", "502", 2, NB)]
    found = take(full, write_zip(tmp_path / "a.zip", dict.fromkeys(names, "{}")))
    assert not found.times_known
    assert content(full, "ann", "timestamp.txt") is not None
    assert content(full, "bob", "timestamp.txt") is None


NOON = datetime(2026, 10, 2, 12, tzinfo=UTC)


@given(
    st.sampled_from(sorted(PARSERS)),
    st.lists(st.tuples(st.integers(0, 120) | st.none(), st.booleans()), max_size=6),
)
def test_are_times_within_an_hour_those_of_a_download_but_for_late_work(kind, handed_in):
    """Gradescope and nbgrader write down when something was handed in; the others may not."""
    made = [
        Attempt(
            (Person("?"),),
            (),
            time=None if minutes is None else NOON + timedelta(minutes=minutes),
            late=late,
        )
        for minutes, late in handed_in
    ]
    kept, known = without_download_times(kind, made)
    minutes = [each for each, _ in handed_in if each is not None]
    assert known == (
        kind in ("gradescope", "nbgrader") or bool(minutes and max(minutes) - min(minutes) > 60)
    )
    for before, after in zip(made, kept, strict=True):
        assert after.time == (before.time if known or before.late else None)


def test_is_an_unknown_platform_refused_with_the_known_ones(full, tmp_path):
    source = write_zip(tmp_path / "a.zip", {"ann.ipynb": "{}"})
    with pytest.raises(UnusableSource, match="--from cannot be 'blackboard'; choose one of grade"):
        take(full, source, kind="blackboard")
