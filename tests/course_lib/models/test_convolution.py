"""Is the CNN's first layer what its filters, as they are shown, say?"""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.models import (
    cnn,
    first_filters,
)
from course_lib.quiet import import_keras
from tests.course_lib.networks import values

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("dtype", ["float32", "float64", "mixed_bfloat16"])
def test_do_the_cnns_filters_look_at_a_picture_as_they_are_shown(dtype):
    keras = import_keras()
    model = cnn(side=8, filters=(3, 4), kernel_size=3, hidden=5, dtype=dtype)
    X = np.random.default_rng(4).uniform(size=(2, 64)).astype("float32")
    filters = first_filters(model)
    assert filters.shape == (3, 3, 3)
    seen = keras.Model(model.inputs[0], model.get_layer("convolution1").output)(X)
    # The mask's middle stands on the pixel (2, 5); Keras does not turn the mask over.
    patch = X[1].reshape(8, 8)[1:4, 4:7]
    wanted = np.maximum((filters * patch).sum(axis=(1, 2)), 0)
    rounding = 2e-2 if dtype == "mixed_bfloat16" else 1e-6
    np.testing.assert_allclose(
        values(keras.ops.cast(seen, "float32"))[1, 2, 5], wanted, rtol=rounding, atol=rounding
    )
    logits = values(model(X))
    assert logits.shape == (2, 10)
    assert logits.dtype == (np.float64 if dtype == "float64" else np.float32)
