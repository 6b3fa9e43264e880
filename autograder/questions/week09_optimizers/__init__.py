"""Week 09: optimizers with memory, from momentum to Lion, as pure functions with explicit state.

The references are Keras's own optimizers, applied once for each gradient to variables of the
inputs' dtype. Keras converts momentum, betas, decay and learning rate to float32, so every case
uses values that float32 represents exactly.
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
    "recipe_step",
    "self_check",
)

WRITTEN = (
    Written(
        "why_memory_helps",
        points=20,
        rubric="6 points: in a ravine one learning rate has to serve a steep and a flat "
        "direction. 6 points: momentum adds up what stays the same and cancels what alternates. 4 "
        "points: Adam divides by the size of recent gradients, so that all weights move at a "
        "similar pace. 4 points: at least one price (memory, one more hyperparameter to choose, "
        "overshooting, noise near the end).",
    ),
)
