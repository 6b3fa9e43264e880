"""Are a token's clocks allowed to differ by some seconds, and by no more?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from autograder.lms.lti.claims import Claims
from autograder.lms.lti.errors import Refused
from autograder.lms.lti.id_token import _check_times

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def times(made: float, until: float) -> Claims:
    return Claims({"iat": NOW.timestamp() + made, "exp": NOW.timestamp() + until})


@pytest.mark.parametrize(("made", "until"), [(0.15, 60), (9, 60), (-60, -9), (-3599, 60)])
def test_is_a_clock_of_some_seconds_off_let_in(made, until):
    _check_times(times(made, until), NOW)


@pytest.mark.parametrize(
    ("made", "until", "reason"),
    [(11, 60, "from-the-future"), (-60, -10, "expired"), (-3601, 60, "too-old")],
)
def test_is_a_clock_of_more_refused(made, until, reason):
    with pytest.raises(Refused) as refused:
        _check_times(times(made, until), NOW)
    assert refused.value.reason == reason


def test_is_now_taken_in_any_time_zone():
    from datetime import timezone

    _check_times(times(-1, 60), NOW.astimezone(timezone(timedelta(hours=9))))
