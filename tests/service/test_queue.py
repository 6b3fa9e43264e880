"""Is what is accepted graded, once and in a fair order?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from autograder.service import queue
from autograder.service.queue import State
from autograder.service.tables import FILES
from tests.service.conftest import NOON, STEM


def accept(engine, student, at=0.0, stem=STEM, **more):
    return queue.accept(
        engine, student, stem, b"{}", "page", now=NOON + timedelta(seconds=at), **more
    )


def take(engine, at=100.0, most=queue.BATCH):
    return queue.take(engine, NOON + timedelta(seconds=at), most)


def done(engine, uploads, seconds=1.0):
    with engine.begin() as connection:
        for each in uploads:
            queue.finish(connection, each, seconds=seconds, points=1.0, report="{}")


def test_is_an_upload_stored_with_its_files_until_it_is_graded(engine):
    upload = accept(engine, "ada", beside={"earlier_weeks.py": b"x = 1"})
    assert queue.find(engine, upload.id) == upload
    assert queue.files(engine, upload) == {f"{STEM}.ipynb": b"{}", "earlier_weeks.py": b"x = 1"}
    taken = take(engine)
    assert [each.id for each in taken] == [upload.id]
    assert queue.find(engine, upload.id).state is State.RUNNING
    done(engine, taken)
    assert queue.find(engine, upload.id).state is State.GRADED
    with engine.begin() as connection:
        assert connection.scalar(select(func.count()).select_from(FILES)) == 0


def test_does_a_student_with_ten_uploads_not_hold_up_the_class(engine):
    for _ in range(10):
        accept(engine, "greedy")
    for student in ("ada", "bob"):
        accept(engine, student, at=1)
    order = []
    for at in range(6):
        taken = take(engine, at=at, most=1)
        order += [each.student for each in taken]
        done(engine, taken)
    assert order[:3] == ["greedy", "ada", "bob"]
    assert set(order[3:]) == {"greedy"}


def test_does_whoever_comes_later_go_before_another_ones_second_upload(engine):
    accept(engine, "greedy")
    accept(engine, "greedy")
    taken = take(engine, at=5, most=1)
    assert [each.student for each in taken] == ["greedy"]
    done(engine, taken)
    accept(engine, "ada", at=6)
    assert [each.student for each in take(engine, at=7, most=1)] == ["ada"]


def test_are_uploads_graded_together_only_of_one_week_and_of_different_students(engine):
    accept(engine, "ada")
    accept(engine, "ada")
    accept(engine, "bob", stem="week01_perceptron")
    accept(engine, "cy")
    assert [each.student for each in take(engine)] == ["ada", "cy"]
    assert [each.student for each in take(engine)] == ["bob"]
    # Ada's second waits until her first is graded: the last one counts.
    assert take(engine) == []


def test_are_only_those_uploads_let_go_that_were_in_lost_hands(engine):
    for student in ("ada", "bob"):
        accept(engine, student)
    ada, bob = take(engine)
    assert queue.recover(engine, [ada.id], NOON) == 1
    assert queue.find(engine, ada.id).state is State.WAITING
    assert queue.find(engine, bob.id).state is State.RUNNING
    assert queue.is_waiting(engine)


def test_does_a_week_that_is_graded_again_not_hold_up_uploads(engine):
    queue.regrade(engine, [f"s{n}" for n in range(30)], STEM)
    accept(engine, "ada")
    assert [each.student for each in take(engine)] == ["ada"]
    assert [each.is_regrade for each in take(engine, at=101)] == [True] * queue.BATCH


def test_is_an_upload_that_was_in_a_killed_workers_hands_taken_again_alone(engine):
    for student in ("ada", "bob"):
        accept(engine, student)
    assert len(take(engine)) == 2
    assert queue.recover(engine, now=NOON) == 2
    assert [[each.student for each in take(engine)] for _ in range(2)] == [["ada"], ["bob"]]


def test_is_an_upload_given_up_only_after_many_workers_and_then_by_name(engine):
    upload = accept(engine, "ada")
    at = 0.0
    for _ in range(queue.MOST_TRIES):
        at += 1000
        assert take(engine, at)
        queue.recover(engine, now=NOON + timedelta(seconds=at))
    found = queue.find(engine, upload.id)
    assert found.state is State.FAILED
    assert "the instructor grades it again" in found.problem
    assert queue.files(engine, upload)


def test_does_an_upload_that_is_put_off_keep_its_place_before_the_same_students_next(engine):
    first, second = accept(engine, "ada"), accept(engine, "ada")
    other = accept(engine, "bob")
    taken = take(engine, most=1)
    queue.put_back(engine, taken, "busy", NOON + timedelta(seconds=500))
    assert [each.id for each in take(engine, at=200)] == [other.id]
    assert not take(engine, at=300)
    again = take(engine, at=600)
    assert [each.id for each in again] == [first.id]
    done(engine, again)
    assert [each.id for each in take(engine, at=601)] == [second.id]
    assert queue.find(engine, first.id).tries == 1


def test_is_an_attempt_too_many_not_stored(engine):
    accept(engine, "ada", most=2)
    accept(engine, "ada", most=2)
    queue.regrade(engine, ["ada"], STEM)
    with pytest.raises(queue.NoAttemptsLeft, match="All 2 attempts"):
        accept(engine, "ada", most=2)
    assert queue.count(engine, "ada", STEM) == 2
    accept(engine, "ada", stem="week01_perceptron", most=2)


def test_are_attempts_listed_with_the_newest_first_and_without_regrades(engine):
    numbers = [accept(engine, "ada", at).id for at in range(3)]
    queue.regrade(engine, ["ada"], STEM)
    accept(engine, "bob")
    assert [each.id for each in queue.attempts(engine, "ada", STEM)] == numbers[::-1]


def test_is_a_number_never_given_twice(engine):
    first = accept(engine, "ada")
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM service_uploads")
    assert accept(engine, "ada").id > first.id


def test_is_the_last_upload_of_each_week_found(engine):
    accept(engine, "ada")
    last = accept(engine, "ada")
    other = accept(engine, "ada", stem="week07_sgd")
    accept(engine, "bob")
    queue.regrade(engine, ["ada"], STEM)
    found = queue.attempts_by_week(engine, "ada")
    assert found == {STEM: last, "week07_sgd": other}
