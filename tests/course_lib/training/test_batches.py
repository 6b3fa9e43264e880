"""Is every example seen once an epoch?"""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.quiet import import_keras
from course_lib.training.batches import Order, batches

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("size", [4, 7])
def test_is_every_example_seen_once_an_epoch_in_another_order(size):
    keras = import_keras()
    X, y = np.arange(20, dtype=np.float32).reshape(10, 2), np.arange(10)
    order = Order(10, seed=1)
    feed = batches(X, y, size, order)

    def epoch():
        pairs = (
            feed
            if keras.backend.backend() == "tensorflow"
            else map(feed.__getitem__, range(len(feed)))
        )
        inputs, targets = zip(*pairs, strict=True)
        assert [len(part) for part in targets][:-1] == [size] * (len(targets) - 1)
        joined = [
            np.concatenate([keras.ops.convert_to_numpy(p) for p in parts])
            for parts in (inputs, targets)
        ]
        assert np.array_equal(joined[0], X[joined[1]])
        return joined[1].tolist()

    first = epoch()
    assert epoch() == first
    order.epoch = 1
    second = epoch()
    assert sorted(first) == sorted(second) == list(range(10)) and first != second
