"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.define import choice

hundred_times_larger = choice(
    "hundred_times_larger",
    points=2.5,
    correct="b",
    wrong={
        "a": "For the loss to be divided by 100, the exponent would have to be 1; here it is 0.5.",
        "c": "50 is 0.5 times 100, but 0.5 is an exponent, not a factor.",
    },
)

line_that_bends = choice(
    "line_that_bends",
    points=2.5,
    correct="c",
    wrong={
        "a": "A larger exponent is a steeper line, but a straight one.",
        "b": "A different unit for N shifts the whole line sideways and leaves it straight.",
    },
)

tokens_in_four_epochs = choice(
    "tokens_in_four_epochs",
    points=2.5,
    correct="a",
    wrong={
        "b": "10 billion is the number of different tokens; every pass over them costs compute.",
        "c": "Four passes read the tokens four times: a product, not a power.",
    },
)

model_for_a_billion_users = choice(
    "model_for_a_billion_users",
    points=2.5,
    correct="c",
    wrong={
        "a": "20 tokens per parameter minimize the training cost; here the cost of use is larger.",
        "b": "A larger model needs fewer training tokens, but costs more for every token in use.",
    },
)
