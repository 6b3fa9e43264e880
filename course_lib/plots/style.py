"""The course's one Matplotlib style: colour-blind safe, and readable when printed in grey.

Every line differs from its neighbour in three ways at once: hue, lightness and dashes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#56B4E9", "#E69F00")
"""Okabe and Ito's palette, in the order in which lines take it: blue, vermilion, green, ..."""

DASHES: tuple[Any, ...] = (
    "-",
    (0, (6, 2)),
    (0, (1, 1.5)),
    (0, (6, 2, 1, 2)),
    "-",
    (0, (3, 2)),
    (0, (9, 2, 1, 2, 1, 2)),
)
"""One line style for each colour."""

GREY = "#999999"
"""For everything that is not data: axes, thresholds, annotations."""


def plain_numbers(*scales: Any) -> None:
    """Mark logarithmic scales at 1, 2 and 5 times each power of ten, in plain numbers.

    Args:
        *scales: `axes.xaxis` or `axes.yaxis` of panels whose numbers are short when written out.
    """
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    for scale in scales:
        scale.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        scale.set_minor_locator(NullLocator())
        scale.set_major_formatter(FuncFormatter(lambda number, _: f"{number:,g}"))


def figure(ncols: int = 1, nrows: int = 1, **kw: Any) -> tuple[Figure, Any]:
    """A figure in the course's style.

    Args:
        ncols: panels side by side.
        nrows: panels one above the other.
        **kw: passed on to `matplotlib.pyplot.subplots`.

    Returns:
        The figure, and one axes object or an array of them, as `subplots` returns them.
    """
    import matplotlib.pyplot as plt
    import numpy as np
    from cycler import cycler

    kw.setdefault("figsize", (4.2 * ncols, 3.2 * nrows))
    drawing, axes = plt.subplots(nrows, ncols, **{"layout": "constrained", "dpi": 110, **kw})
    cycle = cycler(color=COLORS, linestyle=DASHES, linewidth=[2.0] * len(COLORS))
    # Not rc_context: if the first figure loads Jupyter's backend, leaving the context would disable
    # the display of figures again.
    for panel in np.ravel(axes):
        panel.set_prop_cycle(cycle)
        panel.spines[["top", "right"]].set_visible(False)
        panel.set_axisbelow(True)
        panel.grid(True, color="#E5E5E5")
        panel.tick_params(labelsize=9)
    return drawing, axes
