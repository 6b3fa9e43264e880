"""Does the transformer predict from earlier tokens alone, in their order?"""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.models import (
    transformer,
)
from tests.course_lib.networks import values

pytestmark = pytest.mark.slow


def test_does_the_transformer_see_no_token_that_is_still_to_come():
    rng = np.random.default_rng(5)
    model = transformer(vocabulary=7, length=6, width=8, heads=2, blocks=2, dtype="float64")
    tokens = rng.integers(7, size=(3, 6))
    changed = tokens.copy()
    changed[:, 4] = (changed[:, 4] + 1) % 7
    logits, others = values(model(tokens)), values(model(changed))
    assert logits.shape == (3, 6, 7) and logits.dtype == np.float64
    np.testing.assert_allclose(logits[:, :4], others[:, :4], rtol=1e-12, atol=1e-13)
    assert np.all(np.abs(logits - others)[:, 4:].max(axis=-1) > 1e-6)


def test_does_the_transformer_know_the_order_of_tokens():
    model = transformer(vocabulary=7, length=3, width=8, heads=2, blocks=1, dtype="float64")
    logits = values(model(np.array([[1, 2, 3], [2, 1, 3]])))
    assert np.abs(logits[0, 2] - logits[1, 2]).max() > 1e-6


def test_is_a_width_that_the_heads_cannot_share_told():
    with pytest.raises(ValueError, match="multiple of the 3 heads, received 8.*take 6"):
        transformer(vocabulary=7, length=3, width=8, heads=3)
