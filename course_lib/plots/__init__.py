"""Figures of the lessons, as functions of arrays. Importing it loads no Matplotlib."""

from course_lib.plots.bends import (
    bends_and_slopes as bends_and_slopes,
)
from course_lib.plots.bends import (
    saturation_by_scale as saturation_by_scale,
)
from course_lib.plots.bends import (
    slope_products as slope_products,
)
from course_lib.plots.bends import (
    straight_and_bent as straight_and_bent,
)
