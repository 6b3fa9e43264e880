"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.define import choice

typing_mistake = choice(
    "typing_mistake",
    points=2.5,
    correct="b",
    wrong={
        "a": "Under the absolute error one house adds at most 1/N to the slope, however far off.",
        "c": "The slope of a square grows with the error; the slope of an absolute value does not.",
    },
)

untrained_vocabulary = choice(
    "untrained_vocabulary",
    points=2.5,
    correct="c",
    wrong={
        "a": "A loss of 1 would mean that the true token gets a probability of 1/e, about 0.37.",
        "b": "The loss is the logarithm of 1/p, not 1/p itself.",
    },
)

sure_and_wrong = choice(
    "sure_and_wrong",
    points=2.5,
    correct="a",
    wrong={
        "b": "0.001 is the probability itself; the gradient for the true class is p - 1.",
        "c": "-1/p is the derivative for the probability; the logit comes before the softmax.",
    },
)

sum_of_a_row = choice(
    "sum_of_a_row",
    points=2.5,
    correct="b",
    wrong={
        "a": "The probabilities of a row sum to 1, and the one-hot row subtracts 1 again.",
        "c": "It is 1/N times the sum of p - onehot, and p and onehot have the same sum.",
    },
)
