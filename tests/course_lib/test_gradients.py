"""Are the course's reference gradients the gradients they say they are?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from course_lib.gradients import derivative, loss_and_gradients, vector_jacobian_product
from course_lib.models import by_student_name, to_keras, transformer
from course_lib.quiet import import_keras
from tests.course_lib.networks import random_params

pytestmark = pytest.mark.slow

DTYPES = ("float32", "float64")


def cross_entropy() -> Any:
    keras = import_keras()
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype="float64")


def number_of(tensor: Any) -> float:
    return float(import_keras().ops.convert_to_numpy(tensor))


@pytest.mark.parametrize(
    ("sizes", "activation"), [((3, 2), "relu"), ((4, 5, 3), "tanh"), ((3, 4, 5, 2), "relu")]
)
def test_is_every_gradient_of_the_network_what_finite_differences_say(sizes, activation):
    rng = np.random.default_rng(len(sizes))
    params = random_params(sizes, rng)
    X, y = rng.normal(size=(7, sizes[0])), rng.integers(sizes[-1], size=7)
    loss, gradients = loss_and_gradients(to_keras(params, activation), cross_entropy(), X, y)
    gradients = by_student_name(gradients)
    assert list(gradients) == list(params)
    step = 1e-5
    for name, values in params.items():
        wiggled = np.empty_like(values)
        for place in np.ndindex(values.shape):
            sides = []
            for moved in (values[place] + step, values[place] - step):
                changed = values.copy()
                changed[place] = moved
                model = to_keras({**params, name: changed}, activation)
                sides.append(number_of(cross_entropy()(y, model(X))))
            wiggled[place] = (sides[0] - sides[1]) / (2 * step)
        # The central difference is off by step**2 and by the loss's rounding over the step.
        assert gradients[name].shape == values.shape
        np.testing.assert_allclose(gradients[name], wiggled, rtol=1e-6, atol=1e-9, err_msg=name)


def test_is_the_loss_that_comes_with_the_gradients_the_mean_over_the_batch():
    rng = np.random.default_rng(1)
    params = random_params((4, 5, 3), rng)
    X, y = rng.normal(size=(7, 4)), rng.integers(3, size=7)
    model = to_keras(params)
    whole, gradients = loss_and_gradients(model, cross_entropy(), X, y)
    single = [loss_and_gradients(model, cross_entropy(), X[[n]], y[[n]]) for n in range(len(X))]
    assert whole == pytest.approx(np.mean([loss for loss, _ in single]), rel=1e-12)
    for path, gradient in gradients.items():
        mean = np.mean([each[path] for _, each in single], axis=0)
        np.testing.assert_allclose(gradient, mean, rtol=1e-12, atol=1e-15, err_msg=path)


@pytest.mark.parametrize("dtype", DTYPES)
def test_does_blame_pass_back_through_a_matrix_product_as_the_textbook_says(dtype):
    keras = import_keras()
    rng = np.random.default_rng(2)
    X, W, upstream = (rng.normal(size=shape).astype(dtype) for shape in ((7, 5), (5, 3), (7, 3)))
    dX, dW = vector_jacobian_product(keras.ops.matmul, [X, W], upstream)
    assert dX.dtype == dW.dtype == dtype
    rounding = 100 * np.finfo(dtype).eps
    np.testing.assert_allclose(dX, upstream @ W.T, rtol=rounding, atol=rounding)
    np.testing.assert_allclose(dW, X.T @ upstream, rtol=rounding, atol=rounding)


def test_is_no_upstream_blame_the_same_as_ones():
    keras = import_keras()
    Z = np.random.default_rng(3).normal(size=(4, 3))
    without, ones = (
        vector_jacobian_product(keras.ops.exp, [Z], upstream)[0]
        for upstream in (None, np.ones_like(Z))
    )
    assert np.array_equal(without, ones)
    np.testing.assert_allclose(without, np.exp(Z), rtol=1e-14)


def test_does_an_argument_that_is_not_used_get_zeros():
    used, unused = np.ones((2, 3)), np.ones((4, 5))
    gradients = vector_jacobian_product(lambda x, _: 2 * x, [used, unused])
    assert np.array_equal(gradients[0], 2 * used)
    assert np.array_equal(gradients[1], 0 * unused)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (5,), (2, 3, 4)])
def test_has_a_slope_the_shape_and_dtype_of_its_input(dtype, shape):
    keras = import_keras()
    z = np.random.default_rng(4).normal(size=shape).astype(dtype)
    for function, slope in (
        (keras.ops.tanh, lambda z: 1 - np.tanh(z) ** 2),
        (keras.ops.square, lambda z: 2 * z),
        (keras.ops.ones_like, np.zeros_like),
    ):
        found = derivative(function, z)
        assert (found.dtype, found.shape) == (dtype, shape)
        np.testing.assert_allclose(found, slope(z), atol=20 * np.finfo(dtype).eps)


@pytest.mark.parametrize("dtype", DTYPES)
def test_do_gradients_come_in_the_precision_of_the_model(dtype):
    params = random_params((4, 5, 3), np.random.default_rng(5), dtype)
    X, y = np.random.default_rng(6).normal(size=(7, 4)).astype(dtype), np.arange(7) % 3
    _, gradients = loss_and_gradients(to_keras(params), cross_entropy(), X, y)
    assert {gradient.dtype.name for gradient in gradients.values()} == {dtype}


def test_has_a_parameter_that_is_not_used_a_gradient_of_zeros():
    keras = import_keras()
    X = np.random.default_rng(7).normal(size=(7, 4))
    entry = keras.Input((4,), dtype="float64")
    used, unused = (keras.layers.Dense(2, dtype="float64", name=name) for name in "ab")
    model = keras.Model(entry, [used(entry), unused(entry)])
    _, gradients = loss_and_gradients(model, lambda _, out: keras.ops.sum(out[0]), X, X)
    assert np.array_equal(gradients["a/bias"], [7, 7])
    assert np.array_equal(gradients["b/kernel"], np.zeros((4, 2)))


def test_does_batch_normalisation_move_its_averages():
    keras = import_keras()
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.BatchNormalization(momentum=0.5, dtype="float64")]
    )
    X = np.random.default_rng(8).normal(size=(7, 3))
    _, gradients = loss_and_gradients(model, lambda _, out: keras.ops.sum(out * out), X, X)
    assert {path.rpartition("/")[2] for path in gradients} == {"gamma", "beta"}
    _, _, mean, _ = model.get_weights()
    np.testing.assert_allclose(mean, X.mean(axis=0) / 2, rtol=1e-6)


def test_has_a_transformer_a_gradient_for_every_parameter():
    model = transformer(vocabulary=7, length=5, width=8, heads=2, blocks=1, dtype="float64")
    rng = np.random.default_rng(9)
    tokens, targets = rng.integers(7, size=(2, 3, 5))
    _, gradients = loss_and_gradients(model, cross_entropy(), tokens, targets)
    assert len(gradients) == len(model.trainable_weights)
    # JAX's attention computes its scores in float32, whatever it is given.
    step, close = (3e-4, 5e-3) if import_keras().backend.backend() == "jax" else (1e-6, 1e-5)
    weights = model.get_weights()
    for number, path in enumerate(gradients):
        direction = rng.normal(size=weights[number].shape)
        sides = []
        for sign in (1, -1):
            moved = weights[number] + sign * step * direction
            model.set_weights([*weights[:number], moved, *weights[number + 1 :]])
            sides.append(number_of(cross_entropy()(targets, model(tokens))))
        wiggled = (sides[0] - sides[1]) / (2 * step)
        assert (gradients[path] * direction).sum() == pytest.approx(
            wiggled, rel=close, abs=close / 5
        )
