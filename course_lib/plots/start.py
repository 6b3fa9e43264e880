"""Figure of week 00: some of the pictures that the robot will look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from course_lib.plots.style import figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from course_lib.gradients import Array


def gallery(pictures: Mapping[str, Array], columns: int = 5) -> Figure:
    """Pictures in rows, ink black on white paper.

    Args:
        pictures: pictures by title, shape (H, V), in [0, 1].
        columns: number of pictures per row.

    Returns:
        A figure with one panel for each picture.
    """
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    drawing, grid = figure(columns, rows, figsize=(1.5 * columns, 1.75 * rows), squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for axes, (title, picture) in zip(grid.flat, pictures.items(), strict=False):
        # Square pixels this large hide the shape that they make; soft ones show it.
        axes.imshow(picture, cmap="gray_r", vmin=0, vmax=1, interpolation="bicubic")
        axes.set_title(title, fontsize=10)
    for axes in grid.flat[len(pictures) :]:
        axes.remove()
    return drawing
