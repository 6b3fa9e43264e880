"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.define import choice

steps_in_an_epoch = choice(
    "steps_in_an_epoch",
    points=2.5,
    correct="c",
    wrong={
        "a": "44 batches are full; the examples that are left over make one more.",
        "b": "32 is the size of a batch; the number of batches is about 1437 / 32.",
    },
)

noise_of_a_batch = choice(
    "noise_of_a_batch",
    points=2.5,
    correct="b",
    wrong={
        "a": "The scatter of a mean falls with the square root of its number of terms.",
        "c": "A mean over more examples scatters less, whatever the learning rate is.",
    },
)

loss_that_jumps = choice(
    "loss_that_jumps",
    points=2.5,
    correct="a",
    wrong={
        "b": "A rate that is too low gives a loss that falls slowly and does not jump up.",
        "c": "A larger batch scatters less; a loss that grows to nan comes from steps too long.",
    },
)

middle_of_the_cosine = choice(
    "middle_of_the_cosine",
    points=2.5,
    correct="b",
    wrong={
        "a": "cos(pi / 2) is 0, so that half of the way from lr_min to lr is left, not nothing.",
        "c": "Before the middle the rate has fallen slowly, but it has fallen.",
    },
)
