"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.define import choice

hundred_times_larger = choice(
    "hundred_times_larger",
    points=2.5,
    correct="b",
    wrong={
        "a": "A loss divided by 100 would need the exponent 1; here it is 0.5.",
        "c": "50 is 0.5 times 100, but the exponent is a power: the divisor is 100^0.5.",
    },
)

line_that_bends = choice(
    "line_that_bends",
    points=2.5,
    correct="c",
    wrong={
        "a": "A larger exponent is a steeper line, but a straight one.",
        "b": "The unit of N moves the whole line sideways and leaves it straight.",
    },
)

tokens_in_four_epochs = choice(
    "tokens_in_four_epochs",
    points=2.5,
    correct="a",
    wrong={
        "b": "10 billion are the different tokens; the bill is paid for every pass over them.",
        "c": "Four passes read the tokens four times: a product, not a power.",
    },
)

model_for_a_billion_users = choice(
    "model_for_a_billion_users",
    points=2.5,
    correct="c",
    wrong={
        "a": "20 tokens a parameter make the training bill smallest; the bill for use is larger "
        "here.",
        "b": "A larger model needs fewer tokens in training, but costs more for every token in "
        "use.",
    },
)
