"""Ways of breaking a function that no catalogue lists, each as code for the end of its cell."""

from __future__ import annotations

from collections.abc import Callable

_WRONG = '''
def _changed(value, change):
    """A value with other numbers in its arrays."""
    if isinstance(value, dict):
        return {key: _changed(each, change) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_changed(each, change) for each in value)
    if isinstance(value, str):
        return value + "?"
    if value is None or isinstance(value, np.random.Generator) or callable(value):
        return value
    return change(np.asarray(value))


def _other_numbers(value):
    if value.dtype.kind == "b":
        return ~value
    return value + 1 if value.dtype.kind in "iu" else 1.5 * value + 0.25


def _arbitrary(value):
    drawn = np.random.default_rng(7)
    if value.dtype.kind == "b":
        return drawn.random(value.shape) < 0.5
    if value.dtype.kind in "iu" and value.size:
        return drawn.integers(value.min() - 9, value.max() + 9, value.shape)
    return drawn.normal(size=value.shape)


def _spoil(value):
    """Change in place whatever can be."""
    if isinstance(value, (dict, list, tuple)):
        for each in value.values() if isinstance(value, dict) else value:
            _spoil(each)
    elif isinstance(value, np.random.Generator):
        value.random()
    elif isinstance(value, np.ndarray) and value.flags.writeable and value.ndim:
        value[...] = 1.5 * value + 0.25 if value.dtype.kind == "f" else value[::-1].copy()


def _broken(right, kind):

    def wrong(*arguments, **keywords):
        global _calls
        if kind == "raises":
            raise ValueError("broken")
        if kind == "returns None":
            return None
        while kind == "never ends":
            pass
        value = right(*arguments, **keywords)
        if kind == "changes its arguments":
            _spoil([*arguments, *keywords.values()])
            return value
        _calls += 1
        if kind == "is right the first time" and _calls == 1:
            return value
        return _changed(value, _CHANGES[kind])

    return wrong


_calls = 0
_CHANGES = {
    "has other numbers": _other_numbers,
    "is right the first time": _other_numbers,
    "has arbitrary numbers": _arbitrary,
    "is transposed": lambda value: value.T if value.ndim > 1 else value[None],
    "has an axis more": lambda value: value[None],
}
'''


def _wrapped(kind: str) -> Callable[[str, str], str]:
    return lambda name, source: f"{source}\n{_WRONG}\n{name} = _broken({name}, {kind!r})\n"


def _deleted(name: str, source: str) -> str:
    return f"{source}\ndel {name}\n"


NEVER_ENDS = "never ends"
BREAKS: dict[str, Callable[[str, str], str]] = {
    kind: _wrapped(kind)
    for kind in (
        "raises",
        "has other numbers",
        "returns None",
        "has arbitrary numbers",
        "is transposed",
        "has an axis more",
        "changes its arguments",
        "is right the first time",
        NEVER_ENDS,
    )
} | {"is not defined": _deleted}
"""What is wrong with a function, and from its name and its cell a cell in which it is."""
