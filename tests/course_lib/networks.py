"""Networks in the form that students use, for the tests of gradients and models."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course_lib.gradients import Array
from course_lib.quiet import import_keras


def random_params(
    sizes: Sequence[int], rng: np.random.Generator, dtype: str = "float64"
) -> dict[str, Array]:
    """Kernels W1, W2, ... and biases b1, b2, ... of dense layers of these sizes."""
    params = {}
    for number, (fan_in, fan_out) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
        params[f"W{number}"] = rng.normal(size=(fan_in, fan_out)).astype(dtype)
        params[f"b{number}"] = rng.normal(size=fan_out).astype(dtype)
    return params


def values(tensor):
    """A tensor of any backend as a NumPy array."""
    return import_keras().ops.convert_to_numpy(tensor)
