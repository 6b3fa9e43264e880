"""What a student's network answers, computed by scikit-learn.

A measure runs the network that a student's function returned. Students install measures, so these
formulas, which the course asks for, do not stand in them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograder.questions.define import Array


def load() -> None:
    """Import scikit-learn now, before a process has limits."""
    import sklearn.linear_model
    import sklearn.metrics
    import sklearn.neural_network  # noqa: F401


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


def threshold_outputs(X: Array, weights: Sequence[Array], biases: Sequence[Array]) -> Array:
    """The outputs of layers whose units answer 1 above a threshold at 0, and else 0.

    Args:
        X: inputs, shape (N, D), finite.
        weights: the layers' kernels, shapes (D, H), ..., (..., K).
        biases: one for each kernel, of as many numbers as it has columns.

    Returns:
        Outputs of shape (N, K), float64.

    Raises:
        ValueError: when the sizes do not fit.
    """
    from sklearn.linear_model import Perceptron

    outputs = np.asarray(X, np.float64)
    for kernel, bias in zip(weights, biases, strict=True):
        answers = []
        for w, b in zip(kernel.T, bias, strict=True):
            unit = Perceptron()
            unit.classes_, unit.coef_, unit.intercept_ = np.array([0.0, 1.0]), w[None, :], b
            answers.append(unit.predict(outputs))
        outputs = np.stack(answers, axis=1)
    return outputs
