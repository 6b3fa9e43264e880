"""Any curve from ReLU units: universal approximation by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.run_network import relu_outputs

PLACES = 13
"""The number of points at which the network is compared with the curve."""


@question(points=12)
def piecewise_linear_network(waves: Array, kink: Array, a: float, b: float, width: int) -> Any:
    """A network with one hidden layer that follows a curve, judged by running it.

    A student's function receives f, a, b and width, and returns W1 (1, width), b1 (width,),
    W2 (width, 1), b2 (1,) of the network relu(x W1 + b1) W2 + b2. With L the curve's steepest
    slope, the network may depart from it by at most L (b - a) / width between a and b; straight
    lines between width + 1 equally spaced points depart by at most half of that.

    Args:
        waves: amplitude, frequency and phase of each of J sines, shape (J, P), float64.
        kink: f also contains height * |x - place| + offset; these three numbers, float64.
        a: left end.
        b: right end.
        width: how many hidden units.

    Returns:
        The number of units, and f itself at equally spaced places: the network's own values
        there where it departs too far.

    Source: Cybenko 1989 and Leshno et al. 1993 say that such a network exists for any width that
        is large enough; f by keras.ops.
    """
    from keras import ops

    x = np.linspace(a, b, PLACES, dtype=waves.dtype)[:, None]
    height = ops.sum(waves[:, 0] * ops.sin(waves[:, 1] * x + waves[:, 2]), axis=1)
    return {
        "units": np.array(width),
        "values": height + kink[0] * ops.abs(ops.convert_to_tensor(x[:, 0]) - kink[1]) + kink[2],
    }


@piecewise_linear_network.driver
def _(
    piecewise_linear_network: Any, waves: Array, kink: Array, a: float, b: float, width: int
) -> Any:
    def f(x: Any) -> Any:
        x = np.asarray(x)
        height = np.sum(waves[:, 0] * np.sin(waves[:, 1] * x[..., None] + waves[:, 2]), axis=-1)
        return height + kink[0] * np.abs(x - kink[1]) + kink[2]

    return piecewise_linear_network(f, float(a), float(b), int(width))


@piecewise_linear_network.measure
def _(parameters: Any, waves: Array, kink: Array, a: float, b: float, width: int) -> Any:
    W1, b1, W2, b2 = (np.asarray(part, float) for part in parameters)
    units = W1.size
    if units > 10 * width:
        raise ValueError(f"the network has {units} hidden units, expected {width}")
    # A kernel may be given as a row or a column of numbers, and a bias as a number.
    W1, b1, W2 = W1.reshape(1, units), b1.reshape(units), W2.reshape(units, 1)

    def f(x: Array) -> Array:
        height = np.sum(waves[:, 0] * np.sin(waves[:, 1] * x[:, None] + waves[:, 2]), axis=1)
        return np.asarray(height + kink[0] * np.abs(x - kink[1]) + kink[2])

    def network(x: Array) -> Array:
        return relu_outputs(x[:, None], [W1, W2], [b1, b2.reshape(1)])[:, 0]

    steepest = np.sum(np.abs(waves[:, 0] * waves[:, 1])) + abs(kink[0])
    everywhere, shown = np.linspace(a, b, 1001), np.linspace(a, b, PLACES)
    near = np.abs(network(everywhere) - f(everywhere)) <= steepest * (b - a) / width
    return {"units": units, "values": f(shown) if near.all() else network(shown)}


def drawn(rng: Rng, J: int, ends: tuple[float, float], width: int) -> Inputs:
    waves = [rng.uniform(1, 2, J), rng.uniform(1, 3, J), rng.uniform(0, 6, J)]
    a, b = ends
    return {
        "waves": np.stack(waves, axis=1),
        # Far from 0, so that a network which starts at height 0 departs too far.
        "kink": np.array([rng.uniform(2, 4), rng.uniform(a, b), rng.uniform(20, 30)]),
        "a": a,
        "b": b,
        "width": width,
    }


@piecewise_linear_network.case("many-units", weight=2)
def _(rng: Rng) -> Inputs:
    return drawn(rng, 4, (float(rng.uniform(-3, -2)), 3.0), 60)


@piecewise_linear_network.case("few-units", weight=2)
def _(rng: Rng) -> Inputs:
    return drawn(rng, 4, (2.0, float(rng.uniform(5, 6))), 12)


def knots_and_slopes(f: Any, a: float, b: float, width: int) -> tuple[Array, Array]:
    """The left ends of the pieces and their slopes, each of shape (width,)."""
    knots = np.linspace(a, b, width + 1)
    return knots[:-1], np.diff(f(knots)) / np.diff(knots)


@piecewise_linear_network.alternative("bent-from-the-right")
def _(f: Any, a: float, b: float, width: int) -> Any:
    knots = np.linspace(b, a, width + 1)
    slopes = np.diff(f(knots)) / (knots[0] - knots[1])
    return (
        -np.ones((1, width)),
        knots[:-1],
        np.diff(slopes, prepend=0.0)[:, None],
        np.array([f(b)]),
    )


@piecewise_linear_network.alternative("one-piece-less-and-lists")
def _(f: Any, a: float, b: float, width: int) -> Any:
    knots, slopes = knots_and_slopes(f, a, b, width - 1)
    changes = np.diff(slopes, prepend=0.0)
    return [1.0] * (width - 1) + [0.0], [*-knots, 0.0], [*changes, 0.0], float(f(a))


@piecewise_linear_network.mistake("slopes-instead-of-their-changes")
def _(f: Any, a: float, b: float, width: int) -> Any:
    """All units with knots to the left of x stay active, so each adds only the *change* of slope.

    If a unit gets the whole slope of its own piece, it adds to those before it, and the curve gets
    steeper from piece to piece.

    Check: for f(x) = x, every output weight except the first should be 0.
    """
    knots, slopes = knots_and_slopes(f, a, b, width)
    return np.ones((1, width)), -knots, slopes[:, None], np.array([f(a)])


@piecewise_linear_network.mistake("start-height-missing")
def _(f: Any, a: float, b: float, width: int) -> Any:
    """At x = a every unit is still 0, so the last bias alone has to be f(a).

    Here the network starts at 0, and the whole curve is too low or too high by a constant.

    Check: the network's output at a should be f(a).
    """
    knots, slopes = knots_and_slopes(f, a, b, width)
    return np.ones((1, width)), -knots, np.diff(slopes, prepend=0.0)[:, None], np.zeros(1)


@piecewise_linear_network.mistake("knots-on-the-wrong-side")
def _(f: Any, a: float, b: float, width: int) -> Any:
    """relu(x + bias) has its knot at x = -bias; here the bias has the opposite sign.

    The knots are then mirrored to the other side of 0.

    Check: the first hidden unit should be 0 at x = a and positive just to the right of it.
    """
    knots, slopes = knots_and_slopes(f, a, b, width)
    return np.ones((1, width)), knots, np.diff(slopes, prepend=0.0)[:, None], np.array([f(a)])


@piecewise_linear_network.mistake("knots-between-zero-and-one")
def _(f: Any, a: float, b: float, width: int) -> Any:
    """The knots should lie between a and b; here they lie between 0 and 1.

    The network follows the curve there and runs straight on everywhere else.

    Check: print the first and the last knot; they should be a and one piece to the left of b.
    """
    knots, slopes = knots_and_slopes(f, 0.0, 1.0, width)
    return np.ones((1, width)), -knots, np.diff(slopes, prepend=0.0)[:, None], np.array([f(0.0)])


@piecewise_linear_network.mistake("rise-instead-of-slope")
def _(f: Any, a: float, b: float, width: int) -> Any:
    """A slope is rise over run; here the rise of each piece is not divided by its width.

    With pieces narrower than 1 the curve comes out too flat, by the factor of their width.

    Check: for f(x) = x the first output weight should be 1, whatever the width.
    """
    knots = np.linspace(a, b, width + 1)
    rises = np.diff(f(knots))
    weights = np.diff(rises, prepend=0.0)[:, None]
    return np.ones((1, width)), -knots[:-1], weights, np.array([f(a)])


@piecewise_linear_network.mistake("heights-as-weights")
def _(f: Any, a: float, b: float, width: int) -> Any:
    """A unit adds a slope, not a height: relu grows forever to the right of its knot.

    The weights f(knot) would be right for bumps that end again. Two units make a ramp, and three
    make a bump.

    Check: for a constant f, every output weight should be 0.
    """
    knots, _ = knots_and_slopes(f, a, b, width)
    return np.ones((1, width)), -knots, f(knots)[:, None], np.array([f(a)])


@piecewise_linear_network.mistake("more-units-than-allowed")
def _(f: Any, a: float, b: float, width: int) -> Any:
    """The network may have `width` hidden units; here it has twice as many.

    More units always follow the curve more closely; the question is how well a fixed number can do.

    Check: W1.shape should be (1, width).
    """
    knots, slopes = knots_and_slopes(f, a, b, 2 * width)
    weights = np.diff(slopes, prepend=0.0)[:, None]
    return np.ones((1, 2 * width)), -knots, weights, np.array([f(a)])
