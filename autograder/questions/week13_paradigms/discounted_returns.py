"""The discounted return of every step."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=6)
def discounted_returns(rewards: Array, gamma: float) -> Any:
    """The reward still to come at every step: G[t] = rewards[t] + gamma * G[t + 1].

    Args:
        rewards: of one game from its first step to its last, shape (T,), float64 or int64.
        gamma: what a reward one step later is worth, from 0 to 1.

    Returns:
        G of shape (T,), float64; the last entry is the last reward.

    Source: keras.ops.associative_scan from the end; Sutton & Barto 2018, equation 3.9.
    """
    from keras import ops

    rewards = rewards if rewards.dtype.kind == "f" else rewards.astype(np.float64)
    factors = ops.full(rewards.shape, gamma, dtype=rewards.dtype.name)

    def join(later: Any, earlier: Any) -> Any:
        return later[0] * earlier[0], earlier[1] + earlier[0] * later[1]

    return ops.associative_scan(join, (factors, ops.convert_to_tensor(rewards)), reverse=True)[1]


def walk_back(rewards: Array, gamma: float) -> Array:
    """Correct returns, for wrong formulas whose mistake lies elsewhere."""
    G = np.zeros(len(rewards))
    after = 0.0
    for t in reversed(range(len(rewards))):
        G[t] = after = rewards[t] + gamma * after
    return G


@discounted_returns.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return {"rewards": rng.normal(size=7), "gamma": float(rng.uniform(0.6, 0.9))}


@discounted_returns.case("one-step", weight=0.5, square="a game may end after one step")
def _(rng: Rng) -> Inputs:
    return {"rewards": rng.uniform(1.0, 5.0, 1), "gamma": float(rng.uniform(0.7, 0.9))}


@discounted_returns.case("whole-numbers")
def _(rng: Rng) -> Inputs:
    rewards = rng.permutation(np.array([-3, -1, 0, 0, 1, 2, 2, 5]))
    return {"rewards": rewards, "gamma": float(rng.uniform(0.7, 0.9))}


@discounted_returns.case("long-game", stability=True)
def _(rng: Rng) -> Inputs:
    return {"rewards": rng.uniform(-1e4, 1e4, 900), "gamma": float(rng.uniform(0.3, 0.4))}


@discounted_returns.alternative("table-of-powers")
def _(rewards: Array, gamma: float) -> Any:
    steps = np.arange(len(rewards))
    later = steps - steps[:, None]
    return np.where(later >= 0, gamma ** np.maximum(later, 0), 0.0) @ rewards


@discounted_returns.alternative("linear-filter")
def _(rewards: Array, gamma: float) -> Any:
    from scipy.signal import lfilter

    return lfilter([1.0], [1.0, -gamma], rewards[::-1].astype(float))[::-1]


@discounted_returns.mistake("returns-from-the-front")
def _(rewards: Array, gamma: float) -> Any:
    """A return looks ahead, G[t] = r[t] + gamma * G[t + 1]; here it looks back at the rewards that
    came before.

    The loop runs from the first step to the last. A move then gets credit for what had already
    happened.

    Check: the last return should equal the last reward.
    """
    return walk_back(rewards[::-1], gamma)[::-1]


@discounted_returns.mistake("returns-not-turned-back")
def _(rewards: Array, gamma: float) -> Any:
    """The returns were computed from the end and are still in that order; G[0] belongs to the first
    step.

    A list that is filled from the end has to be reversed.

    Check: the last return should equal the last reward.
    """
    return walk_back(rewards, gamma)[::-1]


@discounted_returns.mistake("returns-not-discounted")
def _(rewards: Array, gamma: float) -> Any:
    """Each step into the future costs a factor of gamma; here all rewards count in full.

    This is a cumulative sum from the end.

    Check: with gamma = 0 every return should be that step's own reward.
    """
    return np.cumsum(rewards[::-1])[::-1] * 1.0


@discounted_returns.mistake("discounted-from-the-start")
def _(rewards: Array, gamma: float) -> Any:
    """The discount counts steps from t onwards, gamma ** (k - t); here it counts them from the
    start of the game.

    Late moves then hardly matter, however decisive they were.

    Check: the last return should equal the last reward.
    """
    steps = np.arange(len(rewards))
    return np.cumsum((gamma**steps * rewards)[::-1])[::-1]


@discounted_returns.mistake("discounts-divided-out")
def _(rewards: Array, gamma: float) -> Any:
    """In a long game gamma ** t underflows to 0 in float64, and dividing by it gives 0 / 0.

    The sum of gamma ** k * r[k], divided by gamma ** t, is right on paper and in short games.

    Next: go from the last step to the first, multiplying by gamma once per step.
    """
    scale = gamma ** np.arange(len(rewards))
    return np.cumsum((scale * rewards)[::-1])[::-1] / scale


@discounted_returns.mistake("own-reward-discounted")
def _(rewards: Array, gamma: float) -> Any:
    """The step's own reward counts in full and the next one is multiplied by gamma; here every
    power of gamma is one too high.

    gamma multiplies the whole sum instead of only what comes after.

    Check: with gamma = 0 every return should be that step's own reward.
    """
    return gamma * walk_back(rewards, gamma)


@discounted_returns.mistake("own-reward-left-out", convention=True)
def _(rewards: Array, gamma: float) -> Any:
    """Sutton and Barto give a step's reward the next index; in this course rewards[t] belongs to
    step t and to G[t].

    The returns are shifted by one, and the last of them is 0.

    Check: the last return should equal the last reward.
    """
    return np.append(walk_back(rewards, gamma)[1:], 0.0)


@discounted_returns.mistake("one-return-for-all-steps")
def _(rewards: Array, gamma: float) -> Any:
    """Each step has its own return; here all steps get that of the first step.

    A move is then blamed for rewards that came before it.

    Check: the last return should equal the last reward.
    """
    return np.full(len(rewards), walk_back(rewards, gamma)[0])


@discounted_returns.mistake("first-return-only", rows="N03 L16")
def _(rewards: Array, gamma: float) -> Any:
    """Each of the T steps has a return, shape (T,); here only that of the first step is returned.

    It is the return of the whole game.

    Check: the shape of the result should be that of rewards.
    """
    return walk_back(rewards, gamma)[0]


@discounted_returns.mistake("two-steps-only")
def _(rewards: Array, gamma: float) -> Any:
    """G[t] uses the return G[t + 1]; here it uses only the reward of the next step.

    Everything after the next step is lost.

    Check: with a single reward at the end, no return should be 0.
    """
    return rewards + gamma * np.append(rewards[1:], 0.0)


@discounted_returns.mistake("returns-averaged", rows="B08")
def _(rewards: Array, gamma: float) -> Any:
    """A return is a sum of rewards; here it is divided by the number of steps.

    The mean over steps comes later, in the loss.

    Check: the last return should equal the last reward.
    """
    return walk_back(rewards, gamma) / len(rewards)


@discounted_returns.mistake("returns-standardized", convention=True)
def _(rewards: Array, gamma: float) -> Any:
    """Many programs rescale the returns to mean 0 and standard deviation 1; in this course they
    stay as they are.

    That is a simple baseline. It makes learning more stable and belongs to the next step.

    Check: the last return should equal the last reward.
    """
    G = walk_back(rewards, gamma)
    return (G - G.mean()) / G.std()


@discounted_returns.mistake("returns-cut-to-whole-numbers", rows="A36 E07")
def _(rewards: Array, gamma: float) -> Any:
    """np.zeros_like copies the dtype, and an integer array cuts off the decimals.

    With rewards such as 0 and 1 nearly every return becomes 0.

    Check: print the dtype of the array that you fill; it should be float64.
    """
    G = np.zeros_like(rewards)
    after = rewards.dtype.type(0)
    for t in reversed(range(len(rewards))):
        G[t] = rewards[t] + gamma * after
        after = G[t]
    return G


@discounted_returns.mistake("rewards-overwritten", rows="N05")
def _(rewards: Array, gamma: float) -> Any:
    """Computing the returns inside the caller's array overwrites the rewards.

    rewards[t] += gamma * rewards[t + 1] is short, but it changes the argument.

    Check: keep a copy of rewards, call your function, and compare rewards with the copy.
    """
    G = walk_back(rewards, gamma)
    rewards[:-1] += (gamma * G[1:]).astype(rewards.dtype)
    return G
