"""Does everybody have their turn before anybody has two?"""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from autograder.service import turns
from autograder.service.queue import State, Upload
from tests.service.conftest import NOON, STEM


@given(st.lists(st.sampled_from("abcde"), max_size=30))
def test_is_the_order_one_of_rounds_in_which_nobody_passes_themselves(students):
    order = turns.in_turn(list(enumerate(students)))
    assert sorted(order) == list(range(len(students)))
    had: dict[str, int] = {}
    rounds = []
    for number in order:
        student = students[number]
        had[student] = had.get(student, 0) + 1
        rounds.append(had[student])
        own = [each for each in order if students[each] == student]
        assert own == sorted(own)
    assert rounds == sorted(rounds)


def test_does_who_was_served_longest_ago_come_first():
    served = {"a": NOON, "b": NOON - timedelta(minutes=5)}
    assert turns.in_turn([(1, "a"), (2, "b"), (3, "c")], served) == [3, 2, 1]


def test_are_those_together_of_one_week_and_each_students_next():
    def upload(number, student, stem=STEM, tries=0):
        return Upload(number, student, stem, "page", NOON, State.WAITING, tries=tries)

    waiting = [
        upload(1, "a"),
        upload(2, "b", "week01_perceptron"),
        upload(3, "b"),
        upload(4, "c", tries=1),
        upload(5, "c"),
        upload(6, "d"),
    ]
    assert [each.id for each in turns.together(waiting, 4)] == [1, 6]
    assert [each.id for each in turns.together(waiting[3:], 4)] == [4]
    assert turns.together([], 4) == []
