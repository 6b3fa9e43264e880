"""Week 05: losses for numbers, for classes, for yes or no, and one designed from a story.

Every loss is one number, a mean; every gradient is the gradient of that mean. References are
Keras's own losses in the dtype of their inputs, differentiated by tf.GradientTape.
"""

from autograder.questions.define import Written

WEEK = "week05"
TITLE = "Losses: how wrong"
POINTS = 100
PARTS = (
    "mse",
    "log_softmax",
    "softmax_cross_entropy",
    "softmax_cross_entropy_grad",
    "binary_cross_entropy",
    "lunch_loss",
    "lunch_loss_grad",
    "self_check",
)

WRITTEN = (
    Written(
        "why_cross_entropy",
        points=20,
        rubric="6 points: the squared error of a probability reaches the logit only through the "
        "bend's slope, 2 (p - y) p (1 - p), which is nearly 0 when the robot is sure. 6 points: "
        "cross-entropy gives the logit p - y, which is largest exactly when it is sure and wrong. "
        "4 points: a number for each at the same place (at z = -8 with y = 1 about 0.0007 against "
        "1). 4 points: why the count of mistakes cannot be used, or why the loss is computed from "
        "logits and not from probabilities.",
    ),
)
