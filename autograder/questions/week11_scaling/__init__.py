"""Week 11: scaling laws, from a straight line on log-log axes to the cost of a large model.

keras.ops computes least squares, roots and powers in the dtype of the inputs; Keras counts the
parameters.
"""

from autograder.questions.define import Written

WEEK = "week11"
TITLE = "Scaling laws"
POINTS = 100
PARTS = (
    "parameter_counts",
    "fit_power_law",
    "predict_loss",
    "bet_with_error_bar",
    "fit_power_law_with_floor",
    "total_cost",
    "compute_optimal",
    "self_check",
)

WRITTEN = (
    Written(
        "why_small_models_are_over_trained",
        20,
        "6 points: compute-optimal (about 20 tokens per parameter) is best for the training cost "
        "6 N D alone. 6 points: every token that is served costs about 2 N, so with many served "
        "tokens a smaller N pays back what its longer training costs; the two terms are compared, "
        "with numbers. 4 points: the limit: the loss cannot fall below what the smaller N allows, "
        "1.69 + 406.4 / N^0.34, and D grows without bound near it. 4 points: one honest doubt "
        "about the prediction (extrapolation beyond the measured range, constants fitted to one "
        "data set, data that repeat or run out, loss is not usefulness).",
    ),
)
