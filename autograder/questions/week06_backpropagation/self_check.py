"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.choice import choice

passes_for_all_slopes = choice(
    "passes_for_all_slopes",
    correct="ae9bcb5d6e37",
    wrong={
        "232c04b17b87": "A loop over the weights would only be needed if each slope were computed "
        "separately.",
        "980742e013b7": "Central differences would need that, two forward passes per weight; the "
        "chain rule reuses the gradient of the next layer.",
    },
    because=(
        "The bill of a later layer is worked out once and used by all layers before it, so "
        "one walk back pays all weights."
    ),
)

blame_at_a_fork = choice(
    "blame_at_a_fork",
    correct="0b5ca2826f77",
    wrong={
        "564a21dc89a9": "The larger one alone would ignore that the other use affects the loss "
        "too.",
        "97976c45f323": "Slopes are multiplied along one path; the two uses are two different "
        "paths.",
    },
    because=(
        "The value acts on the loss along two paths, and what it does along each of them adds"
        " up: 3 + (-1) = 2."
    ),
)

order_of_the_bill = choice(
    "order_of_the_bill",
    correct="9ca000c6a1c8",
    wrong={
        "8558a5089685": "Blame that has not arrived cannot be passed on, so the order matters.",
        "9e197ab68974": "The first layer's blame is computed from that of the layers after it, "
        "which does not exist yet.",
    },
    because=(
        "A layer's bill is made from the bill of the layer after it, and the loss stands at "
        "the end."
    ),
)

gradient_check_at_a_corner = choice(
    "gradient_check_at_a_corner",
    correct="45255f882e7a",
    wrong={
        "4f1851bd9625": "With a smaller step the two points are still on either side of the "
        "corner, so the quotient stays at one half.",
        "b85890910caa": "An error of 0.5 is not a rounding error; rounding gives only about 1e-10 "
        "here.",
    },
    because=(
        "One step sees the slope 1 and the other the slope 0, and a central difference "
        "returns their average."
    ),
)
