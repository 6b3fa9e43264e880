"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.define import choice

pairs_in_a_text = choice(
    "pairs_in_a_text",
    points=2.5,
    correct="c",
    wrong={
        "a": "The windows overlap: a new one begins at every token, not at every tenth.",
        "b": "There are 991 windows, but the last of them has no token after it.",
    },
)

strangers_alike = choice(
    "strangers_alike",
    points=2.5,
    correct="b",
    wrong={
        "a": "A loss of 0 would mean that every partner is found with certainty.",
        "c": "The partner gets a probability of 1/8, so the loss is the logarithm of 8.",
    },
)

blame_after_a_loss = choice(
    "blame_after_a_loss",
    points=2.5,
    correct="a",
    wrong={
        "b": "That is the gradient for a return of 1; a negative return reverses its sign.",
        "c": "A return of 0 would give a row of zeros.",
    },
)

first_preference = choice(
    "first_preference",
    points=2.5,
    correct="c",
    wrong={
        "a": "A loss of 0 would need an infinite margin; at the start every margin is 0.",
        "b": "sigmoid(0) is 0.5, and the loss is -log of it, whatever beta is.",
    },
)
