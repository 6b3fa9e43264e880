"""Figures of the lessons, as functions of arrays. Importing it loads no Matplotlib."""

from course_lib.plots.bends import (
    bends_and_slopes,
    saturation_by_scale,
    slope_products,
    straight_and_bent,
)
from course_lib.plots.blame import blame_graph, falling_loss, gradient_check
from course_lib.plots.descent import (
    answers_to_digits,
    losses_by_epoch,
    paths_on_surface,
    schedules,
)
from course_lib.plots.forward import (
    gatekeeper,
    one_picture_through,
    times_by_size,
    weight_masks,
)
from course_lib.plots.losses import confidently_wrong, lines_and_outlier
from course_lib.plots.normalization import accuracy_by_batch_size, output_by_company
from course_lib.plots.perceptron import decision_lines, price_guesses, rule_as_picture

__all__ = [
    "answers_to_digits",
    "losses_by_epoch",
    "paths_on_surface",
    "schedules",
    "accuracy_by_batch_size",
    "output_by_company",
    "blame_graph",
    "falling_loss",
    "gradient_check",
    "gatekeeper",
    "one_picture_through",
    "times_by_size",
    "weight_masks",
    "bends_and_slopes",
    "decision_lines",
    "price_guesses",
    "rule_as_picture",
    "confidently_wrong",
    "lines_and_outlier",
    "saturation_by_scale",
    "slope_products",
    "straight_and_bent",
]
