"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.choice import choice

steps_in_an_epoch = choice(
    "steps_in_an_epoch",
    correct="9ae8b634f1e3",
    wrong={
        "25ab64871557": "32 is the size of a batch; the number of batches is about 1437 / 32.",
        "c67fac57c4af": "44 batches are full; the examples left over make one more.",
    },
    because=(
        "44 batches of 32 are 1,408 examples, and the 29 that are left make a last, short batch."
    ),
)

noise_of_a_batch = choice(
    "noise_of_a_batch",
    correct="e367335cf583",
    wrong={
        "1336b9085f68": "The scatter of a mean falls with the square root of the number of terms.",
        "eb61e21be350": "A mean over more examples scatters less, whatever the learning rate is.",
    },
    because=(
        "A mean of B independent numbers scatters by 1 / sqrt(B) as much, and the square root"
        " of 4 is 2."
    ),
)

loss_that_jumps = choice(
    "loss_that_jumps",
    correct="157100f0cc17",
    wrong={
        "02c6b01c4f37": "With too low a rate the loss falls slowly; it does not jump up.",
        "c92e19d1e9a4": "A larger batch scatters less; a loss that grows to nan means the steps "
        "are too long.",
    },
    because=(
        "The steps are so long that each lands higher on the other side of the valley; "
        "shorter ones stay inside."
    ),
)

middle_of_the_cosine = choice(
    "middle_of_the_cosine",
    correct="a5540159b9a3",
    wrong={
        "cbb8b50c9eaa": "cos(pi / 2) is 0, so the rate is halfway between lr_min and lr, not at "
        "lr_min.",
        "fb9d6bb47603": "In the first half the rate falls slowly at first, but it does fall.",
    },
    because=(
        "The cosine of a right angle is 0, so one half of the way from 0.4 to 0.2 has been walked."
    ),
)
