"""Week 08: why a nudge dies on its way through a deep pile, and how to keep it alive.

Every gradient's reference comes from tf.GradientTape, through Keras models or the very sum that a
residual block is; clipping from TensorFlow's own clip_by_global_norm.
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
    "clip_by_global_norm",
    "self_check",
)

WRITTEN = (
    Written(
        "why_a_skip_keeps_the_nudge_alive",
        points=10,
        rubric="4 points: in a plain pile the blame is multiplied by a slope and a kernel in every "
        "layer, so it shrinks or grows like a power of the depth. 4 points: a residual block adds "
        "its branch to its input, so the blame is added too, and dout arrives as it is whatever "
        "the branch does. 2 points: what clipping does and does not do (it shortens nudges that "
        "are too large and cannot revive one that died).",
    ),
)
