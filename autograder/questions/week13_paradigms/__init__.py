"""Week 13: labels that nobody wrote: from text, from pairs, from rewards and from preferences.

Every loss is one number, a mean, and every gradient is the gradient of that mean. References are
Keras's losses and operations in the dtype of their inputs, differentiated by tf.GradientTape.
"""

from autograder.questions.define import Written

WEEK = "week13"
TITLE = "Where labels come from: learning paradigms"
POINTS = 100
PARTS = (
    "next_token_pairs",
    "mask_tokens",
    "cosine_similarity_matrix",
    "info_nce",
    "info_nce_grad",
    "clip_loss",
    "discounted_returns",
    "policy_gradient",
    "dpo_loss",
    "self_check",
)

WRITTEN = (
    Written(
        "where_labels_come_from",
        points=20,
        rubric="8 points: for each of the three robots a suitable source of labels (text itself; "
        "pairs of pictures or picture and caption; reward at the end or comparisons of two "
        "answers), 2 each and 2 for naming what plays the part of the label. 6 points: which of "
        "this week's losses goes with it. 6 points: for each, one thing that this source cannot "
        "teach, or that can go wrong (it only imitates; wrong negatives or views that destroy the "
        "content; a late reward says little about a single move, or the robot drifts from the "
        "reference).",
    ),
)
