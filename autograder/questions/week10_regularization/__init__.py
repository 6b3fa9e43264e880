"""Week 10: regularization, against memorizing the training set.

Random draws are judged by properties that always hold (see `draws`); the references are Keras's
own layers, regularizers, optimizers and callbacks.
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
    "random_shift",
    "choose_penalty",
    "self_check",
)

WRITTEN = (
    Written(
        "which_tools_and_why",
        points=20,
        rubric="6 points: reads the two losses as overfitting, by their gap. 10 points: two "
        "suitable tools and, for each, how it makes memorizing harder. 4 points: one tool that "
        "would do harm here, with the reason.",
    ),
)
