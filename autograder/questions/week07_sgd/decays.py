"""Schedules without a cosine: in steps, exponential, and rising at the start."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=4)
def step_decay(steps: Array, lr: float, factor: float, every: int) -> Any:
    """The learning rate at a step, multiplied by factor after every `every` steps.

    The student's first argument is `step`, one whole number; each step is asked for in turn.

    Args:
        steps: steps counted from 0, shape (S,), whole numbers.
        lr: the rate at step 0.
        factor: what the rate is multiplied by, between 0 and 1.
        every: how many steps have the same rate.

    Returns:
        lr * factor ** floor(step / every).

    Source: keras.optimizers.schedules.ExponentialDecay with staircase=True.
    """
    from keras.optimizers.schedules import ExponentialDecay

    # A NumPy number keeps float64, which a plain one would not.
    return ExponentialDecay(np.float64(lr), every, np.float64(factor), staircase=True)(steps)


@question(points=4)
def exponential_decay(steps: Array, lr: float, factor: float, every: int) -> Any:
    """The learning rate at a step, falling smoothly by factor in every `every` steps.

    The student's first argument is `step`, one whole number; each step is asked for in turn.

    Args:
        steps: steps counted from 0, shape (S,), whole numbers.
        lr: the rate at step 0.
        factor: what the rate has been multiplied by after `every` steps, between 0 and 1.
        every: how many steps that takes.

    Returns:
        lr * factor ** (step / every).

    Source: keras.optimizers.schedules.ExponentialDecay.
    """
    from keras.optimizers.schedules import ExponentialDecay

    return ExponentialDecay(np.float64(lr), every, np.float64(factor))(steps)


@question(points=4)
def linear_warmup(steps: Array, lr: float, warmup_steps: int) -> Any:
    """The learning rate at a step, rising evenly from 0 to lr and staying there.

    The student's first argument is `step`, one whole number; each step is asked for in turn.

    Args:
        steps: steps counted from 0, shape (S,), whole numbers.
        lr: the rate from step `warmup_steps` on.
        warmup_steps: how many steps the rise takes.

    Returns:
        lr * step / warmup_steps before warmup_steps, then lr.

    Source: keras.optimizers.schedules.PolynomialDecay from 0 to lr with power=1.
    """
    from keras.optimizers.schedules import PolynomialDecay

    return PolynomialDecay(np.float64(0.0), warmup_steps, np.float64(lr), power=1.0)(steps)


@step_decay.driver
def _(step_decay: Any, steps: Array, lr: float, factor: float, every: int) -> Any:
    rates = [step_decay(step, lr, factor, every) for step in steps.tolist()]
    return None if rates[0] is None else rates


@exponential_decay.driver
def _(exponential_decay: Any, steps: Array, lr: float, factor: float, every: int) -> Any:
    rates = [exponential_decay(step, lr, factor, every) for step in steps.tolist()]
    return None if rates[0] is None else rates


@linear_warmup.driver
def _(linear_warmup: Any, steps: Array, lr: float, warmup_steps: int) -> Any:
    rates = [linear_warmup(step, lr, warmup_steps) for step in steps.tolist()]
    return None if rates[0] is None else rates


def decay(rng: Rng, every: int) -> Inputs:
    return {
        "lr": float(rng.uniform(0.2, 0.9)),
        "factor": float(rng.uniform(0.4, 0.8)),
        "every": every,
    }


@step_decay.case("typical", weight=2)
def _(rng: Rng) -> Inputs:
    return {"steps": np.arange(24), **decay(rng, 7)}


@step_decay.case("edges")
def _(rng: Rng) -> Inputs:
    edges = 11 * np.arange(1, 6)
    return {"steps": np.sort(np.concatenate([edges - 1, edges, edges + 1])), **decay(rng, 11)}


@exponential_decay.case("typical", weight=2)
def _(rng: Rng) -> Inputs:
    return {"steps": np.arange(24), **decay(rng, 7)}


@exponential_decay.case("far")
def _(rng: Rng) -> Inputs:
    return {"steps": np.sort(rng.integers(1, 900, 12)), **decay(rng, 100)}


@linear_warmup.case("rising", weight=2)
def _(rng: Rng) -> Inputs:
    return {"steps": np.arange(9), "lr": float(rng.uniform(0.2, 0.9)), "warmup_steps": 9}


@linear_warmup.case("arrived")
def _(rng: Rng) -> Inputs:
    return {"steps": np.arange(4, 22), "lr": float(rng.uniform(0.2, 0.9)), "warmup_steps": 7}


@step_decay.mistake("smooth-instead-of-steps", rows="G42")
def _(step: int, lr: float, factor: float, every: int) -> Any:
    """The rate stays the same for `every` steps and then drops; here it falls at every step.

    The number of drops so far is a whole number. With a fraction as the exponent the fall is
    smooth, which is the other schedule.

    Check: steps 0 and every - 1 should have the same rate.
    """
    return lr * factor ** (step / every)


@step_decay.mistake("drop-one-step-late", rows="G38")
def _(step: int, lr: float, factor: float, every: int) -> Any:
    """The first drop is at step `every`; here it comes one step later.

    Steps are counted from 0, so steps 0 to every - 1 are already `every` steps.

    Check: the rate at step `every` should be lr * factor.
    """
    return float(lr * factor ** (max(step - 1, 0) // every))


@step_decay.mistake("drop-one-step-early", rows="G38")
def _(step: int, lr: float, factor: float, every: int) -> Any:
    """The first drop is at step `every`; here it comes one step earlier.

    Check: the rate at step every - 1 should still be lr.
    """
    return lr * factor ** ((step + 1) // every)


@step_decay.mistake("one-drop-only")
def _(step: int, lr: float, factor: float, every: int) -> Any:
    """The rate drops again every `every` steps; here it drops only once.

    Check: the rate at step 2 * every should be lr * factor ** 2.
    """
    return lr * factor if step >= every else lr


@step_decay.mistake("drops-add-up")
def _(step: int, lr: float, factor: float, every: int) -> Any:
    """Each drop multiplies the rate by factor; here factor is multiplied by the number of drops.

    Check: the rate at step 0 should be lr.
    """
    return lr * factor * (step // every)


@step_decay.mistake("rate-grows-in-steps")
def _(step: int, lr: float, factor: float, every: int) -> Any:
    """factor is below 1 and multiplies the rate; here the rate is divided by it, so it grows.

    Check: the rate at step `every` should be below lr.
    """
    return lr / factor ** (step // every)


@exponential_decay.mistake("steps-instead-of-smooth", rows="G42")
def _(step: int, lr: float, factor: float, every: int) -> Any:
    """The rate should fall at every step; here it stays the same and then drops.

    step // every cuts off the fraction. That is the previous schedule.

    Check: the rate at step 1 should be below lr.
    """
    return lr * factor ** (step // every)


@exponential_decay.mistake("factor-at-every-step", convention=True)
def _(step: int, lr: float, factor: float, every: int) -> Any:
    """Some libraries multiply by factor at every step; in this course that takes `every` steps.

    The rate falls `every` times too fast.

    Check: the rate at step `every` should be lr * factor.
    """
    return float(lr * factor**step)


@exponential_decay.mistake("base-e", convention=True)
def _(step: int, lr: float, factor: float, every: int) -> Any:
    """Some books use lr * exp(-k t); in this course the base is factor itself.

    Check: the rate at step `every` should be lr * factor.
    """
    return lr * np.exp(-factor * step / every)


@exponential_decay.mistake("inverse-time", convention=True)
def _(step: int, lr: float, factor: float, every: int) -> Any:
    """lr / (1 + factor * t) is inverse time decay; this question asks for exponential decay.

    Check: the rate at step `every` should be lr * factor.
    """
    return lr / (1 + factor * step / every)


@exponential_decay.mistake("line-instead-of-power")
def _(step: int, lr: float, factor: float, every: int) -> Any:
    """The rate is multiplied by factor repeatedly, so the step belongs in the exponent.

    Check: the rate at step 0 should be lr.
    """
    return lr * factor * step / every


@exponential_decay.mistake("decay-grows")
def _(step: int, lr: float, factor: float, every: int) -> Any:
    """factor is below 1 and multiplies the rate; here the rate is divided by it, so it grows.

    Check: the rate at step `every` should be below lr.
    """
    return lr / factor ** (step / every)


@exponential_decay.mistake("every-and-step-exchanged")
def _(step: int, lr: float, factor: float, every: int) -> Any:
    """The exponent grows with step: it counts how often `every` steps have passed.

    every / step falls instead, and at step 0 it divides by zero.

    Check: the exponent at step `every` should be 1, and at step 2 * every it should be 2.
    """
    return lr * factor ** (every / step)


@linear_warmup.mistake("first-step-not-zero", rows="G41", convention=True)
def _(step: int, lr: float, warmup_steps: int) -> Any:
    """Some libraries use (step + 1) / warmup_steps; this course, like Keras, starts at rate 0.

    With theirs the first step already moves, and the rate reaches lr one step earlier. Both are in
    use.

    Check: the rate at step 0 should be 0, and at warmup_steps / 2 it should be lr / 2.
    """
    return lr * min(1.0, (step + 1) / warmup_steps)


@linear_warmup.mistake("rises-for-ever", rows="G40")
def _(step: int, lr: float, warmup_steps: int) -> Any:
    """After warmup_steps the rate stays at lr; here it keeps rising.

    Check: the rate at step 2 * warmup_steps should be lr.
    """
    return lr * step / warmup_steps


@linear_warmup.mistake("zero-after-the-warm-up")
def _(step: int, lr: float, warmup_steps: int) -> Any:
    """After warmup_steps the rate stays at lr; here it falls to 0.

    Check: the rate at step 2 * warmup_steps should be lr.
    """
    return lr * step / warmup_steps if step < warmup_steps else 0.0


@linear_warmup.mistake("no-warm-up")
def _(step: int, lr: float, warmup_steps: int) -> Any:
    """The rate starts at 0 and rises; here it is lr from the start.

    Check: the rate at step 0 should be 0.
    """
    return lr


@linear_warmup.mistake("arrives-one-step-early", rows="G38")
def _(step: int, lr: float, warmup_steps: int) -> Any:
    """The rate reaches lr at step warmup_steps; here at warmup_steps - 1.

    Check: the rate at warmup_steps / 2 should be lr / 2.
    """
    return lr * min(1.0, step / (warmup_steps - 1))


@linear_warmup.mistake("falls-instead-of-rising")
def _(step: int, lr: float, warmup_steps: int) -> Any:
    """The rate is step / warmup_steps of lr, which rises; 1 minus that falls.

    Check: the rate at step 0 should be 0.
    """
    return lr * max(0.0, 1 - step / warmup_steps)


@linear_warmup.mistake("whole-division", rows="E07")
def _(step: int, lr: float, warmup_steps: int) -> Any:
    """step // warmup_steps is 0 during the whole rise and then 1; the rise needs the fraction.

    Check: the rate at warmup_steps / 2 should be lr / 2.
    """
    return lr * min(1, step // warmup_steps)
