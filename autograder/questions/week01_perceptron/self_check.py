"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.define import choice

score_of_a_rule = choice(
    "score_of_a_rule",
    points=2.5,
    correct="c",
    wrong={
        "a": "The score is 2 * 3 + (-1) * 4 - 2, which is 0; its last term is the bias.",
        "b": "The score is exactly 0, and the step says 1 only for scores above 0.",
    },
)

xor_after_more_epochs = choice(
    "xor_after_more_epochs",
    points=2.5,
    correct="b",
    wrong={
        "a": "No w and b are right for all four examples, so more epochs have nothing to find.",
        "c": "A smaller learning rate scales w and b by one factor, so every label stays the same.",
    },
)

hundred_linear_layers = choice(
    "hundred_linear_layers",
    points=2.5,
    correct="a",
    wrong={
        "b": "Two layers of weighted sums merge too: their kernel is W1 W2.",
        "c": "Neighbours merge in pairs, (X W1 + b1) W2 + b2 = X W + b, until one remains.",
    },
)

price_step_too_long = choice(
    "price_step_too_long",
    points=2.5,
    correct="b",
    wrong={
        "a": "Every nudge goes against the slope, so a larger lr makes it longer, not shorter.",
        "c": "The slope gives the direction only; if lr is too large, the nudge overshoots.",
    },
)
