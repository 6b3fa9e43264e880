"""Is a score written as platforms take it?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from autograder.lms.lti.differences import differences
from autograder.lms.lti.scores import Score, timestamp

TIME = datetime(2026, 11, 29, 1, 57, 14, 995_999, tzinfo=timezone(timedelta(hours=1)))
CANVAS = "https://canvas.instructure.com/lti/submission"


def test_is_a_time_in_utc_with_milliseconds():
    """Cut, not rounded: no score is from the future."""
    assert timestamp(TIME) == "2026-11-29T00:57:14.995Z"
    with pytest.raises(ValueError, match="time zone"):
        timestamp(TIME.replace(tzinfo=None))


def test_is_a_regrade_no_attempt_in_canvas():
    regrade = Score("3", 1.0, 2.0, TIME, submitted=TIME)
    claim = regrade.body(differences("canvas"))[CANVAS]
    assert claim == {"new_submission": False, "submitted_at": timestamp(TIME)}
    new = Score("3", 1.0, 2.0, TIME, new_attempt=True)
    assert new.body(differences("canvas"))[CANVAS] == {"new_submission": True}
    assert CANVAS not in regrade.body(differences("moodle"))


def test_is_a_score_fully_graded_only_where_it_is_final():
    made = Score("3", 1.0, 2.0, TIME, "well done").body(differences("moodle"))
    assert (made["gradingProgress"], made["activityProgress"]) == ("FullyGraded", "Completed")
    assert made["comment"] == "well done"
    unfinished = Score("3", 1.0, 2.0, TIME, final=False).body(differences("moodle"))
    assert unfinished["gradingProgress"] == "PendingManual"
    assert "comment" not in unfinished


def test_is_a_score_taken_back_without_points():
    made = Score("3", None, 2.0, TIME.astimezone(UTC)).body(differences("other"))
    assert "scoreGiven" not in made and made["gradingProgress"] == "NotReady"


@pytest.mark.parametrize(
    ("given", "maximum"), [(-1.0, 2.0), (float("nan"), 2.0), (1.0, 0.0), (1.0, float("inf"))]
)
def test_is_what_is_no_score_refused(given, maximum):
    with pytest.raises(ValueError, match="expected"):
        Score("3", given, maximum, TIME).body(differences("other"))
