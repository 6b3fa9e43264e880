"""Week 10: regularization, against learning by heart.

Draws are judged by what can be said of them for certain (see `draws`); Keras' own layers,
regularizers, optimizers and callbacks say what is right.
"""

from autograder.questions.define import Written

WEEK = "week10"
TITLE = "Keeping the pile honest: regularization"
POINTS = 100
PARTS = (
    "diagnose_fit",
    "l2_penalty",
    "l2_grads",
    "decoupled_decay",
    "dropout_forward",
    "dropout_backward",
    "early_stopping_epoch",
    "keep_best",
    "horizontal_flip",
    "add_noise",
    "random_shift",
    "self_check",
)

WRITTEN = (
    Written(
        "which_tools_and_why",
        points=10,
        rubric="3 points: reads the two losses as overfitting, by their gap. 5 points: two fitting "
        "tools and, for each, how it makes learning by heart harder. 2 points: one tool that would "
        "do harm here, with the reason.",
    ),
)
