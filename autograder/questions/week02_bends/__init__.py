"""Week 02: the bends (activations), their slopes, and softmax with its backward pass.

Every reference is Keras's own activation in the dtype of its input, and every slope comes from
tf.GradientTape. Slopes take the pre-activation z, never the activation's value.
"""

from autograder.questions.define import Written

WEEK = "week02"
TITLE = "Bends"
POINTS = 100
PARTS = (
    "sigmoid",
    "tanh",
    "relu",
    "gelu",
    "leaky_relu_grad",
    "silu_grad",
    "softmax",
    "designed_bend",
    "self_check",
)

WRITTEN = (
    Written(
        "why_bends",
        20,
        "6 points: without bends two layers are one, "
        "(X W1 + b1) W2 + b2 = X (W1 W2) + (b1 W2 + b2), so depth adds nothing. "
        "4 points: a bend is not a straight line, so the product can no longer be merged (XOR or "
        "another example). "
        "6 points: a nudge is multiplied by one slope at every bend it passes; ten sigmoids at "
        "their best give 0.25^10, about 1e-6, so the first layers hardly move. "
        "4 points: names a bend that keeps the product alive and what it costs (ReLU: slope 1 on "
        "the positive side, but exactly 0 on the negative one).",
    ),
)
