"""Figures of the lessons, as functions of arrays. Importing it loads no Matplotlib."""

from course_lib.plots.bends import (
    bends_and_slopes,
    saturation_by_scale,
    slope_products,
    straight_and_bent,
)

__all__ = [
    "bends_and_slopes",
    "saturation_by_scale",
    "slope_products",
    "straight_and_bent",
]
