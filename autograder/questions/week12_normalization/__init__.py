"""Week 12: batch normalization and layer normalization, forward, backward and at test time.

The references are Keras's own layers, run in the dtype of the inputs; gradients come from
tf.GradientTape.
"""

from autograder.questions.define import Written

WEEK = "week12"
TITLE = "Batch norm against layer norm"
POINTS = 100
PARTS = (
    "batchnorm_start",
    "batchnorm_inference",
    "batchnorm_forward",
    "batchnorm_over_batches",
    "batchnorm_nodes",
    "normalize_backward",
    "batchnorm_backward",
    "layernorm_forward",
    "layernorm_backward",
    "fold_batchnorm_into_dense",
    "self_check",
)

WRITTEN = (
    Written(
        "why_two_norms",
        points=20,
        rubric="8 points: batch norm measures each feature over the examples of a batch, layer "
        "norm each example over its features. 6 points: the consequences for small batches and "
        "for test time (noise, running averages, two modes; layer norm has none of them). 6 "
        "points: a reasoned choice for each of the two tasks.",
    ),
)
