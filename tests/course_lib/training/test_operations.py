"""Are a model's operations counted as by hand?"""

from __future__ import annotations

import pytest

from course_lib.models import cnn, deep_stack, mlp, transformer
from course_lib.training import operations_per_example

pytestmark = pytest.mark.slow


def test_are_operations_counted_as_by_hand():
    assert operations_per_example(mlp()) == 6 * (784 * 16 + 16 * 16 + 16 * 10)
    assert operations_per_example(deep_stack(3, 8, inputs=5)) == 6 * (5 * 8 + 3 * 64 + 80)
    # Masks of 5 by 5 at each of 8 * 8 places, then of 5 by 5 by 4 at each of 4 * 4.
    small = cnn(side=8, filters=(4, 6), hidden=7)
    by_hand = 25 * 4 * 64 + 25 * 4 * 6 * 16 + 6 * 4 * 7 + 7 * 10
    assert operations_per_example(small) == 6 * by_hand
    # Queries, keys, values and output; two products of attention; two dense layers; logits.
    by_hand = 5 * (4 * 8 * 8 + 2 * 8 * 32) + 2 * 5 * 5 * 8 + 5 * 8 * 11
    assert operations_per_example(transformer(11, 5, 8, 2, 1)) == 6 * by_hand
