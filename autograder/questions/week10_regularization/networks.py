"""Parameters and gradients of a network with a norm layer, as in week 12."""

from __future__ import annotations

from autograder.questions.define import Array, Rng


def parameters(rng: Rng, *sizes: int) -> dict[str, Array]:
    """Kernels W1, W2, ..., biases b1, b2, ..., and gamma1, beta1 of a norm behind layer 1."""
    made: dict[str, Array] = {}
    for number, (fan_in, fan_out) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
        made[f"W{number}"] = rng.normal(size=(fan_in, fan_out))
        made[f"b{number}"] = rng.normal(size=fan_out)
    made["gamma1"] = rng.uniform(0.5, 2.0, sizes[1])
    made["beta1"] = rng.normal(size=sizes[1])
    return made


def kernels(params: dict[str, Array]) -> list[str]:
    """The names of the parameters that are kept small: those that begin with W."""
    return [name for name in params if name.startswith("W")]
