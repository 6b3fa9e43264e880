"""Week 06: gradients by differences, by the chain rule, and by a small autodiff engine.

Every gradient's reference comes from TensorFlow's own differentiation. A Keras model gives the
network's loss, and tf.GradientTape runs the same expressions as the student's `Value`.
"""

from autograder.questions.define import Written

WEEK = "week06"
TITLE = "The nudge: backpropagation"
POINTS = 100
PARTS = (
    "numerical_gradient",
    "relative_error",
    "relu_backward",
    "sigmoid_backward",
    "tanh_backward",
    "dense_backward",
    "mlp_loss_and_grads",
    "value_arithmetic",
    "value_functions",
    "value_reuse",
    "value_depth",
    "self_check",
)

WRITTEN = (
    Written(
        "why_blame_is_cheap",
        points=20,
        rubric="8 points: the backward pass reuses the blame of the next layer instead of "
        "following every path from the weight to the loss. 6 points: the cost compared, two "
        "passes per weight against about one backward pass for all. 6 points: what has to be kept "
        "from the forward pass (inputs and pre-activations), so the price is memory.",
    ),
)
