"""Week 08: why gradients vanish in a deep network, and how to keep them alive.

Reference gradients come from tf.GradientTape, through Keras models or the residual block's own
sum; the reference for clipping is TensorFlow's clip_by_global_norm.
"""

from autograder.questions.define import Written

WEEK = "week08"
TITLE = "When the nudge dies: vanishing gradients"
POINTS = 100
PARTS = (
    "slope_product",
    "mlp_backward",
    "backward_norms",
    "gradient_health",
    "dead_fraction",
    "residual_forward",
    "residual_backward",
    "residual_pile_grads",
    "clip_by_global_norm",
    "self_check",
)

WRITTEN = (
    Written(
        "why_a_skip_keeps_the_nudge_alive",
        points=20,
        rubric="8 points: in a plain network every layer multiplies the gradient by a slope and a "
        "kernel, so it shrinks or grows like a power of the depth. 8 points: a residual block "
        "adds its branch to its input, so gradients are added too, and dout arrives unchanged "
        "whatever the branch does. 4 points: what clipping does and does not do (it shortens "
        "gradients that are too large and cannot revive one that has vanished).",
    ),
)
