"""Week 09: optimizers with memory, from momentum to Lion, as pure functions with explicit state.

The references are Keras' own optimizers, applied once for each gradient to variables of the
inputs' dtype. Keras turns momentum, betas, decay and learning rate into float32 on the way, so
every case takes values that float32 holds exactly.
"""

from autograder.questions.define import Written

WEEK = "week09"
TITLE = "Smart nudging: optimizers"
POINTS = 100
PARTS = (
    "momentum_step",
    "nesterov_step",
    "rmsprop_step",
    "adam_step",
    "adamw_step",
    "l2_is_not_decay",
    "lion_step",
    "self_check",
)

WRITTEN = (
    Written(
        "why_memory_helps",
        points=10,
        rubric="3 points: in a ravine one learning rate has to serve a steep and a flat "
        "direction. 3 points: momentum adds up what stays the same and cancels what alternates. "
        "2 points: Adam divides by the size of recent gradients, so that every weight walks at a "
        "similar pace. 2 points: at least one price that is paid (memory, one more number to "
        "choose, overshooting, noise near the end).",
    ),
)
