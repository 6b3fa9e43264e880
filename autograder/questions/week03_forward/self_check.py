"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.choice import choice

weights_and_biases = choice(
    "weights_and_biases",
    correct="c7cc5f069103",
    wrong={
        "2120dc29d5e1": "16 * 10 counts the weights; each of the 10 outputs has a bias as well.",
        "f4704825bc16": "The 16 inputs are not neurons of this layer and have no biases in it.",
    },
    because="There are 16 weights and a bias for each of 10 units: 10 * (16 + 1) = 170.",
)

shape_of_a_batch = choice(
    "shape_of_a_batch",
    correct="cb472523f0b3",
    wrong={
        "1e32484e3f37": "The batch size does not change: 32 pictures go in, and 32 rows come out.",
        "341416c71038": "64 is the inner size of (32, 64) @ (64, 16); the product sums over that "
        "axis.",
    },
    because=(
        "(32, 64) @ (64, 16): the inner 64 is summed over, one row of 16 sums is left for "
        "each picture."
    ),
)

favourite_picture = choice(
    "favourite_picture",
    correct="6704cbcc4f6d",
    wrong={
        "2e1c57b37ceb": "Ink on negative weights lowers the sum; an all-black picture has ink on "
        "every one of them.",
        "a1ff37836377": "No ink leaves the sum at 0, and ink on positive weights would raise it.",
    },
    because=(
        "Each pixel is multiplied by its weight: ink on positive weights adds, ink on "
        "negative ones takes away."
    ),
)

stricter_gatekeeper = choice(
    "stricter_gatekeeper",
    correct="92517e17ae3b",
    wrong={
        "707f07e87278": "A smaller weight changes how much each pixel counts, and 0 silences the "
        "neuron.",
        "f40ed23d9cce": "A bias of 10 opens the gate at w . x = -10, far too early.",
    },
    because=(
        "It says more than one half where w . x + b > 0, and with b = -10 that is where w . x > 10."
    ),
)
