"""Does what takes too long end, and what ends in time go on undisturbed?"""

from __future__ import annotations

import time

import pytest

from autograder.questions.interrupt import TooLong, interrupted_after


def test_is_what_takes_too_long_interrupted():
    started = time.monotonic()
    with pytest.raises(TooLong), interrupted_after(0.05):
        while time.monotonic() < started + 20:
            pass
    assert time.monotonic() < started + 20


def test_is_what_ended_in_time_not_interrupted_later():
    with interrupted_after(0.05):
        pass
    until = time.monotonic() + 0.2
    while time.monotonic() < until:
        pass
