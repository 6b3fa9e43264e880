"""Week 07: batches, steps, the training loop, learning-rate schedules, and two trained networks.

Steps and schedules come from keras.optimizers. Shuffling is judged by laws that hold for any
order, and a trained network by running its parameters on the grader's side.
"""

from autograder.questions.define import Written

WEEK = "week07"
TITLE = "Nudging in batches: SGD"
POINTS = 100
PARTS = (
    "minibatch_indices",
    "sgd_step",
    "accuracy",
    "train",
    "train_in_new_orders",
    "decays",
    "cosines",
    "train_xor",
    "train_digits",
    "self_check",
)

WRITTEN = (
    Written(
        "why_small_batches",
        points=20,
        rubric="8 points: the gradient of a random batch is right on average, and its scatter "
        "shrinks only with the square root of the batch size while its cost grows in proportion. "
        "6 points: so many rough steps beat a few exact ones for the same number of examples, with "
        "numbers from the experiment. 6 points: near the end the scatter keeps the weights moving "
        "around, which a smaller learning rate (a schedule) or a larger batch reduces.",
    ),
)
