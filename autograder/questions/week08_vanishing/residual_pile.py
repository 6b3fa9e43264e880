"""A pile of residual blocks in NumPy, its cases, and a way back whose steps can be replaced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng
from autograder.questions.week08_vanishing.formulas import Params, loss_slope

Step = Callable[..., Any]


def pile(rng: Rng, N: int, D: int, K: int, *hidden: int) -> Inputs:
    """A batch and a pile with one block for each hidden width; all biases matter."""
    params = {}
    for block, H in enumerate(hidden):
        for number, shape in ((2 * block + 1, (D, H)), (2 * block + 2, (H, D))):
            params[f"W{number}"] = rng.normal(size=shape) / np.sqrt(shape[0])
            params[f"b{number}"] = rng.normal(size=shape[1])
    last = 2 * len(hidden) + 1
    params[f"W{last}"] = rng.normal(size=(D, K)) / np.sqrt(D)
    params[f"b{last}"] = rng.normal(size=K)
    return {
        "X": rng.normal(size=(N, D)),
        "y": rng.permutation(np.resize(np.arange(K), N)),
        "params": params,
    }


def first_gate_on_its_corner(rng: Rng) -> Inputs:
    """A pile whose first block has no bias, and an empty picture: exact zeros before the ReLU."""
    given = pile(rng, 5, 4, 3, 6, 7)
    given["X"][int(rng.integers(5))] = 0.0
    given["params"]["b1"] = np.zeros(6)
    return given


def scale_of(params: Params) -> float:
    """The factor of every branch, one over the root of the number of blocks."""
    return float(1 / np.sqrt(len(params) // 4))


def parts_of(params: Params, block: int) -> tuple[Array, Array, Array, Array]:
    """A block's two kernels and biases, in the order in which they are used."""
    n = 2 * block + 1
    return params[f"W{n}"], params[f"b{n}"], params[f"W{n + 1}"], params[f"b{n + 1}"]


def add_branch(X: Array, branch: Array, scale: float) -> Array:
    """What a right block returns."""
    return X + scale * branch


def walk(X: Array, params: Params, scale: float, join: Step = add_branch) -> list[Array]:
    """What every block received, and what the last one returned."""
    received = [X]
    for block in range(len(params) // 4):
        W1, b1, W2, b2 = parts_of(params, block)
        branch = np.maximum(received[-1] @ W1 + b1, 0) @ W2 + b2
        received.append(join(received[-1], branch, scale))
    return received


def join_bills(dout: Array, of_branch: Array) -> Array:
    """The bill of a right block's input."""
    return dout + of_branch


def way_back(
    y: Array,
    params: Params,
    received: list[Array],
    scale: float,
    *,
    join: Step = join_bills,
    inputs: Callable[[int], Array] | None = None,
    order: Callable[[int], range] = lambda blocks: range(blocks - 1, -1, -1),
    passed_on: float = 1.0,
    kept: float = 1.0,
) -> tuple[Params, list[Array], Array]:
    """Gradients, the bill that arrives at each block, and the bill of the first input.

    Args:
        y: labels, shape (N,).
        params: the pile's parameters.
        received: what every block received, and what the last one returned.
        scale: the branches' factor.
        join: makes one bill of that of the skip and that of the branch.
        inputs: a block's input as the student remembers it; the right one without it.
        order: the blocks in the order in which they are walked.
        passed_on: a wrong factor of the bill that enters a branch.
        kept: a wrong factor of the second layer's gradients.
    """
    blocks = len(params) // 4
    last = 2 * blocks + 1
    bill = loss_slope(received[-1] @ params[f"W{last}"] + params[f"b{last}"], y)
    grads = {f"W{last}": received[-1].T @ bill, f"b{last}": bill.sum(axis=0)}
    dout = bill @ params[f"W{last}"].T
    arrived: dict[int, Array] = {}
    for block in order(blocks):
        arrived[block] = dout
        X = inputs(block) if inputs else received[block]
        W1, b1, W2, _ = parts_of(params, block)
        Z = X @ W1 + b1
        dZ = (scale * passed_on * dout @ W2.T) * (Z > 0)
        n = 2 * block + 1
        grads[f"W{n}"], grads[f"b{n}"] = X.T @ dZ, dZ.sum(axis=0)
        grads[f"W{n + 1}"] = scale * kept * (np.maximum(Z, 0).T @ dout)
        grads[f"b{n + 1}"] = scale * kept * dout.sum(axis=0)
        dout = join(dout, dZ @ W1.T)
    return grads, [arrived[block] for block in range(blocks)], dout


def norms_of(bills: list[Array]) -> Array:
    """The length of each bill."""
    return np.array([np.sqrt((bill**2).sum()) for bill in bills])


def gradients(X: Array, y: Array, params: Params, **wrong: Any) -> tuple[Params, Array]:
    """The right answer, or one with a wrong step of the way back."""
    scale = scale_of(params)
    grads, bills, _ = way_back(y, params, walk(X, params, scale), scale, **wrong)
    return grads, norms_of(bills)
