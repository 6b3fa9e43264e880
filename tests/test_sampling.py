"""Does each test of a sample stay, and what is named in any case?"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import few_of_each, one_in


@pytest.mark.parametrize("few", [1, 2, 3, 5])
@pytest.mark.parametrize("count", range(1, 9))
def test_is_every_test_tried_with_so_many_parameters_from_the_first_to_the_last(few, count):
    several: list[Any] = [SimpleNamespace(nodeid=f"a.py::test[{n}]") for n in range(count)]
    alone: Any = SimpleNamespace(nodeid="a.py::test_alone")
    kept = few_of_each([*several, alone], few)
    assert kept[-1] is alone and kept[0] is several[0]
    assert len(kept) == min(few, count) + 1
    assert few == 1 or kept[-2] is several[-1]
    assert kept == [each for each in [*several, alone] if each in kept]


def test_do_the_parameters_of_a_group_stay_together():
    made = one_in(3, [(n // 2, n) for n in range(14)], by=lambda each: each[0])
    assert [each.values[1] for each in made] == list(range(14))
    assert {each.values[0] for each in made if not each.marks} == {0, 3, 6}
    assert {each.values[0] for each in made if each.marks} == {1, 2, 4, 5}
