"""Does what takes too long end, and what ends in time go on undisturbed?"""

from __future__ import annotations

import os
import threading
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


def test_is_the_shortest_of_several_limits_the_first_to_end():
    """In one thread inside another's, and in two threads at once."""
    ended = []

    def busy(seconds: float, name: str) -> None:
        try:
            with interrupted_after(seconds):
                while True:
                    pass
        except TooLong:
            ended.append(name)

    other = threading.Thread(target=busy, args=(0.3, "later"))
    other.start()
    with interrupted_after(20):
        busy(0.05, "first")
    other.join(20)
    assert ended == ["first", "later"]


def test_is_a_loop_ended_that_catches_the_interruption(monkeypatch):
    monkeypatch.setattr("autograder.questions.interrupt._AGAIN", 0.05)
    caught = 0
    with pytest.raises(TooLong), interrupted_after(0.05):
        while True:
            try:
                while True:
                    pass
            except TooLong:
                caught += 1
                if caught == 3:
                    raise
    assert caught == 3


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_is_a_loop_ended_in_a_forked_process():
    with interrupted_after(20):
        pass
    child = os.fork()
    if not child:
        try:
            with interrupted_after(0.05):
                while True:
                    pass
        except TooLong:
            os._exit(7)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_does_one_thread_watch_however_many_limits_there_are():
    before = threading.active_count()
    for _ in range(1000):
        with interrupted_after(60):
            pass
    assert threading.active_count() <= before + 1
