"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.define import choice

constant_start = choice(
    "constant_start",
    points=2.5,
    correct="a",
    wrong={
        "b": "The size of the constant does not matter: equal units receive equal nudges.",
        "c": "The nudges do reach them, but all units get the same ones, so they stay equal.",
    },
)

spread_after_ten = choice(
    "spread_after_ten",
    points=2.5,
    correct="c",
    wrong={
        "a": "A layer multiplies the spread by std * sqrt(fan_in), not by std.",
        "b": "0.05 * sqrt(100) is a half, not 1.",
    },
)

why_the_two = choice(
    "why_the_two",
    points=2.5,
    correct="b",
    wrong={
        "a": "Both fans appear in Xavier's rule; He's uses only the inputs.",
        "c": "The bias starts at 0 and adds nothing to the spread.",
    },
)

first_loss = choice(
    "first_loss",
    points=2.5,
    correct="b",
    wrong={
        "a": "A loss near 0 would mean that the untrained robot is certain and right.",
        "c": "A first loss of 40 means that it is certain but wrong: the logits are far too large.",
    },
)
