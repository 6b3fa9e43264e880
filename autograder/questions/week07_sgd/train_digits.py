"""A network that reads digits, trained by the student's own loop."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.disguised_digits import disguised
from autograder.questions.run_network import relu_outputs
from course_lib import datasets

SIZES = (64, 16, 16, 10)
SHAPES = {"W1": (64, 16), "b1": (16,), "W2": (16, 16), "b2": (16,), "W3": (16, 10), "b3": (10,)}
REACHED, CHANCE = 0.86, 0.25
TRAINING_IMAGES = 1_437
SHARE = (0.55, 0.65)


@question(
    points=8,
    returns=("network", "test_accuracy"),
    builds_on=(
        "minibatch_indices",
        "sgd_step",
        "train",
        "linear_warmup",
        "cosine_annealing",
        "warmup_cosine",
    ),
    seconds=30,
    withheld=("unseen_X", "unseen_y"),
)
def train_digits(X: Array, y: Array, unseen_X: Array, unseen_y: Array) -> Any:
    """Parameters of a network trained on some of the digits, judged on those it has not seen.

    The network is 64-16-16-10: dense, relu, dense, relu, dense. The student receives 1,437 digits;
    the other 360, drawn at random, stay on the grader's side. Their share of right answers should
    be at least 0.86. The digits are disguised: each is mixed with a fainter one, the classes have
    other names, and the pixels another order, all of them drawn with the case.

    Args:
        X: training digits, shape (N, D), float64 in [0, 1].
        y: their labels, shape (N,), int64.
        unseen_X: the other digits, shape (M, D).
        unseen_y: their labels, shape (M,).

    Returns:
        Statements about the parameters W1 (64, 16), b1 (16,), W2 (16, 16), b2 (16,), W3 (16, 10),
        b3 (10,): what was asked for, and "reached".

    Source: the course's solution reaches 0.91 to 0.98 on such draws; trained on the public digits
    with these names and pixels, it reaches 0.62 to 0.75.
    """
    return "64-16-16-10", "reached"


@train_digits.measure
def _(params: Any, X: Array, y: Array, unseen_X: Array, unseen_y: Array) -> Any:
    from sklearn.metrics import accuracy_score

    if {name: np.shape(value) for name, value in params.items()} != SHAPES:
        return "another network", "not measured"
    logits = outputs(params, unseen_X)
    if not np.isfinite(logits).all():
        return "64-16-16-10", "not finite"
    reached = accuracy_score(unseen_y, logits.argmax(axis=1))
    words = {REACHED: "reached", CHANCE: "short"}
    word = next((word for bar, word in words.items() if reached >= bar), "chance")
    if word != "reached":
        digits, labels = datasets.digits()
        if accuracy_score(labels, outputs(params, digits).argmax(axis=1)) >= 0.5:
            return "64-16-16-10", "of other data"
    return "64-16-16-10", word


def outputs(params: Any, X: Array) -> Array:
    """The network's logits, shape (N, 10)."""
    weights, biases = ([params[f"{letter}{n}"] for n in (1, 2, 3)] for letter in "Wb")
    return relu_outputs(X, weights, biases)


@train_digits.case("unseen-digits")
def _(rng: Rng) -> Inputs:
    # Whoever trains on digits found elsewhere, those of the test among them, learns other ones.
    X, y, unseen_X, unseen_y = disguised(rng, TRAINING_IMAGES, SHARE)
    pixels = rng.permutation(X.shape[1])
    return {"X": X[:, pixels], "y": y, "unseen_X": unseen_X[:, pixels], "unseen_y": unseen_y}


def random_network(*sizes: int) -> dict[str, Array]:
    """He's initialization, always the same."""
    rng = np.random.default_rng(1)
    params = {}
    for n, (fan_in, fan_out) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
        params[f"W{n}"] = rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))
        params[f"b{n}"] = np.zeros(fan_out)
    return params


def few_steps(X: Array, y: Array, steps: int) -> dict[str, Array]:
    """Full-batch steps, far fewer than the network needs."""
    params = random_network(*SIZES)
    for _ in range(steps):
        outs = [X]
        for n in (1, 2):
            outs.append(np.maximum(outs[-1] @ params[f"W{n}"] + params[f"b{n}"], 0))
        E = np.exp(outs[-1] @ params["W3"] + params["b3"])
        blame = (E / E.sum(axis=1, keepdims=True) - np.eye(10)[y]) / len(y)
        for n in (3, 2, 1):
            before = (blame @ params[f"W{n}"].T) * (outs[n - 1] > 0)
            params[f"W{n}"] -= 0.3 * outs[n - 1].T @ blame
            params[f"b{n}"] -= 0.3 * blame.sum(axis=0)
            blame = before
    return params


@train_digits.mistake("digits-guessed", rows="L03 L18")
def _(X: Array, y: Array) -> Any:
    """On unseen digits the network is right about as often as guessing would be.

    It was not trained, its steps were not kept, or its labels no longer match their rows. A network
    that starts with kernels of zeros never learns either.

    Check: compute the accuracy on X and y; if that is as low, nothing was learned.
    """
    return random_network(*SIZES)


@train_digits.mistake("digits-half-learned")
def _(X: Array, y: Array) -> Any:
    """The network has learned, but its accuracy on unseen digits is below 0.86.

    Either the training ended too soon, or its rate was too low or too high to converge.

    Check: set aside 300 rows of X, train on the others, and compare both accuracies.
    """
    return few_steps(X, y, 40)


@train_digits.mistake("digits-from-elsewhere", rows="L17")
def _(X: Array, y: Array) -> Any:
    """The network was trained on other examples than X and y, whose digits are disguised.

    It reads plain digits and calls them by their usual names. In X each digit is mixed with another
    one, the pixels are in another order, and the classes have other names.

    Check: the accuracy on X and y should be far above 0.1.
    """
    return few_steps(*datasets.digits(), 100)


@train_digits.mistake("digits-diverged", rows="N14")
def _(X: Array, y: Array) -> Any:
    """The network's answers are nan or inf: the steps grew until float64 overflowed.

    With a rate that is too high every step overshoots further than the one before.

    Check: print the history; it should fall from about 2.3. Try a rate ten times smaller.
    """
    params = random_network(*SIZES)
    return {**params, "W2": np.full_like(params["W2"], np.nan)}


@train_digits.mistake("another-network")
def _(X: Array, y: Array) -> Any:
    """The network should be 64-16-16-10, with W1, b1, W2, b2, W3 and b3; this one has other sizes.

    Check: print the shape of every array that you return.
    """
    return random_network(64, 32, 10)


@train_digits.mistake("digits-history-returned-as-well")
def _(X: Array, y: Array) -> Any:
    """The function should return only the parameters; here it returns a pair, as train does.

    Check: print what train_digits returns; it should be a dict.
    """
    return random_network(*SIZES), np.array([2.3, 1.0, 0.3])
