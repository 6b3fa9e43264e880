"""Is an answer found again by its frame, and is never more kept than there is room for?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from autograder.answer import Answer, Status
from autograder.sandbox.requests import KnownAnswers

ANSWER = Answer(Status.RETURNED, 1.0)
ROOM = 20_000


def test_is_an_answer_found_by_an_equal_frame_and_by_no_other():
    known = KnownAnswers()
    known.keep(1, b"frame", ANSWER)
    assert known.find(1, b"fra" + b"me") is ANSWER
    assert known.find(2, b"frame") is None and known.find(1, b"Frame") is None


def test_is_the_first_answer_of_a_frame_the_one_that_stays():
    known = KnownAnswers()
    known.keep(1, b"frame", ANSWER)
    known.keep(1, b"frame", Answer(Status.RETURNED, 1.0))
    assert known.find(1, b"frame") is ANSWER


def test_does_the_answer_that_was_not_given_for_longest_give_way():
    known = KnownAnswers(ROOM)
    for number in range(100):
        known.keep(number, b"frame", ANSWER)
        assert known.find(0, b"frame") is ANSWER
    assert known.find(1, b"frame") is None and known.find(99, b"frame") is ANSWER


def test_does_a_large_answer_push_nobody_out():
    known = KnownAnswers(10 * ROOM)
    known.keep(0, b"frame", ANSWER)
    known.keep(1, bytes(5 * ROOM), ANSWER)
    assert known.find(0, b"frame") is ANSWER and known.find(1, bytes(5 * ROOM)) is None


def test_is_the_room_kept_by_many_threads():
    known = KnownAnswers(ROOM)

    def work(start: int) -> None:
        for number in range(start, start + 5_000):
            known.keep(number % 3_000, bytes(number % 900), ANSWER)
            assert known.find(number % 3_000, bytes(number % 900)) in (None, ANSWER)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(0, 4_000, 1_000)))
    assert 1 < len(known) <= 20
