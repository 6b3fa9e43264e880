"""Are points by item kept as long as they are the gradebook's points?"""

from __future__ import annotations

import pytest

from autograder.service.item_points import find, keep
from tests.service.conftest import STEM


@pytest.fixture(autouse=True)
def kept(engine):
    keep(engine, STEM, "why", "ada", [8, 2.5, 0])


def test_are_they_found_for_the_total_that_they_make(engine):
    assert find(engine, STEM, "why", "ada", 10.5, 3) == [8, 2.5, 0]


@pytest.mark.parametrize(("total", "count"), [(11, 3), (None, 3), (10.5, 2)])
def test_do_they_say_nothing_of_points_that_were_given_elsewhere(engine, total, count):
    assert find(engine, STEM, "why", "ada", total, count) is None


def test_are_they_replaced_and_forgotten(engine):
    keep(engine, STEM, "why", "ada", [1, 1, 1])
    assert find(engine, STEM, "why", "ada", 3, 3) == [1, 1, 1]
    keep(engine, STEM, "why", "ada", [])
    assert find(engine, STEM, "why", "ada", 3, 3) is None
