"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.define import choice

ten_sigmoids = choice(
    "ten_sigmoids",
    points=2.5,
    correct="b",
    wrong={
        "a": "Slopes along a path are multiplied, not added: 0.25 ten times is 0.25^10, not 2.5.",
        "c": "1 is the largest slope of tanh and ReLU; a sigmoid's largest slope is 0.25.",
    },
)

shifted_logits = choice(
    "shifted_logits",
    points=2.5,
    correct="c",
    wrong={
        "a": "Every exp is multiplied by exp(100), and so is the denominator's sum: it cancels.",
        "b": "Only differences between a row's logits matter, and a shift does not change them.",
    },
)

silent_unit = choice(
    "silent_unit",
    points=2.5,
    correct="a",
    wrong={
        "b": "A ReLU has slope exactly 0 at z = -3, and anything times 0 is exactly 0.",
        "c": "The slope of a ReLU is 0 or 1, never negative.",
    },
)

equal_wishes = choice(
    "equal_wishes",
    points=2.5,
    correct="b",
    wrong={
        "a": "Only dout minus its average under s counts, and that difference is 0 here.",
        "c": "The probabilities of a row sum to 1 whatever Z is, so they cannot all grow at once.",
    },
)
