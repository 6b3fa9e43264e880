# mypy: disable-error-code="no-untyped-def"
"""The training loop in NumPy; each mistake differs from it in one place."""

from __future__ import annotations

from typing import Any

import numpy as np


def shuffled(N, batch_size, rng, epoch=0) -> Any:
    """A new order of N examples, cut into batches."""
    order = rng.permutation(N)
    return [order[start : start + batch_size] for start in range(0, N, batch_size)]


def stepped(params, grads, lr) -> Any:
    """One step against the gradient."""
    return {name: params[name] - lr * grads[name] for name in params}


def mean_loss(losses, sizes) -> Any:
    """The mean over the examples of an epoch."""
    return np.average(losses, weights=sizes)


def trained(
    X,
    y,
    params,
    loss_and_grads,
    epochs,
    batch_size,
    schedule,
    rng,
    *,
    batches=shuffled,
    step=stepped,
    rate=lambda schedule, steps, epoch: schedule(steps),
    summary=mean_loss,
) -> Any:
    """Mini-batch training, without a mistake unless one is passed."""
    history, steps = [], 0
    for epoch in range(epochs):
        losses, sizes = [], []
        for batch in batches(len(y), batch_size, rng, epoch):
            loss, grads = loss_and_grads(X[batch], y[batch], params)
            params = step(params, grads, rate(schedule, steps, epoch))
            steps += 1
            losses.append(loss)
            sizes.append(len(batch))
        history.append(summary(losses, sizes))
    return params, history
