"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.define import choice

which_disease = choice(
    "which_disease",
    points=2.5,
    correct="c",
    wrong={
        "a": "With a training loss of 1.9 the robot is not yet good at what it has seen; dropout "
        "makes that harder still.",
        "b": "Early stopping cuts off learning, and this robot has learned too little.",
    },
)

dropout_at_test_time = choice(
    "dropout_at_test_time",
    points=2.5,
    correct="b",
    wrong={
        "a": "Inverted dropout has divided while training, so that nothing is left to be scaled.",
        "c": "With rules missing at random, one picture would get a different answer each time.",
    },
)

flipped_digits = choice(
    "flipped_digits",
    points=2.5,
    correct="a",
    wrong={
        "b": "Flipped pictures are new pictures; what is wrong with some of them is their label.",
        "c": "The network could learn both ways of writing; but a mirrored 2 is no longer a 2 to "
        "any reader.",
    },
)

where_the_peak_is = choice(
    "where_the_peak_is",
    points=2.5,
    correct="b",
    wrong={
        "a": "With far more features than pictures the error falls again; that is the second "
        "descent.",
        "c": "With few features the line cannot follow wrong labels, so it does not have to bend.",
    },
)
