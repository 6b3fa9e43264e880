"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.define import choice

steps_in_an_epoch = choice(
    "steps_in_an_epoch",
    points=2.5,
    correct="c",
    wrong={
        "a": "44 batches are full; the examples left over make one more.",
        "b": "32 is the size of a batch; the number of batches is about 1437 / 32.",
    },
)

noise_of_a_batch = choice(
    "noise_of_a_batch",
    points=2.5,
    correct="b",
    wrong={
        "a": "The scatter of a mean falls with the square root of the number of terms.",
        "c": "A mean over more examples scatters less, whatever the learning rate is.",
    },
)

loss_that_jumps = choice(
    "loss_that_jumps",
    points=2.5,
    correct="a",
    wrong={
        "b": "With too low a rate the loss falls slowly; it does not jump up.",
        "c": "A larger batch scatters less; a loss that grows to nan means the steps are too long.",
    },
)

middle_of_the_cosine = choice(
    "middle_of_the_cosine",
    points=2.5,
    correct="b",
    wrong={
        "a": "cos(pi / 2) is 0, so the rate is halfway between lr_min and lr, not at lr_min.",
        "c": "In the first half the rate falls slowly at first, but it does fall.",
    },
)
