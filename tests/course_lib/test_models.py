"""Is a Keras reference network the network that its parameters describe?"""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.models import by_student_name, from_keras, mlp, to_keras
from course_lib.quiet import import_keras
from tests.course_lib.networks import random_params

SIZES = [(3, 2), (4, 5, 3), (64, 16, 10), (2, 3, 4, 5, 6)]


@pytest.fixture(autouse=True, scope="module")
def keras_is_imported_quietly():
    import_keras()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("sizes", SIZES)
def test_do_parameters_come_back_from_keras_bit_for_bit(sizes, dtype):
    params = random_params(sizes, np.random.default_rng(0), dtype)
    returned = from_keras(to_keras(params))
    assert list(returned) == list(params)
    for name, values in params.items():
        assert returned[name].dtype == dtype
        assert np.array_equal(returned[name], values)


@pytest.mark.parametrize("sizes", SIZES)
def test_are_its_outputs_the_logits_of_the_textbook_formula(sizes):
    rng = np.random.default_rng(1)
    params = random_params(sizes, rng)
    X = rng.normal(size=(7, sizes[0]))
    A, last = X, len(sizes) - 1
    for number in range(1, last + 1):
        Z = A @ params[f"W{number}"] + params[f"b{number}"]
        A = np.tanh(Z) if number < last else Z
    logits = np.asarray(to_keras(params, "tanh")(X))
    assert logits.dtype == np.float64
    np.testing.assert_allclose(logits, A, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("sizes", SIZES)
def test_does_a_new_network_have_the_sizes_asked_for(sizes):
    params = from_keras(mlp(sizes))
    wanted = random_params(sizes, np.random.default_rng(2))
    assert {name: values.shape for name, values in params.items()} == {
        name: values.shape for name, values in wanted.items()
    }
    assert all(values.dtype == np.float64 for values in params.values())


def test_does_a_students_name_belong_to_one_weight():
    model = mlp((4, 5, 3))
    paths = {
        weight.path.removeprefix(f"{model.name}/"): weight.numpy()
        for weight in model.trainable_weights
    }
    named, weights = by_student_name(paths), from_keras(model)
    assert named.keys() == weights.keys()
    assert all(np.array_equal(named[name], weights[name]) for name in named)
