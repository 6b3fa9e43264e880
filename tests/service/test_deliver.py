"""Does each grade reach the LMS once, in order, and whatever happens on the way?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from autograder.lms.lti.scores import Conflict, Rejected, Score, Sent, TryLater
from autograder.lms.lti.services import Result
from autograder.service import outbox
from autograder.service.deliver import BACKOFF_SECONDS, Outbox, is_later
from autograder.service.grades import Grade
from autograder.service.outbox import State
from autograder.service.tables import SCORES
from tests.service.conftest import NOON, STEM, add_lms


class Killed(BaseException):
    """The process ends here."""


class Platform:
    """An LMS as strict as any: whole seconds, strictly rising, nothing of the future."""

    def __init__(self, clock: Callable[[], Any]) -> None:
        self.clock = clock
        self.scores: list[Score] = []
        self.planned: list[Any] = []

    def send_score(self, line_item: str, score: Score) -> Any:
        planned = self.planned.pop(0) if self.planned else None
        if planned in ("killed before", "lost before"):
            return self._end(planned)
        if planned is not None and planned not in ("killed after", "lost after"):
            return planned
        assert score.time <= self.clock(), "from the future"
        last = max((each.time for each in self.scores if each.user == score.user), default=None)
        if last and score.time.replace(microsecond=0) <= last.replace(microsecond=0):
            return Conflict("409")
        self.scores.append(score)
        return self._end(planned) if planned else Sent()

    def results(self, line_item: str, user: str = "") -> list[Result]:
        last = next((each for each in reversed(self.scores) if each.user == user), None)
        return [Result(user, last.given, last.maximum, last.comment)] if last else []

    def _end(self, planned: str) -> TryLater:
        if planned.startswith("killed"):
            raise Killed
        return TryLater("no answer", perhaps_stored=True)


@pytest.fixture
def lms(engine, clock):
    add_lms(engine)
    return Platform(clock)


@pytest.fixture
def sender(engine, clock, lms):
    return Outbox(engine, lambda _, platform: lms, clock)


def want(engine, clock, points=8.0, *, new=True, final=True, comment="", student="ada"):
    grade = Grade(student, points, 10.0, final, comment, NOON)
    with engine.begin() as connection:
        return outbox.want(connection, STEM, {student: grade}, new_attempts=new, now=clock())


def deliver(sender, clock, seconds=0.0, times=1):
    for _ in range(times):
        clock.move(seconds)
        try:
            sender.deliver()
        except Killed:
            sender.recover()


def given(lms):
    return [each.given for each in lms.scores]


def state(engine):
    (row,) = outbox.states(engine, STEM)
    return row.state


def test_is_a_grade_sent_once(engine, clock, lms, sender):
    assert want(engine, clock, comment="well done") == 1
    deliver(sender, clock, times=3)
    (score,) = lms.scores
    assert (score.user, score.given, score.maximum, score.final) == ("7", 8.0, 10.0, True)
    assert (score.comment, score.submitted, score.new_attempt) == ("well done", NOON, True)
    assert state(engine) == State.DELIVERED


def test_does_a_second_upload_in_the_same_second_arrive_later_and_not_in_the_future(
    engine, clock, lms, sender
):
    want(engine, clock, 5.0)
    deliver(sender, clock)
    want(engine, clock, 9.0)
    deliver(sender, clock, 0.2)
    assert given(lms) == [5.0]
    deliver(sender, clock, 0.3, times=4)
    assert given(lms) == [5.0, 9.0]


def test_does_a_newer_grade_replace_one_that_was_not_sent(engine, clock, lms, sender):
    for points in (1.0, 2.0, 3.0):
        want(engine, clock, points)
    deliver(sender, clock, 2.0, times=3)
    assert given(lms) == [3.0]


def test_is_an_unchanged_grade_not_sent_again_but_a_new_attempt_is(engine, clock, lms, sender):
    want(engine, clock)
    deliver(sender, clock)
    assert want(engine, clock, new=False) == 0
    deliver(sender, clock, 2.0)
    assert len(lms.scores) == 1
    assert want(engine, clock, new=True) == 1
    deliver(sender, clock, 2.0)
    assert [each.new_attempt for each in lms.scores] == [True, True]
    want(engine, clock, 4.0, new=False)
    deliver(sender, clock, 2.0)
    assert not lms.scores[-1].new_attempt


def test_is_nothing_sent_while_a_part_waits_for_a_person(engine, clock, lms, sender):
    want(engine, clock, final=False)
    deliver(sender, clock, 2.0)
    assert not lms.scores
    assert state(engine) == State.UNFINISHED
    want(engine, clock, 9.5, new=False)
    deliver(sender, clock, 2.0)
    assert given(lms) == [9.5]
    assert lms.scores[0].new_attempt


def test_is_an_earlier_grade_left_where_a_new_attempt_waits_for_a_person(
    engine, clock, lms, sender
):
    want(engine, clock, 6.0)
    deliver(sender, clock)
    want(engine, clock, 7.0, final=False)
    deliver(sender, clock, 5.0)
    assert given(lms) == [6.0]


@pytest.mark.parametrize("fault", ["killed before", "killed after", "lost before", "lost after"])
def test_is_a_grade_neither_lost_nor_doubled_by_a_kill_or_a_lost_answer(
    engine, clock, lms, sender, fault
):
    lms.planned = [fault]
    want(engine, clock, comment="once")
    deliver(sender, clock, 3.0, times=5)
    assert given(lms) == [8.0]
    assert state(engine) == State.DELIVERED


@pytest.mark.parametrize("fault", ["killed before", "killed after", "lost after"])
def test_does_a_grade_that_comes_meanwhile_arrive_last(engine, clock, lms, sender, fault):
    lms.planned = [fault]
    want(engine, clock, 1.0)
    deliver(sender, clock)
    want(engine, clock, 2.0)
    deliver(sender, clock, 3.0, times=5)
    assert given(lms)[-1] == 2.0
    assert len(set(given(lms))) == len(given(lms))


def test_is_the_same_score_sent_with_its_first_time_where_the_lms_shows_no_results(
    engine, clock, lms, sender, monkeypatch
):
    monkeypatch.setattr(lms, "results", lambda *_: [])
    lms.planned = ["killed after"]
    want(engine, clock)
    deliver(sender, clock, 3.0, times=3)
    assert given(lms) == [8.0]
    assert state(engine) == State.DELIVERED


def test_are_refusals_kept_for_a_person_and_tried_again_when_told(engine, clock, lms, sender):
    lms.planned = [Rejected("not-accepted", "nobody has this id")]
    want(engine, clock)
    deliver(sender, clock, 9.0, times=3)
    (row,) = outbox.states(engine, STEM)
    assert (row.state, row.problem) == (State.REFUSED, "nobody has this id")
    assert outbox.try_again(engine, STEM, clock()) == 1
    deliver(sender, clock, 2.0)
    assert given(lms) == [8.0]


def test_does_a_setting_that_is_wrong_in_the_lms_only_delay_grades(engine, clock, lms, sender):
    lms.planned = [Rejected("keyset-blocked", "Moodle cannot fetch our keyset")]
    want(engine, clock)
    deliver(sender, clock)
    (row,) = outbox.states(engine, STEM)
    assert (row.state, row.problem) == (State.DUE, "Moodle cannot fetch our keyset")
    deliver(sender, clock, BACKOFF_SECONDS[0])
    assert given(lms) == [8.0]


def test_does_it_wait_longer_each_time_and_as_long_as_the_lms_asks(engine, clock, lms, sender):
    lms.planned = [TryLater("503"), TryLater("503"), TryLater("429", after=40.0)]
    want(engine, clock)
    waits = []
    for _ in range(3):
        began = clock()
        sender.deliver()
        with engine.begin() as connection:
            due = connection.scalar(select(SCORES.c.due))
        waits.append((due - began).total_seconds())
        clock.now = due
    assert waits == [BACKOFF_SECONDS[0], BACKOFF_SECONDS[1], 40.0]
    deliver(sender, clock)
    assert given(lms) == [8.0]


def test_are_grades_of_a_held_week_sent_once_it_is_released(engine, clock, lms, sender):
    outbox.hold(engine, STEM, "grace")
    outbox.hold(engine, STEM, "grace")
    want(engine, clock)
    deliver(sender, clock, 2.0)
    assert outbox.is_held(engine, STEM)
    assert not lms.scores
    outbox.release(engine, STEM)
    deliver(sender, clock, 2.0)
    assert given(lms) == [8.0]


def test_does_a_clock_that_was_wrong_not_stop_later_grades(engine, clock, lms, sender):
    want(engine, clock)
    deliver(sender, clock)
    with engine.begin() as connection:
        connection.execute(update(SCORES).values(sent_at=NOON + timedelta(days=365)))
    want(engine, clock, 9.0)
    deliver(sender, clock, 2.0)
    assert given(lms) == [8.0, 9.0]


def test_is_it_told_which_grades_the_lms_has(engine, clock, lms):
    told = []
    sender = Outbox(engine, lambda *_: lms, clock, lambda *given: told.append(given))
    want(engine, clock)
    deliver(sender, clock)
    assert told == [(STEM, {"ada": 8.0})]
    lms.planned = [TryLater("503")]
    want(engine, clock, 9.0)
    deliver(sender, clock, 2.0)
    assert len(told) == 1


def test_does_a_bug_in_one_score_not_stop_the_others(engine, clock, lms, sender):
    def refuses(line_item, score):
        raise ValueError("expected a maximum above 0")

    lms.send_score = refuses
    want(engine, clock)
    deliver(sender, clock)
    assert state(engine) == State.REFUSED


def test_are_times_compared_as_the_platform_does():
    last = NOON + timedelta(milliseconds=300)
    assert not is_later(NOON + timedelta(milliseconds=900), last, 1.0)
    assert is_later(NOON + timedelta(seconds=1), last, 1.0)
    assert is_later(NOON + timedelta(milliseconds=900), last, 0.001)
    assert not is_later(last, last, 0.001)
    assert is_later(NOON, None, 1.0)
