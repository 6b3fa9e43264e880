# mypy: disable-error-code="no-untyped-def"
# The mistakes repeat the eight arguments; the reference above them states their types.
"""The training loop, where its result does not depend on how the examples were shuffled."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Formula, Inputs, Rng, question
from autograder.questions.week07_sgd.formulas import stepped, trained
from course_lib.gradients import loss_and_gradients
from course_lib.models import from_keras, to_keras

Params = dict[str, Array]


@question(
    points=12,
    returns=("params", "history"),
    builds_on=("minibatch_indices", "sgd_step"),
    parts={"params": 2, "history": 1},
)
def train(
    X: Array,
    y: Array,
    params: Params,
    rates: Array,
    epochs: int,
    batch_size: int,
    seed: int,
) -> Any:
    """Mini-batch training of a network with one layer, by a loss that no question asks for.

    The student's function is `train(X, y, params, loss_and_grads, epochs, batch_size, schedule,
    rng)`. Functions and generators cannot travel: the driver makes `loss_and_grads` of a network
    with one layer, `schedule(step)` of the rates, and rng of the seed. Either all examples fit
    into one batch or all of them are alike, so every way of shuffling gives this answer.

    Args:
        X: inputs, shape (N, D), float64.
        y: labels, shape (N,), int64; the loss is the mean of log(cosh(output - label)).
        params: kernel W1 (D, K) and bias b1 (K,).
        rates: the learning rate of every step, counted over all epochs, shape (S,).
        epochs: how often to go through all examples.
        batch_size: how many examples make a batch; the last one of an epoch may be shorter.
        seed: what the generator is made from.

    Returns:
        The parameters after all steps, and for every epoch the mean over its examples of the
        loss just before their step, shape (epochs,).

    Source: keras.optimizers.SGD on a Keras model, and the loss as keras.Model.fit reports it.
    """
    import keras

    def loss(y: Any, outputs: Any) -> Any:
        gaps = outputs - keras.ops.expand_dims(keras.ops.cast(y, outputs.dtype), 1)
        return keras.ops.mean(keras.ops.log(keras.ops.cosh(gaps)))

    model, optimizer = to_keras(params), keras.optimizers.SGD()
    history, step = [], 0
    for _ in range(epochs):
        total = 0.0
        for start in range(0, len(y), batch_size):
            batch = slice(start, start + batch_size)
            value, gradients = loss_and_gradients(model, loss, X[batch], y[batch])
            # Keras keeps rates in float32, which holds multiples of 1/64 exactly.
            optimizer.learning_rate = float(rates[step])
            optimizer.apply(list(gradients.values()), model.trainable_weights)
            total += value * len(y[batch])
            step += 1
        history.append(total / len(y))
    return from_keras(model), np.array(history, X.dtype)


@train.driver
def _(
    train: Any,
    X: Array,
    y: Array,
    params: Params,
    rates: Array,
    epochs: int,
    batch_size: int,
    seed: int,
) -> Any:
    def loss_and_grads(X: Array, y: Array, params: Params) -> Any:
        # Every output is drawn towards the label: a driver runs beside the student's code.
        inputs = np.column_stack([X, np.ones(len(X))])
        gaps = inputs @ np.vstack([params["W1"], params["b1"]]) - np.reshape(y, (-1, 1))
        *W1, b1 = np.tensordot(inputs, np.tanh(gaps) / gaps.size, axes=(0, 0))
        return np.log(np.cosh(gaps)).mean(), {"W1": np.array(W1), "b1": b1}

    def schedule(step: int) -> float:
        return float(rates[min(int(step), len(rates) - 1)])

    rng = np.random.default_rng(seed)
    return train(X, y, params, loss_and_grads, epochs, batch_size, schedule, rng)


def start(rng: Rng, D: int, K: int, steps: int) -> Inputs:
    """Random parameters and rates, no two rates alike."""
    return {
        "params": {"W1": rng.normal(size=(D, K)), "b1": rng.normal(size=K)},
        "rates": rng.permutation(np.arange(8, 64))[:steps] / 64,
    }


@train.case("full-batch", weight=2)
def _(rng: Rng) -> Inputs:
    return {
        "X": rng.normal(size=(12, 5)),
        "y": rng.permutation(np.resize(np.arange(3), 12)),
        **start(rng, 5, 3, 4),
        "epochs": 4,
        "batch_size": 12,
        "seed": int(rng.integers(2**31)),
    }


@train.case("alike", weight=3)
def _(rng: Rng) -> Inputs:
    # Whatever the order, every batch holds this one example: 10, 10 and 1 times.
    return {
        "X": np.tile(rng.normal(size=4), (21, 1)),
        "y": np.full(21, rng.integers(3)),
        **start(rng, 4, 3, 9),
        "epochs": 3,
        "batch_size": 10,
        "seed": int(rng.integers(2**31)),
    }


@train.alternative("loss-asked-twice")
def _(X, y, params, loss_and_grads, epochs, batch_size, schedule, rng):
    history, step, N = np.zeros(epochs), 0, len(y)
    for epoch in range(epochs):
        order = rng.permutation(N)
        X_mixed, y_mixed = X[order], y[order]
        for begin in range(0, N, batch_size):
            X_batch, y_batch = X_mixed[begin : begin + batch_size], y_mixed[begin:][:batch_size]
            history[epoch] += loss_and_grads(X_batch, y_batch, params)[0] * len(y_batch) / N
            params = stepped(params, loss_and_grads(X_batch, y_batch, params)[1], schedule(step))
            step += 1
    return params, history


@train.made_of(
    but="gradients-changed-in-place gradients-paired-by-place nothing-moved only-known-names "
    "params-changed-in-place step-climbs"
)
def _(
    X, y, params, loss_and_grads, epochs, batch_size, schedule, rng, *, sgd_step: Formula = stepped
):
    return trained(X, y, params, loss_and_grads, epochs, batch_size, schedule, rng, step=sgd_step)


@train.mistake("train-climbs", rows="G01")
def _(*given):
    """A step goes against the gradient; here it goes along it, and the loss rises at each step.

    Check: with small rates the history should fall.
    """
    return trained(*given, step=lambda params, grads, lr: stepped(params, grads, -lr))


@train.mistake("params-never-replaced", rows="L18 G02")
def _(*given):
    """The next batch needs the parameters that the last step returned; here they are thrown away.

    sgd_step returns a new dict and leaves the old one unchanged. Its result has to replace params,
    or every step starts from the initial parameters.

    Check: the returned parameters should differ from those that were passed.
    """
    return trained(*given, step=lambda params, grads, lr: params)


@train.mistake("train-changes-its-argument", rows="N05 L13")
def _(X, y, params, *rest):
    """The caller's parameters are only the starting point; here the training overwrites them.

    A step written with `-=` works on the arrays that were passed. A second training run that should
    start at the same place starts where the first one ended.

    Check: keep a copy of params["W1"], train, and compare.
    """
    trained_params, history = trained(X, y, params, *rest)
    for name in params:
        params[name][...] = trained_params[name]
    return params, history


@train.mistake("each-epoch-from-the-start", rows="G05")
def _(X, y, params, loss_and_grads, epochs, batch_size, schedule, rng):
    """Training continues from epoch to epoch; here every epoch starts from the initial parameters.

    What an epoch has learned is thrown away, and only the last epoch counts.

    Check: with a constant rate the second entry of the history should be below the first.
    """
    history, start, steps = [], params, -(-len(y) // batch_size)
    for epoch in range(epochs):
        params, loss = trained(
            *(X, y, start, loss_and_grads, 1, batch_size),
            *(lambda step, first=epoch * steps: schedule(first + step), rng),
        )
        history += loss
    return params, history


@train.mistake("one-epoch-then-return", rows="L16")
def _(X, y, params, loss_and_grads, epochs, *rest):
    """The loop ends after the first epoch, but the docstring asks for all epochs.

    A `return` that is indented too far ends the loop over the epochs in its first iteration.

    Check: the length of the history should be epochs.
    """
    return trained(X, y, params, loss_and_grads, 1, *rest)


@train.mistake("one-step-an-epoch", rows="L16 L02")
def _(X, y, params, loss_and_grads, epochs, batch_size, *rest):
    """Each batch gives one step; here there is only one step per epoch.

    Either all examples form one batch, or the loop over the batches ends after the first. It is
    right only where batch_size is N.

    Check: with N = 25 and batches of 10 there should be three steps per epoch.
    """
    return trained(X, y, params, loss_and_grads, epochs, len(y), *rest)


@train.mistake("last-batch-left-out", rows="L02")
def _(*given):
    """The last, shorter batch of an epoch gives a step too; here only full batches do.

    With N = 25 and batches of 10, five examples of every epoch are never used.

    Check: with N = 25 and batches of 10 there should be three steps per epoch.
    """
    return trained(
        *given, batches=lambda N, size, rng, epoch: [np.arange(size)] * max(1, N // size)
    )


@train.mistake("last-batch-divided-by-full-size", rows="L01")
def _(*given):
    """The last batch is shorter than batch_size, and a mean divides by the number of its examples.

    loss_and_grads already returns means. If they are turned into sums with batch_size, or divided
    by it again, the short batch counts too little or too much.

    Check: N = 25 identical examples should give the same loss in every batch.
    """
    X, y, params, loss_and_grads, epochs, batch_size, schedule, rng = given

    def as_if_full(X, y, params):
        loss, grads = loss_and_grads(X, y, params)
        share = len(y) / batch_size
        return share * loss, {name: share * gradient for name, gradient in grads.items()}

    return trained(X, y, params, as_if_full, epochs, batch_size, schedule, rng)


@train.mistake("batch-mean-taken-again", rows="B08")
def _(*given):
    """loss_and_grads returns the gradient of a mean; here it is divided by the batch's size again.

    The steps are batch_size times too short. Training works, but slowly.

    Check: repeat every row of a batch twice; its step should not change.
    """
    X, y, params, loss_and_grads, epochs, batch_size, schedule, rng = given

    def divided(X, y, params):
        loss, grads = loss_and_grads(X, y, params)
        return loss, {name: gradient / len(y) for name, gradient in grads.items()}

    return trained(X, y, params, divided, epochs, batch_size, schedule, rng)


@train.mistake("gradients-pile-up", rows="L06")
def _(*given):
    """Each step uses its own batch's gradient; here those of all earlier batches are added to it.

    Some libraries add gradients up until they are told to clear them. loss_and_grads returns new
    ones, and there is nothing to add.

    Check: compute the first two steps by hand and compare; both should agree.
    """
    piled: dict[str, Any] = {}

    def step(params, grads, lr):
        for name in grads:
            piled[name] = piled.get(name, 0.0) + grads[name]
        return stepped(params, piled, lr)

    return trained(*given, step=step)


@train.mistake("stale-gradients", rows="L07")
def _(*given):
    """A step uses the gradient at its starting point; here it uses the previous step's gradient.

    The parameters move first and the gradient is computed afterwards, so the first step has none,
    and every other one is a step late.

    Check: after one epoch of one batch, params should be p - lr * dL/dp.
    """
    kept: list[Any] = []

    def step(params, grads, lr):
        kept.append(grads)
        return stepped(params, kept[-2], lr) if len(kept) > 1 else params

    return trained(*given, step=step)


@train.mistake("gradients-of-the-epochs-start", rows="L07")
def _(X, y, params, loss_and_grads, epochs, batch_size, schedule, rng):
    """Each batch's gradient is computed at the current parameters, not at the start of the epoch.

    The batches of an epoch do not see each other's steps. Small batches then have no advantage over
    one large batch.

    Check: with identical examples the loss should fall from batch to batch within an epoch.
    """
    frozen: list[Any] = []

    def at_the_start(X_batch, y_batch, params):
        if len(frozen) % -(-len(y) // batch_size) == 0:
            frozen[:] = [params]
        else:
            frozen.append(params)
        return loss_and_grads(X_batch, y_batch, frozen[0])

    return trained(X, y, params, at_the_start, epochs, batch_size, schedule, rng)


@train.mistake("schedule-asked-once-an-epoch", rows="L15", convention=True)
def _(*given):
    """In this course, as in Keras, schedule(step) counts all steps; this calls schedule(epoch).

    Some libraries advance a schedule once per epoch. With one batch per epoch the two agree.

    Check: print the argument of schedule; with 3 batches per epoch it should run 0, 1, 2, 3, 4, ...
    """
    return trained(*given, rate=lambda schedule, step, epoch: schedule(epoch))


@train.mistake("steps-counted-from-one")
def _(*given):
    """The first step is step 0; here the first call is schedule(1).

    Every step uses the rate of the next one.

    Check: print the argument of schedule; it should start at 0.
    """
    return trained(*given, rate=lambda schedule, step, epoch: schedule(step + 1))


@train.mistake("steps-begin-anew-each-epoch", rows="L15")
def _(X, y, params, loss_and_grads, epochs, batch_size, schedule, rng):
    """The step count continues over all epochs; here it starts at 0 again in every epoch.

    A warm-up would be repeated every epoch, and a falling rate would never become small.

    Check: print the argument of schedule; with 3 batches per epoch it should run 0, 1, 2, 3, 4, ...
    """
    steps = -(-len(y) // batch_size)
    return trained(
        *(X, y, params, loss_and_grads, epochs, batch_size, schedule, rng),
        rate=lambda schedule, step, epoch: schedule(step % steps),
    )


@train.mistake("first-rate-kept")
def _(*given):
    """The schedule gives a new rate at every step; here schedule(0) is used for all steps.

    A schedule that is called only once is a constant.

    Check: with a schedule that is 0 from step 1 on, the parameters should stop after one step.
    """
    return trained(*given, rate=lambda schedule, step, epoch: schedule(0))


@train.mistake("history-of-the-last-batch", rows="L09")
def _(*given):
    """An entry of the history is the mean over all examples of an epoch; this is its last batch.

    The parameters are right. The last batch is a small sample, so such a curve jumps around and
    hides how the epoch went.

    Check: print how many batches' losses enter the mean; it should be all of them.
    """
    return trained(*given, summary=lambda losses, sizes: losses[-1])


@train.mistake("history-of-equal-batches", rows="L01", convention=True)
def _(*given):
    """The mean of the batches' losses counts the short batch as much as a full one.

    The parameters are right. In this course, as in Keras, every example counts the same, so a batch
    counts by its size.

    Check: with N = 25 and batches of 10 the weights of the losses should be 10, 10 and 5.
    """
    return trained(*given, summary=lambda losses, sizes: np.mean(losses))


@train.mistake("history-summed", rows="C13")
def _(*given):
    """An entry of the history is a mean; here the losses of the epoch's batches are summed.

    The parameters are right. The sum grows with the number of batches, so it cannot be compared
    between batch sizes.

    Check: a network whose logits are all 0 should start with a loss of log(K).
    """
    return trained(*given, summary=lambda losses, sizes: np.sum(losses))


@train.mistake("history-summed-over-examples", rows="C13")
def _(*given):
    """An entry of the history is a mean over the N examples; here the division by N is missing.

    The parameters are right, but every entry of the history is N times too large.

    Check: a network whose logits are all 0 should start with a loss of log(K).
    """
    return trained(*given, summary=lambda losses, sizes: np.dot(losses, sizes))


@train.mistake("history-of-every-step", convention=True)
def _(*given):
    """Some programs keep one loss per step; in this course the history has one entry per epoch.

    The parameters are right. With one batch per epoch the two agree.

    Check: the length of the history should be epochs.
    """
    params, history = trained(*given, summary=lambda losses, sizes: losses)
    return params, [loss for losses in history for loss in losses]


@train.mistake("history-measured-after-the-epoch", convention=True)
def _(X, y, params, loss_and_grads, epochs, batch_size, schedule, rng):
    """This is the loss after each epoch; the history averages the losses seen during the epoch.

    The parameters are right. The loss over all examples after the epoch is lower, and it costs
    another pass over them.

    Check: the first entry should include the loss of the initial parameters.
    """
    history, steps = [], -(-len(y) // batch_size)
    for epoch in range(epochs):
        params, _ = trained(
            *(X, y, params, loss_and_grads, 1, batch_size),
            *(lambda step, first=epoch * steps: schedule(first + step), rng),
        )
        history.append(loss_and_grads(X, y, params)[0])
    return params, history


@train.mistake("history-not-returned")
def _(*given):
    """The function returns the parameters and the history; here it returns only the parameters.

    Check: print what train returns; it should be a pair.
    """
    return trained(*given)[0]


@train.mistake("history-first")
def _(*given):
    """The parameters come first and the history second; here they are swapped.

    Check: the first of the two should be a dict.
    """
    params, history = trained(*given)
    return history, params
