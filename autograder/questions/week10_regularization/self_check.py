"""The self-check of the week."""

from __future__ import annotations

from autograder.questions.choice import choice

which_disease = choice(
    "which_disease",
    correct="b8b04b27197e",
    wrong={
        "afbefc155f01": "Early stopping cuts training short, and this network has learned too "
        "little.",
        "c0c9845106e6": "With a training loss of 1.9 the network is not yet good at what it has "
        "seen; dropout makes that even harder.",
    },
    because=(
        "A training loss of 1.9 with ten classes is hardly better than guessing, so it "
        "underfits and needs more freedom."
    ),
)

dropout_at_test_time = choice(
    "dropout_at_test_time",
    correct="1fb7cef51f51",
    wrong={
        "9f26023afb0e": "If units were dropped at random, the same picture would get a different "
        "answer each time.",
        "ea43dd997759": "Inverted dropout has already divided by 0.7 during training, so nothing "
        "is left to scale.",
    },
    because=(
        "The division by 0.7 while training has set the size right already, so nothing is "
        "left to do."
    ),
)

flipped_digits = choice(
    "flipped_digits",
    correct="a44166eb7194",
    wrong={
        "5c53b8a825ed": "Flipped pictures are new pictures; the problem is that some no longer "
        "match their label.",
        "e0b6957e1d7d": "The network could learn both shapes; but no reader would take a mirrored "
        "2 for a 2.",
    },
    because="A change is allowed if the label stays true, and a mirrored 2 is no longer a 2.",
)

where_the_peak_is = choice(
    "where_the_peak_is",
    correct="45902603ffb3",
    wrong={
        "22e74ab0b7f8": "With few features the model cannot fit the wrong labels, so the error "
        "has no peak yet.",
        "35c70a266e5b": "With far more features than pictures the error falls again; that is the "
        "second descent.",
    },
    because=(
        "The peak lies where there are about as many features as pictures, so that just one "
        "exact fit exists."
    ),
)
