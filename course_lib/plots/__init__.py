"""Figures of the lessons, as functions of arrays. Importing it loads no Matplotlib."""

from course_lib.plots.bends import (
    bends_and_slopes,
    saturation_by_scale,
    slope_products,
    straight_and_bent,
)
from course_lib.plots.blame import blame_graph, falling_loss, gradient_check
from course_lib.plots.normalization import accuracy_by_batch_size, output_by_company

__all__ = [
    "accuracy_by_batch_size",
    "output_by_company",
    "blame_graph",
    "falling_loss",
    "gradient_check",
    "bends_and_slopes",
    "saturation_by_scale",
    "slope_products",
    "straight_and_bent",
]
