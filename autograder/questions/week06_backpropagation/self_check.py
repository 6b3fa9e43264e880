"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.define import choice

passes_for_all_slopes = choice(
    "passes_for_all_slopes",
    points=2.5,
    correct="a",
    wrong={
        "b": "That is the bill for central differences, two forward passes a weight; the chain "
        "rule reuses the blame of the layer behind.",
        "c": "A loop over the weights would be needed only if each slope were found on its own.",
    },
)

blame_at_a_fork = choice(
    "blame_at_a_fork",
    points=2.5,
    correct="c",
    wrong={
        "a": "Slopes are multiplied along one path; the two uses are two different paths.",
        "b": "The larger one alone would ignore that the other use moves the loss as well.",
    },
)

order_of_the_bill = choice(
    "order_of_the_bill",
    points=2.5,
    correct="b",
    wrong={
        "a": "The first layer's blame is made from that of the layers behind it, which does not "
        "exist yet.",
        "c": "Blame that has not arrived cannot be passed on, so the order matters.",
    },
)

gradient_check_at_a_corner = choice(
    "gradient_check_at_a_corner",
    points=2.5,
    correct="b",
    wrong={
        "a": "An error of 0.5 is no rounding error; rounding alone gives about 1e-10 here.",
        "c": "A smaller step still stands with one foot on either side of the corner, and the "
        "quotient stays at one half.",
    },
)
