"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.define import choice

which_disease = choice(
    "which_disease",
    points=2.5,
    correct="c",
    wrong={
        "a": "With a training loss of 1.9 the network is not yet good at what it has seen; "
        "dropout makes that even harder.",
        "b": "Early stopping cuts training short, and this network has learned too little.",
    },
)

dropout_at_test_time = choice(
    "dropout_at_test_time",
    points=2.5,
    correct="b",
    wrong={
        "a": "Inverted dropout has already divided by 0.7 during training, so nothing is left to "
        "scale.",
        "c": "If units were dropped at random, the same picture would get a different answer each "
        "time.",
    },
)

flipped_digits = choice(
    "flipped_digits",
    points=2.5,
    correct="a",
    wrong={
        "b": "Flipped pictures are new pictures; the problem is that some no longer match their "
        "label.",
        "c": "The network could learn both shapes; but no reader would take a mirrored 2 for a 2.",
    },
)

where_the_peak_is = choice(
    "where_the_peak_is",
    points=2.5,
    correct="b",
    wrong={
        "a": "With far more features than pictures the error falls again; that is the second "
        "descent.",
        "c": "With few features the model cannot fit the wrong labels, so the error has no peak "
        "yet.",
    },
)
