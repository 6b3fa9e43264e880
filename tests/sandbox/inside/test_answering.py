"""Does a function answer as another one from wherever it is called, and then as itself again?"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Any

from autograder.sandbox.inside.answering import answering_as


def halved(value: float, by: float = 2.0, *, plus: float = 0.0) -> float:
    return value / by + plus


def closed(factor: float) -> Any:
    def scaled(value: float) -> float:
        return factor * value

    return scaled


class Layer:
    bend = staticmethod(halved)

    def __init__(self) -> None:
        self.own = halved


def by_default(value: float, bend: Any = halved) -> float:
    return float(bend(value))


def doubled(value: float, by: float = 2.0, *, plus: float = 0.0) -> float:
    return by * value + plus


def test_is_it_reached_through_defaults_partials_classes_and_caches() -> None:
    cached = lru_cache(halved)
    ways = [
        halved,
        by_default,
        partial(halved, by=4.0),
        Layer.bend,
        Layer().own,
        cached.__wrapped__,
    ]
    with answering_as(halved, doubled):
        assert [each(8.0) for each in ways] == [16.0, 16.0, 32.0, 16.0, 16.0, 16.0]
        assert halved(8.0, 3.0, plus=1.0) == 25.0
    assert [each(8.0) for each in ways] == [4.0, 4.0, 2.0, 4.0, 4.0, 4.0]
    assert halved(8.0, plus=1.0) == 5.0


def test_does_a_function_keep_what_it_took_from_around_it() -> None:
    scaled = closed(3.0)
    with answering_as(scaled, doubled):
        assert scaled(8.0) == 16.0
    assert scaled(8.0) == 24.0


def test_is_what_is_no_function_left_alone() -> None:
    for each in (len, Layer, None, partial(halved)):
        with answering_as(each, doubled):
            assert not callable(each) or each is not doubled
