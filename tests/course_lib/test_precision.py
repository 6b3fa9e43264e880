"""Is every digit of a reference value kept on backends where Keras would round to 32 bits?"""

from __future__ import annotations

import pytest

from course_lib import precision
from course_lib.quiet import import_keras

pytestmark = pytest.mark.slow


@pytest.fixture
def rounding_keras(monkeypatch):
    """Keras with the promotion table that it has on JAX and PyTorch.

    The table is private and has no public setting. If Keras drops or renames it, this import
    fails, and so does `_allow_float64`: reference values computed on JAX or PyTorch would then
    carry 7 digits in place of 16. On TensorFlow nothing breaks.
    """
    keras = import_keras()
    from keras.src.backend.common import dtypes

    monkeypatch.setitem(dtypes.BIT64_TO_BIT32_DTYPE, "float64", "float32")
    return keras


def test_does_keras_round_where_nobody_asks_for_float64(rounding_keras):
    """Does the table still decide, so that changing it has an effect?"""
    assert rounding_keras.backend.result_type("float64", "float64") == "float32"


def test_does_keras_keep_float64_where_it_is_asked_to(rounding_keras):
    precision._allow_float64.__wrapped__("torch")
    assert rounding_keras.backend.result_type("float64", "float64") == "float64"
    assert rounding_keras.backend.result_type("float32", "float64") == "float64"


@pytest.mark.parametrize(
    ("dtype", "weights"),
    [("float64", "float64"), ("float32", "float32"), ("mixed_bfloat16", "float32")],
)
def test_are_weights_kept_in_full_precision(dtype, weights):
    precision.import_keras(dtype)
    assert precision.dtype_of_weights(dtype) == weights
