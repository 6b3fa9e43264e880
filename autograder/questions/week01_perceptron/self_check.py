"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.choice import choice

score_of_a_rule = choice(
    "score_of_a_rule",
    correct="d219e194794c",
    wrong={
        "35e9e1458a17": "The score is exactly 0, and the step says 1 only for scores above 0.",
        "f7b13b866e4f": "The score is 2 * 3 + (-1) * 4 - 2, which is 0; its last term is the bias.",
    },
    because="The score is 3 * 2 + 4 * (-1) - 2 = 0, and the step says 1 only above 0.",
)

xor_after_more_epochs = choice(
    "xor_after_more_epochs",
    correct="6fdc2231808b",
    wrong={
        "0e10841dc04a": "A smaller learning rate scales w and b by one factor, so every label "
        "stays the same.",
        "c4f882c6b3c9": "No w and b are right for all four examples, so more epochs have nothing "
        "to find.",
    },
    because=(
        "The four inequalities of XOR contradict each other, so there are no right w and b to find."
    ),
)

hundred_linear_layers = choice(
    "hundred_linear_layers",
    correct="9230a56ebc16",
    wrong={
        "2d64f65a587d": "Two layers of weighted sums merge too: their kernel is W1 W2.",
        "4744b5cde535": "Neighbours merge in pairs, (X W1 + b1) W2 + b2 = X W + b, until one "
        "remains.",
    },
    because="X W1 W2 ... W100 is X times one kernel, and the biases merge into one bias as well.",
)

price_step_too_long = choice(
    "price_step_too_long",
    correct="7cf10b486767",
    wrong={
        "0927b567ca43": "Every nudge goes against the slope, so a larger lr makes it longer, not "
        "shorter.",
        "0c6daf28b7dc": "The slope gives the direction only; if lr is too large, the nudge "
        "overshoots.",
    },
    because=(
        "Each nudge jumps over the floor of the valley and lands higher on the other side, "
        "where the slope is steeper."
    ),
)
