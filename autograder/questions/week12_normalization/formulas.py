"""Normalization in NumPy, for wrong formulas whose mistake lies elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng

State = tuple[Array, Array, Array]


def scaled(X: Array, mean: Any, var: Any, gamma: Array, beta: Array, eps: float) -> Array:
    """gamma * (X - mean) / sqrt(var + eps) + beta."""
    out: Array = gamma * (X - mean) / np.sqrt(var + eps) + beta
    return out


def with_given_statistics(
    X: Array, gamma: Array, beta: Array, mean: Array, var: Array, eps: float
) -> Array:
    """`scaled`, with the arguments of `batchnorm_inference`."""
    return scaled(X, mean, var, gamma, beta, eps)


def batch_scaled(X: Array, gamma: Array, beta: Array, eps: float) -> Array:
    """`scaled` with the batch's own statistics."""
    return scaled(X, X.mean(axis=0), X.var(axis=0), gamma, beta, eps)


def averaged(old: Array, new: Array, momentum: float) -> Array:
    """One step of the running average."""
    average: Array = momentum * old + (1 - momentum) * new
    return average


def forward(
    X: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    momentum: float,
    eps: float,
    training: bool,
) -> State:
    """Correct batch normalization."""
    if not training:
        out = scaled(X, running_mean, running_var, gamma, beta, eps)
        return out, running_mean, running_var
    return (
        batch_scaled(X, gamma, beta, eps),
        averaged(running_mean, X.mean(axis=0), momentum),
        averaged(running_var, X.var(axis=0), momentum),
    )


def whitened(X: Array, eps: float, axis: int) -> tuple[Array, Array]:
    """Normalized X and the square root it was divided by; both broadcast with X."""
    root = np.sqrt(X.var(axis=axis, keepdims=True) + eps)
    return (X - X.mean(axis=axis, keepdims=True)) / root, root


def backward(dxhat: Array, xhat: Array, root: Array, axis: int) -> Array:
    """The backward pass through (X - mean) / root, including the statistics."""
    mean = dxhat.mean(axis=axis, keepdims=True)
    along = (dxhat * xhat).mean(axis=axis, keepdims=True)
    dX: Array = (dxhat - mean - xhat * along) / root
    return dX


def parameters(rng: Rng, D: int, *names: str) -> Inputs:
    """Random parameters of D features, none of them constant; variances are positive."""
    ranges = {
        "gamma": (0.5, 2.5),
        "beta": (-2.0, 2.0),
        "running_mean": (-1.5, 1.5),
        "running_var": (0.4, 3.0),
    }
    return {name: rng.uniform(*ranges[name], D) for name in names}


def features(rng: Rng, *shape: int) -> Array:
    """Inputs whose features and whose examples differ in place and in spread."""
    D = shape[-1]
    spread = rng.uniform(0.5, 3.0, D) * rng.uniform(0.7, 1.4, (*shape[:-1], 1))
    return rng.normal(size=shape) * spread + rng.uniform(-2, 2, D)


def quiet_features(rng: Rng, *shape: int) -> Array:
    """Inputs whose variance is about 1e-4, over examples and over features."""
    X: Array = 0.01 * rng.normal(size=shape) + rng.uniform(-2, 2)
    return X


def distant_features(rng: Rng, *shape: int) -> Array:
    """Inputs that lie thousands away from 0 and only a few apart."""
    X: Array = rng.choice([-1.0, 1.0]) * rng.uniform(7e3, 9e3) + 2 * rng.normal(size=shape)
    return X
