"""Schedules along a cosine: once, with restarts, and after a warm-up."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=6)
def cosine_annealing(steps: Array, lr: float, lr_min: float, total_steps: int) -> Any:
    """The learning rate at a step, falling from lr to lr_min along half a cosine.

    The student's first argument is `step`, one whole number; each step is asked for in turn.

    Args:
        steps: steps counted from 0, shape (S,), whole numbers.
        lr: the rate at step 0.
        lr_min: the rate from step `total_steps` on.
        total_steps: how many steps the fall takes.

    Returns:
        lr_min + (lr - lr_min) * (1 + cos(pi * step / total_steps)) / 2 up to total_steps, then
        lr_min.

    Source: keras.optimizers.schedules.CosineDecay; Loshchilov & Hutter 2017.
    """
    from keras.optimizers.schedules import CosineDecay

    # A NumPy number keeps float64, which a plain one would not.
    return CosineDecay(np.float64(lr), total_steps, alpha=np.float64(lr_min / lr))(steps)


@question(points=4, builds_on=("cosine_annealing",))
def cosine_restarts(steps: Array, lr: float, lr_min: float, period: int) -> Any:
    """The learning rate at a step, along half a cosine that restarts after every period.

    The student's first argument is `step`, one whole number; each step is asked for in turn.

    Args:
        steps: steps counted from 0, shape (S,), whole numbers.
        lr: the rate at the start of each period.
        lr_min: what the rate falls towards within a period.
        period: how many steps a period has.

    Returns:
        The rate of cosine_annealing over `period` steps, for the steps since the last restart.

    Source: keras.optimizers.schedules.CosineDecayRestarts with t_mul=1 and m_mul=1.
    """
    from keras.optimizers.schedules import CosineDecayRestarts

    lowest = np.float64(lr_min / lr)
    return CosineDecayRestarts(np.float64(lr), period, t_mul=1.0, m_mul=1.0, alpha=lowest)(steps)


@question(points=6, builds_on=("linear_warmup", "cosine_annealing"))
def warmup_cosine(steps: Array, lr: float, warmup_steps: int, total_steps: int) -> Any:
    """The learning rate at a step: a linear rise from 0 to lr, then half a cosine down to 0.

    The student's first argument is `step`, one whole number; each step is asked for in turn.

    Args:
        steps: steps counted from 0, shape (S,), whole numbers.
        lr: the highest rate, at step `warmup_steps`.
        warmup_steps: how many steps the rise takes.
        total_steps: how many steps rise and fall take together; from there on the rate is 0.

    Returns:
        lr * step / warmup_steps up to warmup_steps, then the cosine over the steps that are left.

    Source: keras.optimizers.schedules.CosineDecay with warmup_target and warmup_steps.
    """
    from keras import ops
    from keras.optimizers.schedules import CosineDecay

    falling = total_steps - warmup_steps
    schedule = CosineDecay(
        np.float64(0.0), falling, warmup_target=np.float64(lr), warmup_steps=warmup_steps
    )
    return ops.stack([schedule(step) for step in steps.tolist()])


@cosine_annealing.driver
def _(cosine_annealing: Any, steps: Array, lr: float, lr_min: float, total_steps: int) -> Any:
    rates = [cosine_annealing(step, lr, lr_min, total_steps) for step in steps.tolist()]
    return None if rates[0] is None else rates


@cosine_restarts.driver
def _(cosine_restarts: Any, steps: Array, lr: float, lr_min: float, period: int) -> Any:
    rates = [cosine_restarts(step, lr, lr_min, period) for step in steps.tolist()]
    return None if rates[0] is None else rates


@warmup_cosine.driver
def _(warmup_cosine: Any, steps: Array, lr: float, warmup_steps: int, total_steps: int) -> Any:
    rates = [warmup_cosine(step, lr, warmup_steps, total_steps) for step in steps.tolist()]
    return None if rates[0] is None else rates


def rates(rng: Rng) -> Inputs:
    return {"lr": float(rng.uniform(0.3, 0.9)), "lr_min": float(rng.uniform(0.02, 0.2))}


@cosine_annealing.case("falling", weight=2)
def _(rng: Rng) -> Inputs:
    return {"steps": np.arange(13), **rates(rng), "total_steps": 12}


@cosine_annealing.case("down-to-zero")
def _(rng: Rng) -> Inputs:
    return {"steps": np.arange(21), **rates(rng), "lr_min": 0.0, "total_steps": 20}


@cosine_annealing.case("beyond-the-end")
def _(rng: Rng) -> Inputs:
    return {"steps": np.arange(4, 30), **rates(rng), "total_steps": 11}


@cosine_restarts.case("three-periods", weight=2)
def _(rng: Rng) -> Inputs:
    return {"steps": np.arange(27), **rates(rng), "period": 9}


@cosine_restarts.case("around-restarts")
def _(rng: Rng) -> Inputs:
    restarts = 16 * np.arange(1, 4)
    steps = np.sort(np.concatenate([restarts - 1, restarts, restarts + 1]))
    return {"steps": steps, **rates(rng), "period": 16}


@warmup_cosine.case("rise-and-fall", weight=2)
def _(rng: Rng) -> Inputs:
    lr = float(rng.uniform(0.3, 0.9))
    return {"steps": np.arange(18), "lr": lr, "warmup_steps": 5, "total_steps": 17}


@warmup_cosine.case("beyond-both-ends")
def _(rng: Rng) -> Inputs:
    lr = float(rng.uniform(0.3, 0.9))
    return {"steps": np.arange(2, 40), "lr": lr, "warmup_steps": 4, "total_steps": 23}


def annealed(step: float, lr: float, lr_min: float, total_steps: float) -> float:
    """Cosine annealing, without a mistake."""
    share = min(step / total_steps, 1.0)
    return lr_min + (lr - lr_min) * (1 + math.cos(math.pi * share)) / 2


@cosine_annealing.alternative("squared-cosine")
def _(step: int, lr: float, lr_min: float, total_steps: int) -> Any:
    quarter = math.cos(0.5 * math.pi * min(step, total_steps) / total_steps)
    return lr_min + (lr - lr_min) * quarter**2


@cosine_annealing.mistake("quarter-of-a-wave", rows="G37")
def _(step: int, lr: float, lr_min: float, total_steps: int) -> Any:
    """The rate falls along half a wave, from the top to the bottom; here it is a quarter of a wave.

    cos(pi t / 2T) starts flat and then drops steeply to the end. (1 + cos(pi t / T)) / 2 is flat at
    both ends.

    Check: with lr_min = 0, a quarter of the way through, the rate should be 0.8536 * lr.
    """
    share = min(step / total_steps, 1.0)
    return lr_min + (lr - lr_min) * math.cos(math.pi * share / 2)


@cosine_annealing.mistake("half-missing", rows="G37")
def _(step: int, lr: float, lr_min: float, total_steps: int) -> Any:
    """1 + cos runs from 2 to 0; here lr - lr_min is multiplied by it without halving.

    The rate starts at nearly twice lr.

    Check: the rate at step 0 should be lr.
    """
    return 2 * annealed(step, lr, lr_min, total_steps) - lr_min


@cosine_annealing.mistake("cosine-without-one-plus", rows="G37")
def _(step: int, lr: float, lr_min: float, total_steps: int) -> Any:
    """cos runs from 1 to -1, so the rate can become negative; 1 + cos never falls below 0.

    A step with a negative rate goes uphill.

    Check: at step total_steps the rate should be lr_min.
    """
    share = min(step / total_steps, 1.0)
    return lr_min + (lr - lr_min) * math.cos(math.pi * share)


@cosine_annealing.mistake("rises-again", rows="G40")
def _(step: int, lr: float, lr_min: float, total_steps: int) -> Any:
    """After total_steps the rate stays at lr_min; here the cosine makes it rise again.

    Check: the rate at step 2 * total_steps should be lr_min.
    """
    share = step / total_steps
    return lr_min + (lr - lr_min) * (1 + math.cos(math.pi * share)) / 2


@cosine_annealing.mistake("degrees", rows="G40")
def _(step: int, lr: float, lr_min: float, total_steps: int) -> Any:
    """math.cos and np.cos take radians, where half a circle is pi; 180 is in degrees.

    The rate jumps around without any order.

    Check: the rate at step total_steps should be lr_min.
    """
    share = min(step / total_steps, 1.0)
    return lr_min + (lr - lr_min) * (1 + math.cos(180 * share)) / 2


@cosine_annealing.mistake("end-one-step-early", rows="G38", convention=True)
def _(step: int, lr: float, lr_min: float, total_steps: int) -> Any:
    """Some programs reach lr_min at the last step, T - 1; this course, like Keras, at step T.

    Check: halfway, at step total_steps / 2, the rate should be midway between lr and lr_min.
    """
    return annealed(step, lr, lr_min, total_steps - 1)


@cosine_annealing.mistake("start-one-step-late", rows="G38")
def _(step: int, lr: float, lr_min: float, total_steps: int) -> Any:
    """Steps are counted from 0, so the first one has the rate lr; here it gets the second step's
    rate.

    Check: the rate at step 0 should be lr.
    """
    return annealed(step + 1, lr, lr_min, total_steps)


@cosine_annealing.mistake("lowest-rate-on-top")
def _(step: int, lr: float, lr_min: float, total_steps: int) -> Any:
    """The rate falls from lr to lr_min, a difference of lr - lr_min; here the difference is lr.

    With lr_min = 0 the mistake does not show. Otherwise the rate starts at lr + lr_min.

    Check: the rate at step 0 should be lr.
    """
    return lr_min + annealed(step, lr, 0.0, total_steps)


@cosine_annealing.mistake("cut-off-at-the-lowest-rate", convention=True)
def _(step: int, lr: float, lr_min: float, total_steps: int) -> Any:
    """Some programs fall towards 0 and stop at lr_min; in this course the cosine ends at lr_min.

    Check: halfway the rate should be midway between lr and lr_min.
    """
    return max(lr_min, annealed(step, lr, 0.0, total_steps))


@cosine_annealing.mistake("upside-down")
def _(step: int, lr: float, lr_min: float, total_steps: int) -> Any:
    """1 - cos rises where 1 + cos falls: this rate goes from lr_min up to lr.

    Check: the rate at step 0 should be lr.
    """
    return lr_min + lr - annealed(step, lr, lr_min, total_steps)


@cosine_annealing.mistake("straight-line")
def _(step: int, lr: float, lr_min: float, total_steps: int) -> Any:
    """This rate falls in a straight line; the cosine is flat at both ends and steep in between.

    Check: with lr_min = 0, a quarter of the way through, the rate should be 0.8536 * lr.
    """
    return lr + (lr_min - lr) * min(step / total_steps, 1.0)


@cosine_restarts.mistake("never-restarted")
def _(step: int, lr: float, lr_min: float, period: int) -> Any:
    """After each period the rate starts at lr again; here it stays at lr_min.

    Check: the rate at step `period` should be lr.
    """
    return annealed(step, lr, lr_min, period)


@cosine_restarts.mistake("wave-instead-of-restarts", rows="G40")
def _(step: int, lr: float, lr_min: float, period: int) -> Any:
    """A restart jumps back to lr at once; here the cosine continues and rises back slowly.

    Check: the rate at step `period` should be lr, and at the step before it nearly lr_min.
    """
    return lr_min + (lr - lr_min) * (1 + math.cos(math.pi * step / period)) / 2


@cosine_restarts.mistake("restart-one-step-late", rows="G38")
def _(step: int, lr: float, lr_min: float, period: int) -> Any:
    """A period consists of steps 0 to period - 1; here it has one step more.

    Check: the rate at step `period` should be lr.
    """
    return annealed(step % (period + 1), lr, lr_min, period)


@cosine_restarts.mistake("period-ends-at-the-bottom", rows="G38", convention=True)
def _(step: int, lr: float, lr_min: float, period: int) -> Any:
    """Some programs reach lr_min at a period's last step; in this course it is one step later.

    Step `period` is already a restart, so lr_min itself is never reached.

    Check: halfway through an even period the rate should be midway between lr and lr_min.
    """
    return annealed(step % period, lr, lr_min, period - 1)


@cosine_restarts.mistake("periods-counted")
def _(step: int, lr: float, lr_min: float, period: int) -> Any:
    """step // period is the number of the period; the rate needs the steps since its start.

    Check: steps 0 and `period` should have the same rate, and step 1 a different one.
    """
    return annealed(step // period, lr, lr_min, period)


@cosine_restarts.mistake("restarts-half-missing", rows="G37")
def _(step: int, lr: float, lr_min: float, period: int) -> Any:
    """1 + cos runs from 2 to 0; here lr - lr_min is multiplied by it without halving.

    Check: the rate at step 0 should be lr.
    """
    return 2 * annealed(step % period, lr, lr_min, period) - lr_min


@warmup_cosine.mistake("cosine-not-shifted")
def _(step: int, lr: float, warmup_steps: int, total_steps: int) -> Any:
    """The cosine starts where the warm-up ends; here it has been running since step 0.

    At the end of the warm-up the rate jumps down, and the highest rate is never reached.

    Check: the rate at step warmup_steps should be lr.
    """
    if step < warmup_steps:
        return lr * step / warmup_steps
    return annealed(step, lr, 0.0, total_steps)


@warmup_cosine.mistake("fall-too-long")
def _(step: int, lr: float, warmup_steps: int, total_steps: int) -> Any:
    """total_steps includes the warm-up, so the fall has fewer steps than that.

    Here the fall takes total_steps of its own, and the rate is not 0 when the training ends.

    Check: the rate at step total_steps should be 0.
    """
    if step < warmup_steps:
        return lr * step / warmup_steps
    return annealed(step - warmup_steps, lr, 0.0, total_steps)


@warmup_cosine.mistake("rise-times-cosine", convention=True)
def _(step: int, lr: float, warmup_steps: int, total_steps: int) -> Any:
    """Some programs multiply the rise by a cosine over all steps; this course uses one after the
    other.

    The highest rate is then below lr.

    Check: the rate at step warmup_steps should be lr.
    """
    return min(1.0, step / warmup_steps) * annealed(step, lr, 0.0, total_steps)


@warmup_cosine.mistake("first-warm-up-step-not-zero", rows="G41", convention=True)
def _(step: int, lr: float, warmup_steps: int, total_steps: int) -> Any:
    """Some libraries use (step + 1) / warmup_steps; this course, like Keras, starts at rate 0.

    With theirs the first step already moves. Both are in use.

    Check: the rate at step 0 should be 0.
    """
    if step < warmup_steps:
        return lr * (step + 1) / warmup_steps
    return annealed(step - warmup_steps, lr, 0.0, total_steps - warmup_steps)


@warmup_cosine.mistake("warm-up-left-out")
def _(step: int, lr: float, warmup_steps: int, total_steps: int) -> Any:
    """The rate first rises from 0; here it starts at lr and falls.

    Check: the rate at step 0 should be 0.
    """
    return annealed(step, lr, 0.0, total_steps)


@warmup_cosine.mistake("fall-left-out")
def _(step: int, lr: float, warmup_steps: int, total_steps: int) -> Any:
    """After the warm-up the rate falls to 0; here it stays at lr.

    Check: the rate at step total_steps should be 0.
    """
    return lr * min(1.0, step / warmup_steps)


@warmup_cosine.mistake("rises-after-the-end", rows="G40")
def _(step: int, lr: float, warmup_steps: int, total_steps: int) -> Any:
    """From total_steps on the rate is 0; here the cosine makes it rise again.

    Check: the rate a few steps after total_steps should be 0.
    """
    if step < warmup_steps:
        return lr * step / warmup_steps
    share = (step - warmup_steps) / (total_steps - warmup_steps)
    return lr * (1 + math.cos(math.pi * share)) / 2


@warmup_cosine.mistake("quarter-wave-after-the-warm-up", rows="G37")
def _(step: int, lr: float, warmup_steps: int, total_steps: int) -> Any:
    """After the warm-up the rate falls along half a wave; here it is a quarter of a wave.

    Check: midway between warmup_steps and total_steps the rate should be lr / 2.
    """
    if step < warmup_steps:
        return lr * step / warmup_steps
    share = min((step - warmup_steps) / (total_steps - warmup_steps), 1.0)
    return lr * math.cos(math.pi * share / 2)


@warmup_cosine.mistake("top-one-step-late", rows="G38")
def _(step: int, lr: float, warmup_steps: int, total_steps: int) -> Any:
    """At step warmup_steps the rate is lr; here the fall starts one step too early.

    Check: the rate at step warmup_steps should be lr, and at total_steps it should be 0.
    """
    if step < warmup_steps:
        return lr * step / warmup_steps
    return annealed(step - warmup_steps + 1, lr, 0.0, total_steps - warmup_steps)
