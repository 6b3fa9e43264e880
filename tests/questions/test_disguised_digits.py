"""Do networks that know the public digits fail where only the training examples teach?"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.questions import catalogue, references
from autograder.questions.disguised_digits import disguised, turned
from autograder.questions.week07_sgd.train_digits import REACHED, SHARE, TRAINING_IMAGES, outputs
from course_lib import datasets
from tests.conftest import SECRETS
from tests.laws.test_questions import solutions

on_three_secrets = pytest.mark.parametrize("secret", SECRETS, ids=lambda each: each.decode())
CAPSTONE, DIGITS = (catalogue.question(name) for name in ("train_capstone", "train_digits"))
FEW_ENOUGH = 600
"""Prototypes of a table within the capstone's 50,000 weights."""


def inputs(question: Any, secret: bytes) -> Any:
    (case,) = question.cases.values()
    return references.inputs(question, case, secret)


def test_is_nothing_of_the_test_handed_over() -> None:
    for question in (CAPSTONE, DIGITS):
        given = inputs(question, SECRETS[0])
        assert list(question.handed(given)) == list(question.parameters) == ["X", "y"]
        seen = {image.tobytes() for image in given["X"]}
        assert not seen & {image.tobytes() for image in given["unseen_X"]}


def test_is_every_class_in_both_parts_and_no_image_a_public_one() -> None:
    digits, _ = datasets.digits()
    made = disguised(np.random.default_rng(0), TRAINING_IMAGES, SHARE)
    assert set(made.y) == set(made.unseen_y) == set(range(10))
    public = {digit.tobytes() for digit in digits}
    assert not public & {image.tobytes() for image in np.concatenate([made.X, made.unseen_X])}
    assert np.array_equal(16 * made.X, np.rint(16 * made.X)) and made.X.min() >= 0


def test_do_turns_and_mirrors_keep_every_pixel_but_the_margin() -> None:
    images = np.zeros((1, 8, 8))
    images[0, 2, 1:7] = [1, 2, 3, 4, 5, 6]
    made = {
        turned(images, *each, mirrored=mirrored).tobytes()
        for each in itertools.product((-1, 0, 1), range(4))
        for mirrored in (False, True)
    }
    assert len(made) == 24
    assert turned(images, 0, 0, mirrored=False).tobytes() == images.tobytes()
    assert {np.frombuffer(each).sum() for each in made} == {21.0}


def prototypes() -> tuple[Any, Any]:
    """Public digits of which the nearest names every other, by Hart's condensed neighbours."""
    digits, labels = datasets.digits()
    kept = [0]
    for _ in range(4):
        for place, digit in enumerate(digits):
            nearest = kept[((digits[kept] - digit) ** 2).sum(axis=1).argmin()]
            if labels[nearest] != labels[place]:
                kept.append(place)
    return digits[kept], labels[kept]


def table(images: Any, names: Any) -> dict[str, Any]:
    """The layers that look up the nearest of some images, and answer its name."""
    sharp = 64.0
    layers = [
        {"kind": "Flatten"},
        {"kind": "Dense", "activation": "softmax", "use_bias": True},
        {"kind": "Dense", "activation": "linear", "use_bias": True},
    ]
    flat = images.reshape(len(images), -1)
    bias = -sharp * (flat**2).sum(axis=1)
    return {
        "layers": layers,
        "weights": [2 * sharp * flat.T, bias, np.eye(10)[names], np.zeros(10)],
    }


def named_best(answers: Sequence[int], y: Any) -> Any:
    """For each class that a network answers, the name that most examples of it have."""
    votes = np.zeros((10, 10), int)
    np.add.at(votes, (answers, y), 1)
    return votes.argmax(axis=1)


def nearest(images: Any, labels: Any, X: Any) -> Any:
    flat = images.reshape(len(images), -1)
    return labels[((flat**2).sum(axis=1) - 2 * X.reshape(len(X), -1) @ flat.T).argmin(axis=1)]


def accuracy(network: Any, given: Any) -> float:
    return dict(CAPSTONE.figures(Answer(Status.RETURNED, network), given))["Accuracy"]


@pytest.mark.slow
@on_three_secrets
def test_does_a_table_of_the_public_digits_earn_nothing(secret: bytes) -> None:
    """Neither as it is, nor once it has learned the turn and the names from the examples."""
    images, labels = prototypes()
    assert len(images) <= FEW_ENOUGH
    given = inputs(CAPSTONE, secret)
    digits, truth = datasets.digits()
    plain = {**given, "unseen_X": digits.reshape(-1, 8, 8), "unseen_y": truth}
    assert accuracy(table(images, labels), plain) > 0.99
    best, adapted = 0.0, table(images, labels)
    for move, quarters, mirrored in itertools.product((-1, 0, 1), range(4), (False, True)):
        alike = turned(images.reshape(-1, 8, 8), move, quarters, mirrored=mirrored)
        found = nearest(alike, labels, given["X"])
        names = named_best(found, given["y"])
        if (right := np.mean(names[found] == given["y"])) > best:
            best, adapted = float(right), table(alike, names[labels])
    for network in (table(images, labels), adapted):
        measured = CAPSTONE.measured(Answer(Status.RETURNED, network), given).value
        assert measured["parameters"] == "few enough" and measured["accuracy"] != "reached"


@pytest.mark.slow
@on_three_secrets
def test_does_training_on_the_public_digits_earn_nothing(secret: bytes) -> None:
    """Neither with their usual names, nor where pixels and names were known."""
    digits, labels = datasets.digits()
    network = solutions("week07_sgd")["train_digits"](digits, labels)
    given = inputs(DIGITS, secret)
    measured = DIGITS.measured(Answer(Status.RETURNED, network), given).value
    assert measured == ["64-16-16-10", "of other data"]
    made = disguised(np.random.default_rng(list(secret)), TRAINING_IMAGES, SHARE)
    names = named_best(outputs(network, made.X).argmax(axis=1), made.y)
    found = names[outputs(network, made.unseen_X).argmax(axis=1)]
    assert np.mean(found == made.unseen_y) < REACHED - 0.05


@on_three_secrets
def test_does_training_on_what_is_handed_over_pass(secret: bytes) -> None:
    given = inputs(DIGITS, secret)
    network = solutions("week07_sgd")["train_digits"](given["X"], given["y"])
    right = outputs(network, given["unseen_X"]).argmax(axis=1) == given["unseen_y"]
    assert np.mean(right) > REACHED + 0.03
