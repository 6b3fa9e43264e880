"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.define import choice

passes_for_all_slopes = choice(
    "passes_for_all_slopes",
    points=2.5,
    correct="a",
    wrong={
        "b": "Central differences would need that, two forward passes per weight; the chain rule "
        "reuses the gradient of the next layer.",
        "c": "A loop over the weights would only be needed if each slope were computed separately.",
    },
)

blame_at_a_fork = choice(
    "blame_at_a_fork",
    points=2.5,
    correct="c",
    wrong={
        "a": "Slopes are multiplied along one path; the two uses are two different paths.",
        "b": "The larger one alone would ignore that the other use affects the loss too.",
    },
)

order_of_the_bill = choice(
    "order_of_the_bill",
    points=2.5,
    correct="b",
    wrong={
        "a": "The first layer's blame is computed from that of the layers after it, which does not "
        "exist yet.",
        "c": "Blame that has not arrived cannot be passed on, so the order matters.",
    },
)

gradient_check_at_a_corner = choice(
    "gradient_check_at_a_corner",
    points=2.5,
    correct="b",
    wrong={
        "a": "An error of 0.5 is not a rounding error; rounding gives only about 1e-10 here.",
        "c": "With a smaller step the two points are still on either side of the corner, so the "
        "quotient stays at one half.",
    },
)
