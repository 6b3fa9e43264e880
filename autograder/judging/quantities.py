"""What can be computed from a question's inputs without its formula: sizes, sums, differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Named = Iterator[tuple[str, float]]

_FROM_TWO = 4
"""Of how many arrays at most the differences are taken, two at a time."""
_REDUCED: Mapping[str, Callable[[Array], Any]] = {
    "sum": np.sum,
    "mean": np.mean,
    "largest entry": np.max,
    "smallest entry": np.min,
    "sum of the absolute values": lambda x: np.abs(x).sum(),
    "mean of the absolute values": lambda x: np.mean(np.abs(x)),
    "largest of the absolute values": lambda x: np.max(np.abs(x)),
    "sum of the squares": lambda x: np.sum(x * x),
    "root of the sum of the squares": lambda x: np.sqrt(np.sum(x * x)),
}


def common(
    cases: Sequence[tuple[Mapping[str, Array], Mapping[str, int]]],
    found_in: Callable[[Mapping[str, Array], Mapping[str, int]], Named],
) -> dict[str, Array]:
    """What all cases have, by name, one entry for each case; finite and nowhere 0.

    Args:
        cases: for each, its inputs that are numbers and its sizes N, D, ...
        found_in: what to take of a case.
    """
    with np.errstate(all="ignore"):
        each = [dict(found_in(*case)) for case in cases]
    values = {
        name: np.array([found[name] for found in each], float)
        for name in each[0]
        if all(name in found for found in each)
    }
    return {name: found for name, found in values.items() if np.isfinite(found).all() & found.all()}


def of_one(inputs: Mapping[str, Array], sizes: Mapping[str, int]) -> Named:
    """Sizes and their products, the inputs that are single numbers, and sums over each array."""
    for name, size in sizes.items():
        yield name, size
        yield f"1/{name}", 1 / size if size else 0.0
    for (name, size), (other, too) in combinations(sizes.items(), 2):
        yield f"{name}*{other}", size * too
        yield f"{name}/{other}", size / too if too else 0.0
    for name, size in sizes.items():
        yield f"({name} - 1)", size - 1
        yield f"({name} + 1)", size + 1
    yield from ((name, float(value)) for name, value in inputs.items() if value.ndim == 0)
    arrays = _arrays(inputs)
    for name, value in arrays.items():
        yield f"len({name})", len(value)
        yield f"{name}.size", value.size
        yield from ((f"{name}.shape[{axis}]", size) for axis, size in enumerate(value.shape))
    for name, value in arrays.items():
        yield from _ends(name, value)
        yield from _sums(name, value)
    yield from _of_dicts(arrays)


def of_two(inputs: Mapping[str, Array], sizes: Mapping[str, int]) -> Named:
    """Sums over the difference, the sum and the product of two arrays of one shape."""
    for (name, left), (other, right) in combinations([*_arrays(inputs).items()][:_FROM_TWO], 2):
        if left.shape == right.shape:
            yield from _sums(f"{name} - {other}", left - right)
            yield from _sums(f"{name} + {other}", left + right)
            yield from _sums(f"{name} * {other}", left * right)


def _arrays(inputs: Mapping[str, Array]) -> dict[str, Array]:
    return {name: value for name, value in inputs.items() if value.ndim and value.size}


def _ends(name: str, value: Array) -> Named:
    """What a loop that begins or ends one entry too early leaves out."""
    if value.ndim == 1:
        yield f"{name}[0]", float(value[0])
        yield f"{name}[-1]", float(value[-1])
        yield f"the sum of {name}[1:]", float(value[1:].sum())
        yield f"the sum of {name}[:-1]", float(value[:-1].sum())


def _sums(name: str, value: Array) -> Named:
    yield from ((f"the {what} of {name}", float(of(value))) for what, of in _REDUCED.items())


def _of_dicts(arrays: Mapping[str, Array]) -> Named:
    """The sums of squares over a dict of arrays, and over its kernels, as penalties have them."""
    for whole in dict.fromkeys(name.partition("[")[0] for name in arrays if name.endswith("]")):
        inside = [value for name, value in arrays.items() if name.startswith(f"{whole}[")]
        kernels = [value for value in inside if value.ndim > 1]
        for what, of in (("all arrays", inside), ("the kernels", kernels)):
            yield (
                f"the sum of the squares of {what} in {whole}",
                sum(float(np.sum(v * v)) for v in of),
            )
            yield f"the sum of all entries of {what} in {whole}", sum(float(np.sum(v)) for v in of)
            yield (
                f"the sum of the absolute values of {what} in {whole}",
                sum(float(np.abs(v).sum()) for v in of),
            )
