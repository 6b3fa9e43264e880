"""Is a dense Keras network the one that its parameters describe?"""

from __future__ import annotations

import numpy as np
import pytest

from course_lib.models import (
    by_student_name,
    deep_stack,
    from_keras,
    mlp,
    to_keras,
)
from tests.course_lib.networks import random_params, values

pytestmark = pytest.mark.slow

SIZES = [(3, 2), (4, 5, 3), (64, 16, 10), (2, 3, 4, 5, 6)]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("sizes", SIZES)
def test_do_parameters_come_back_from_keras_bit_for_bit(sizes, dtype):
    params = random_params(sizes, np.random.default_rng(0), dtype)
    returned = from_keras(to_keras(params))
    assert list(returned) == list(params)
    for name, weights in params.items():
        assert returned[name].dtype == dtype
        assert np.array_equal(returned[name], weights)


@pytest.mark.parametrize("sizes", SIZES)
def test_are_its_outputs_the_logits_of_the_textbook_formula(sizes):
    rng = np.random.default_rng(1)
    params = random_params(sizes, rng)
    X = rng.normal(size=(7, sizes[0]))
    A, last = X, len(sizes) - 1
    for number in range(1, last + 1):
        Z = A @ params[f"W{number}"] + params[f"b{number}"]
        A = np.tanh(Z) if number < last else Z
    logits = values(to_keras(params, "tanh")(X))
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
        weight.path.removeprefix(f"{model.name}/"): values(weight)
        for weight in model.trainable_weights
    }
    named, weights = by_student_name(paths), from_keras(model)
    assert named.keys() == weights.keys()
    assert all(np.array_equal(named[name], weights[name]) for name in named)


def test_has_the_default_network_13002_parameters():
    model = mlp()
    assert (model.input_shape, model.output_shape) == ((None, 784), (None, 10))
    assert model.count_params() == 13_002


@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_is_a_deep_stack_the_formula_of_its_docstring(activation, residual):
    rng = np.random.default_rng(3)
    model = deep_stack(4, 5, activation, residual, inputs=3, classes=2)
    params, X = from_keras(model), rng.normal(size=(7, 3))
    bend = {"sigmoid": lambda z: 1 / (1 + np.exp(-z)), "relu": lambda z: np.maximum(z, 0)}
    A = bend[activation](X @ params["W1"] + params["b1"])
    for number in range(2, 6):
        out = bend[activation](A @ params[f"W{number}"] + params[f"b{number}"])
        A = A + out if residual else out
    assert len(params) == 12
    logits = values(model(X))
    assert logits.dtype == np.float64
    np.testing.assert_allclose(logits, A @ params["W6"] + params["b6"], rtol=1e-12, atol=1e-13)


def test_do_a_residual_stacks_gradients_bear_the_students_names():
    model = deep_stack(2, 4, "relu", residual=True, inputs=3)
    paths = [weight.path.removeprefix(f"{model.name}/") for weight in model.trainable_weights]
    assert list(by_student_name(dict.fromkeys(paths))) == list(from_keras(model))
