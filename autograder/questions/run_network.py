"""What a student's network answers, computed by scikit-learn.

A measure runs the network that a student's function returned. Students install measures, so these
formulas, which the course asks for, do not stand in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from autograder.questions.define import Array


def load() -> None:
    """Import scikit-learn now, before a process has limits."""
    import sklearn.linear_model
    import sklearn.metrics
    import sklearn.neural_network
    import sklearn.preprocessing  # noqa: F401


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


def character_logits(
    texts: Array, params: Mapping[str, Array], heads: int, *, future: bool = False
) -> Array:
    """The logits of a language model of one pre-norm block, as week 15 describes it.

    Args:
        texts: tokens, shape (N, T), with T of 3 or more.
        params: E, P, those of the block, and W_out; finite, in shapes that fit each other.
        heads: into how many the features are split.
        future: whether every place looks at the whole text, those after it included.

    Returns:
        Logits of shape (N, T, K), float64.
    """
    params = {name: np.asarray(value, np.float64) for name, value in params.items()}
    X = params["E"][texts] + params["P"]
    X1 = X + np.stack([_looked(text, params, heads, future) for text in X]) @ params["W_o"]
    N, T, D = X.shape
    wide = _normalized(X1.reshape(-1, D), params["gamma2"], params["beta2"])
    kernels, biases = ([params[f"{letter}{n}"] for n in (1, 2)] for letter in "Wb")
    logits: Array = (X1 + relu_outputs(wide, kernels, biases).reshape(N, T, D)) @ params["W_out"]
    return logits


def _normalized(X: Array, gamma: Array, beta: Array) -> Array:
    """Each row scaled to mean 0 and spread 1, then by gamma and beta."""
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(X.T)
    scaler.scale_ = np.sqrt(scaler.var_ + 1e-5)
    rows: Array = gamma * scaler.transform(X.T).T + beta
    return rows


def _looked(text: Array, params: Mapping[str, Array], heads: int, future: bool) -> Array:
    """What the heads find at each place of one text, side by side, shape (T, D).

    A head is a linear classifier whose classes are the places: it says for each query how likely
    each place is.
    """
    from sklearn.linear_model import LogisticRegression

    seen = _normalized(text, params["gamma1"], params["beta1"])
    kernels = (np.array_split(params[name], heads, axis=1) for name in ("W_q", "W_k", "W_v"))
    found = []
    for query, key, value in zip(*kernels, strict=True):
        places = LogisticRegression()
        places.classes_ = np.arange(len(text))
        places.coef_ = (seen @ key) * key.shape[1] ** -0.5
        places.intercept_ = np.zeros(len(text))
        likely = places.predict_proba(seen @ query)
        allowed = likely if future else np.tril(likely)
        # Where all the probability lies on later places, nothing is left to divide by.
        shared = allowed / np.maximum(allowed.sum(axis=1, keepdims=True), 1e-300)
        found.append(shared @ (seen @ value))
    return np.concatenate(found, axis=1)
