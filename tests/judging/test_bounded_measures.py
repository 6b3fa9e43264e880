"""Is a measure limited in memory and time, and its process replaced when it is lost?"""

from __future__ import annotations

import gc
import os
import signal
import threading
import time

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.errors import SandboxError, WorkerLost
from autograder.judging import bounded_measures
from autograder.judging.bounded_measures import BoundedMeasures
from autograder.questions import catalogue, references
from autograder.questions.define import TOO_LARGE
from tests.faults.footprint import descendants
from tests.own_weeks import QUESTION as HALVE
from tests.own_weeks import write_week

pytestmark = pytest.mark.slow

WEEK = catalogue.week("week07")
QUESTION = WEEK.questions["train_in_new_orders"]
GIVEN = references.inputs(QUESTION, QUESTION.cases["short-last-batch"], references.PUBLIC_SECRET)


def answer(rows: int) -> Answer:
    """What is recorded of a student who asks for the loss of this many rows at once."""
    call = {"X": np.zeros((rows, 4), np.int8), "y": np.zeros(3, np.int64)}
    return Answer(Status.RETURNED, {name: [call] for name in ("first", "again", "other")})


SMALL, LONG, LARGE = answer(3), answer(200_000), answer(2_000_000)


def measured(measures: BoundedMeasures, *answers: Answer) -> list[Answer]:
    return measures.measured(QUESTION, answers, [GIVEN] * len(answers))


def started(before: set[int]) -> list[int]:
    """The processes that this one has started since."""
    return sorted(descendants(os.getpid()) - before)


def test_does_an_answer_that_takes_too_much_memory_cost_itself_alone():
    small, large, again = measured(BoundedMeasures(WEEK.stem), SMALL, LARGE, SMALL)
    assert large.status is Status.RAISED and large.error == f"unusable: {TOO_LARGE}"
    assert small.status is again.status is Status.RETURNED


def test_does_an_answer_that_takes_too_long_cost_its_question_alone():
    measures = BoundedMeasures(WEEK.stem, seconds=1)
    first, *_, last = measured(measures, SMALL, *[LONG] * 40)
    assert first.status is Status.RETURNED
    assert last.error == "unusable: working with it takes more than 1 s"
    assert measured(measures, SMALL)[0].status is Status.RETURNED


def test_are_other_answers_left_as_they_are():
    crashed, missing = Answer(Status.CRASHED), Answer(Status.MISSING)
    before = descendants(os.getpid())
    measures = BoundedMeasures(WEEK.stem)
    assert measured(measures, crashed, missing) == [crashed, missing]
    plain = WEEK.questions["sgd_step"]
    assert measures.measured(plain, [SMALL], [{}]) == [SMALL]
    assert measures.figures(QUESTION, SMALL, GIVEN) == ()
    assert not started(before)


def test_are_answers_with_the_shapes_of_a_right_one_measured_in_place():
    """A few numbers may be settings, so those have to be equal too."""
    measures = BoundedMeasures(WEEK.stem)
    measures.expect(QUESTION, [answer(30)], [GIVEN])
    before = descendants(os.getpid())
    other = answer(30)
    other.value["first"][0]["X"][:] = 1
    assert measured(measures, answer(30), other)[1].status is Status.RETURNED
    assert not started(before)
    for different in (answer(29), answer(300)):
        measured(measures, different)
        assert started(before)
        measures = BoundedMeasures(WEEK.stem)
        measures.expect(QUESTION, [answer(30)], [GIVEN])
    other.value["first"][0]["y"][0] = 2
    measured(measures, other)
    assert started(before)


def test_is_an_answer_with_too_many_parts_unusable():
    crowd = Answer(Status.RETURNED, [0.5] * 30_000)
    (refused,) = measured(BoundedMeasures(WEEK.stem), crowd)
    assert refused.status is Status.RAISED and "too many parts" in refused.error


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_is_a_killed_process_replaced_and_nobody_blamed(number):
    before = descendants(os.getpid())
    measures = BoundedMeasures(WEEK.stem)
    (expected,) = measured(measures, SMALL)
    (process,) = started(before)
    os.kill(process, number)
    (again,) = measured(measures, SMALL)
    assert (again.status, again.error) == (expected.status, expected.error)
    assert started(before) != [process]


def test_is_a_process_that_is_always_killed_a_lost_worker():
    """The submission is then tried again, and its report has no key."""
    before = descendants(os.getpid())
    done = threading.Event()

    def kill() -> None:
        while not done.wait(0.01):
            for process in started(before):
                os.kill(process, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        with pytest.raises(WorkerLost, match="killed"):
            measured(BoundedMeasures(WEEK.stem), *[LONG] * 20)
    finally:
        done.set()
        killer.join()


def test_is_a_process_that_hangs_ended(monkeypatch):
    monkeypatch.setattr(bounded_measures, "_LONGEST_WAIT", 1.0)
    before = descendants(os.getpid())
    measures = BoundedMeasures(WEEK.stem)
    measured(measures, SMALL)
    os.kill(started(before)[0], signal.SIGSTOP)
    (late,) = measured(measures, SMALL)
    assert late.error == "unusable: working with it takes more than 10 s"
    assert not started(before)


def test_does_a_process_end_with_those_who_use_it():
    before = descendants(os.getpid())
    measures = BoundedMeasures(WEEK.stem)
    measured(measures, SMALL)
    assert len(started(before)) == 1
    del measures
    gc.collect()
    assert not started(before)


def test_has_each_thread_a_process_of_its_own_while_it_needs_one():
    """One student's long measure keeps nobody else waiting."""
    measures = BoundedMeasures(WEEK.stem)
    measured(measures, SMALL)
    busy = threading.Thread(target=measured, args=(measures, *[LONG] * 2))
    busy.start()
    time.sleep(0.1)
    assert measured(measures, SMALL)[0].status is Status.RETURNED
    assert busy.is_alive()
    busy.join()
    assert len(measures._idle) == 2


def test_does_a_process_that_cannot_start_say_why():
    with pytest.raises(SandboxError, match="did not start: .*no week 'week99'"):
        measured(BoundedMeasures("week99"), SMALL)


def test_does_the_process_measure_with_a_courses_own_week(tmp_path):
    measure = "@halve.measure\ndef _(value, X):\n    return value.sum() - X.sum() / 2\n"
    write_week(tmp_path, halve=f"{HALVE}\n\n{measure}")
    catalogue.use(tmp_path)
    try:
        question = catalogue.week("16").questions["halve"]
    finally:
        catalogue.use(None)
    measures = BoundedMeasures("week16_convolution", weeks=tmp_path)
    given = {"X": np.ones((2, 2))}
    returned = Answer(Status.RETURNED, np.ones((2, 2)))
    (found,) = measures.measured(question, [returned], [given])
    assert found.status is Status.RETURNED and found.value == 2
