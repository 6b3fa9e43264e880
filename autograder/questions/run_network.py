"""What a student's network answers, computed by scikit-learn.

A measure runs the network that a student's function returned. Students install measures, so these
formulas, which the course asks for, do not stand in them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograder.questions.define import Array


def relu_outputs(X: Array, weights: Sequence[Array], biases: Sequence[Array]) -> Array:
    """The outputs of dense layers with ReLU between them.

    Args:
        X: inputs, shape (N, D), finite.
        weights: the layers' kernels, shapes (D, H), (H, ...), ..., (..., K); two or more.
        biases: one for each kernel, of as many numbers as it has columns.

    Returns:
        Outputs of shape (N, K), float64.

    Raises:
        ValueError: when the sizes do not fit.
    """
    from sklearn.neural_network import MLPRegressor

    kernels = [np.asarray(W, np.float64) for W in weights]
    hidden = [W.shape[1] for W in kernels[:-1]]
    made = MLPRegressor(hidden_layer_sizes=hidden, activation="relu")
    K = kernels[-1].shape[1]
    # One step of training makes the attributes that are then set.
    made.partial_fit(np.zeros((1, X.shape[1])), np.zeros((1, K) if K > 1 else 1))
    made.coefs_ = kernels
    made.intercepts_ = [np.asarray(b, np.float64).reshape(-1) for b in biases]
    outputs: Array = made.predict(np.asarray(X, np.float64)).reshape(len(X), -1)
    return outputs


def fires(X: Array, weights: Array, bias: Array) -> Array:
    """Which inputs a unit with a threshold at 0 answers with 1.

    Args:
        X: inputs, shape (N, D), finite.
        weights: the unit's D weights, in any shape.
        bias: one number, in any shape.

    Returns:
        Booleans of shape (N,).

    Raises:
        ValueError: when the sizes do not fit.
    """
    from sklearn.linear_model import Perceptron

    unit = Perceptron()
    unit.classes_ = np.array([False, True])
    unit.coef_ = np.asarray(weights, np.float64).reshape(1, -1)
    unit.intercept_ = np.asarray(bias, np.float64).reshape(1)
    answers: Array = unit.predict(np.asarray(X, np.float64))
    return answers
