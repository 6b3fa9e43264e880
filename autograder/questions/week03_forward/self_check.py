"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.define import choice

weights_and_biases = choice(
    "weights_and_biases",
    points=2.5,
    correct="b",
    wrong={
        "a": "16 * 10 counts the weights; each of the 10 outputs has a bias as well.",
        "c": "The 16 inputs are not neurons of this layer and have no biases in it.",
    },
)

shape_of_a_batch = choice(
    "shape_of_a_batch",
    points=2.5,
    correct="c",
    wrong={
        "a": "The batch size does not change: 32 pictures go in, and 32 rows come out.",
        "b": "64 is the inner size of (32, 64) @ (64, 16); the product sums over that axis.",
    },
)

favourite_picture = choice(
    "favourite_picture",
    points=2.5,
    correct="a",
    wrong={
        "b": "Ink on negative weights lowers the sum; an all-black picture has ink on "
        "every one of them.",
        "c": "No ink leaves the sum at 0, and ink on positive weights would raise it.",
    },
)

stricter_gatekeeper = choice(
    "stricter_gatekeeper",
    points=2.5,
    correct="c",
    wrong={
        "a": "A bias of 10 opens the gate at w . x = -10, far too early.",
        "b": "A smaller weight changes how much each pixel counts, and 0 silences the neuron.",
    },
)
