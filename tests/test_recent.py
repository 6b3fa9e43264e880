"""Are results found again, and is never more held than there is room for?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from autograder.recent import OVERHEAD, SHARE, Recent

ROOM = 2 * SHARE * OVERHEAD


def filled(count: int) -> Recent[int, str]:
    recent: Recent[int, str] = Recent(ROOM)
    for number in range(count):
        recent.keep(number, str(number), 0)
    return recent


def test_is_a_result_found_by_an_equal_key_and_by_no_other():
    recent: Recent[tuple[int, bytes], str] = Recent(ROOM)
    recent.keep((1, b"frame"), "answer", 10)
    assert recent.find((1, b"fra" + b"me")) == "answer"
    assert recent.find((2, b"frame")) is None and recent.find((1, b"Frame")) is None


def test_does_the_least_wanted_give_way():
    recent = filled(2 * SHARE)
    assert len(recent) == 2 * SHARE and recent.find(0) == "0"
    recent.keep(-1, "new", 0)
    assert len(recent) == 2 * SHARE
    assert (recent.find(0), recent.find(1), recent.find(-1)) == ("0", None, "new")


def test_does_a_large_result_push_nobody_out():
    recent = filled(2 * SHARE)
    recent.keep(-1, "large", OVERHEAD + 1)
    assert recent.find(-1) is None and len(recent) == 2 * SHARE
    recent.keep(-1, "just small enough", OVERHEAD)
    assert recent.find(-1) and len(recent) == 2 * SHARE - 1


def test_is_the_first_result_of_a_key_the_one_that_stays():
    recent = filled(1)
    recent.keep(0, "another", 0)
    assert recent.find(0) == "0" and len(recent) == 1


def test_is_the_room_kept_by_many_threads():
    recent = filled(0)

    def work(start: int) -> None:
        for number in range(start, start + 5_000):
            recent.keep(number % 3_000, str(number % 3_000), number % 900)
            assert recent.find(number % 3_000) in (None, str(number % 3_000))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(0, 4_000, 1_000)))
    assert SHARE < len(recent) <= 2 * SHARE
