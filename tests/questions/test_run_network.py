"""Is a student's network run as they wrote it, whatever its numbers?"""

from __future__ import annotations

import numpy as np
import pytest

from autograder.questions.run_network import character_logits, relu_outputs, threshold_outputs
from autograder.questions.week15_transformers.formulas import causal
from autograder.questions.week15_transformers.model import forward, model_params

RNG = np.random.default_rng(5)


def network(*sizes):
    pairs = list(zip(sizes, sizes[1:], strict=False))
    return [RNG.normal(size=pair) for pair in pairs], [RNG.normal(size=pair[1]) for pair in pairs]


@pytest.mark.parametrize("sizes", [(4, 3, 1), (2, 5, 2), (64, 16, 16, 10), (1, 7, 1)])
def test_are_the_outputs_those_of_dense_layers_with_relu(sizes):
    X, (weights, biases) = RNG.normal(size=(9, sizes[0])), network(*sizes)
    h = X
    for W, b in zip(weights[:-1], biases[:-1], strict=True):
        h = np.maximum(h @ W + b, 0)
    outputs = relu_outputs(X, weights, biases)
    assert outputs.shape == (9, sizes[-1])
    assert np.allclose(outputs, h @ weights[-1] + biases[-1], rtol=1e-12, atol=0)


def test_is_a_network_without_finite_weights_no_error():
    weights, biases = network(3, 2, 2)
    weights[0][:] = np.nan
    with np.errstate(all="ignore"):
        assert not np.isfinite(relu_outputs(np.ones((4, 3)), weights, biases)).any()


def test_are_sizes_refused_that_do_not_fit():
    weights, biases = network(3, 2, 2)
    with pytest.raises(ValueError):
        relu_outputs(np.ones((4, 5)), weights, biases)


def test_answers_a_unit_with_1_only_above_its_threshold():
    """At 0 itself it does not."""
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    both = threshold_outputs(X, [np.ones((2, 1))], [np.array([-1.0])])
    assert both.tolist() == [[0.0], [0.0], [0.0], [1.0]]


def test_does_a_layer_receive_what_the_one_before_answers():
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    weights = [np.ones((2, 2)), np.array([[1.0], [-2.0]])]
    xor = threshold_outputs(X, weights, [np.array([-0.5, -1.5]), np.array([-0.5])])
    assert xor.ravel().tolist() == [0.0, 1.0, 1.0, 0.0]


def test_are_a_character_models_logits_those_of_the_lesson():
    """Also where nearly all of a head's attention would go to places that it must not see."""
    T, H = 6, 2
    params = model_params(RNG, 5, T, 8, 7)
    texts = RNG.integers(5, size=(3, T))
    for scale in (1.0, 6.0):
        params = {**params, "W_q": scale * params["W_q"], "W_k": scale * params["W_k"]}
        for future, mask in ((False, causal(T)), (True, np.ones((T, T), bool))):
            logits = character_logits(texts, params, H, future=future)
            assert np.allclose(logits, forward(texts, params, H, mask)["logits"], atol=1e-9)
