"""Whose upload is graded next: in rounds over the students, so that nobody holds up the class."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.service.queue import Upload


def in_turn(
    waiting: Iterable[tuple[int, str]], served: Mapping[str, datetime] | None = None
) -> list[int]:
    """The order of grading: in rounds over the students, who was served longest ago first.

    Args:
        waiting: numbers of uploads and their students, the oldest first.
        served: when students were served last; those that are not in it were not served lately.
    """
    own: dict[str, list[int]] = defaultdict(list)
    for number, student in waiting:
        own[student].append(number)
    never = datetime.min.replace(tzinfo=UTC)
    # The round in which a student is next, then who was served longest ago, then who came first.
    turns = [
        (0, (served or {}).get(student, never), numbers[0], student, 0)
        for student, numbers in own.items()
    ]
    heapq.heapify(turns)
    order = []
    while turns:
        turn, before, number, student, position = heapq.heappop(turns)
        order.append(number)
        if position + 1 < len(own[student]):
            following = own[student][position + 1]
            heapq.heappush(turns, (turn + 1, before, following, student, position + 1))
    return order


def together(waiting: Sequence[Upload], most: int) -> list[Upload]:
    """The uploads that are graded with the first one: of the same week, and each student's next.

    Args:
        waiting: in the order of their turns.
        most: how many at most.
    """
    if not waiting:
        return []
    first = waiting[0]
    if first.tries:
        return [first]
    chosen: list[Upload] = []
    # A student's uploads are graded in the order in which they came: the last one counts.
    students: set[str] = set()
    for each in waiting:
        alike = _kind(each) == _kind(first)
        if alike and not each.tries and each.student not in students:
            chosen.append(each)
        students.add(each.student)
    return chosen[:most]


def _kind(upload: Upload) -> tuple[str, bool, str]:
    return upload.assignment, upload.is_regrade, upload.question
