"""Trees of arrays: the values that functions take and return, and the one form they are kept in.

A tree is what questions are asked with and what answers are reduced to (`to_tree`). It is sent out
of the sandbox and stored as JSON beside the raw bytes of its arrays (`pack`, `unpack`). Text,
numbers, booleans and null are written as they are; everything else is a list whose first item
says what it is, so that nothing a student returns can be mistaken for another kind of node:

    ["list", [node, ...]]     ["tuple", [node, ...]]     ["dict", {name: node, ...}]
    ["array", "<f8", [7, 5]]  ["scalar", "<f8"]          (the next bytes of the payload)
    ["opaque", "function"]

What is unpacked may be hostile: nothing is unpickled or evaluated, dtypes come from a list, and
every size is checked before memory is allocated for it. Arrays are stored without the `.npy`
header, because NumPy parses that header as Python source.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from autograder.errors import ProtocolError

Tree = Any
"""Nested dicts and lists; a leaf is an array, text, or `Opaque` where it is neither."""

MAX_DEPTH = 16
MAX_LEAVES = 20_000
MAX_ITEMS = 1_000_000
MAX_BYTES = 64 * 2**20
MAX_TEXT = 300
MAX_JSON = 8 * 2**20
MAX_CONTAINERS = MAX_JSON // 16
MAX_NODES = MAX_LEAVES + 1_000
MAX_NESTING = 32
MAX_DIMENSIONS = 32
MAX_AXIS = 2**31

_NUMBERS = (bool, int, float, complex, np.number, np.bool_, Fraction, Decimal)
_WITHOUT_ORDER = (set, frozenset, bytes, bytearray, type)
"""What can be iterated over and is still no list of parts."""
_DTYPES = {
    name: np.dtype(name)
    for name in (
        ["|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8"]
        + ["<f2", "<f4", "<f8", "<c8", "<c16"]
    )
}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}
_PLAIN = frozenset({str, bool, int, float, type(None)})
_JSON = json.JSONEncoder(separators=(",", ":"), check_circular=False)


@dataclass(frozen=True)
class Opaque:
    """A leaf that is neither numbers nor text: only the name of what it was."""

    kind: str


def map_tree(function: Callable[..., Any], tree: Tree, *others: Tree) -> Tree:
    """A tree of the same structure whose leaves are `function(leaf, *other_leaves)`.

    Args:
        function: receives one leaf of `tree`, and the leaf in the same place of each other tree.
        tree: decides the structure; dicts, lists and tuples are walked, in order.
        others: trees of the same structure.

    Raises:
        KeyError, ValueError: when another tree lacks a part.
    """
    if isinstance(tree, dict):
        return {
            key: map_tree(function, branch, *(other[key] for other in others))
            for key, branch in tree.items()
        }
    if isinstance(tree, (list, tuple)):
        mapped = [map_tree(function, *row) for row in zip(tree, *others, strict=True)]
        # Not type(tree)(...): the constructor of a named tuple takes its parts one by one.
        return mapped if isinstance(tree, list) else tuple(mapped)
    return function(tree, *others)


def leaves(tree: Tree) -> Iterator[Any]:
    """The leaves of a tree, in order."""
    if isinstance(tree, (dict, list, tuple)):
        for branch in tree.values() if isinstance(tree, dict) else tree:
            yield from leaves(branch)
    else:
        yield tree


def copy_tree(tree: Tree) -> Tree:
    """A copy whose arrays share no memory with the original's."""
    return map_tree(lambda leaf: leaf.copy() if isinstance(leaf, np.ndarray) else leaf, tree)


def same_tree(left: Tree, right: Tree) -> bool:
    """Whether two trees hold the same structure, dtypes, shapes and bits (NaN equals NaN)."""
    if isinstance(left, np.ndarray):
        return (
            isinstance(right, np.ndarray)
            and left.dtype == right.dtype
            and left.shape == right.shape
            and left.tobytes() == right.tobytes()
        )
    if isinstance(left, dict):
        return (
            isinstance(right, dict)
            and list(left) == list(right)
            and all(same_tree(left[key], right[key]) for key in left)
        )
    if isinstance(left, (list, tuple)):
        return (
            isinstance(right, (list, tuple))
            and len(left) == len(right)
            and all(map(same_tree, left, right))
        )
    return type(left) is type(right) and bool(left == right)


def to_tree(value: Any) -> Tree:
    """Reduce whatever a function returned to arrays and text in dicts and lists.

    Lists of numbers, NumPy matrices and Python scalars become arrays, and whatever else holds
    parts in order (a generator, a dict's values, an array of objects) a list: how an answer is
    packed is not what a week teaches. Everything else becomes an `Opaque` leaf and fails by its
    kind.

    Raises:
        ValueError: when it is nested, branched or large beyond any answer's need.
    """
    budget = [MAX_LEAVES, MAX_BYTES]
    return _to_tree(value, MAX_DEPTH, budget)


def _to_tree(value: Any, depth: int, budget: list[int]) -> Tree:
    budget[0] -= 1
    if depth == 0 or budget[0] < 0:
        raise ValueError("the returned value is nested too deeply or has too many parts")
    # Text that comes out of NumPy, and the members of some enumerations, are kinds of `str`.
    if isinstance(value, str):
        return str.__str__(value)[:MAX_TEXT]
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "UO":
            return _to_tree(value.tolist(), depth - 1, budget)
        return _leaf(np.array(value, subok=False), budget)
    if isinstance(value, _NUMBERS):
        return _leaf(_array_of_numbers(value), budget)
    if isinstance(value, Mapping):
        return {_key(key): _to_tree(item, depth - 1, budget) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        if not value or _shape(value) is None:
            return [_to_tree(item, depth - 1, budget) for item in value]
        try:
            return _leaf(_array_of_numbers(value), budget)
        except ValueError:
            return [_to_tree(item, depth - 1, budget) for item in value]
    return _unusual(value, depth, budget)


def _unusual(value: Any, depth: int, budget: list[int]) -> Tree:
    """What is neither text, numbers, an array, a list nor a dict, but can be read as one."""
    if not isinstance(value, _WITHOUT_ORDER):
        if isinstance(value, memoryview) or hasattr(value, "__array__"):
            return _to_tree(np.asarray(value), depth - 1, budget)
        if dataclasses.is_dataclass(value) and not isinstance(value, Opaque):
            names = [each.name for each in dataclasses.fields(value)]
            named = {name: getattr(value, name) for name in names}
            return _to_tree(named, depth - 1, budget)
        if isinstance(value, Iterable):
            parts = list(itertools.islice(value, MAX_ITEMS + 1))
            if len(parts) > MAX_ITEMS:
                raise ValueError("the returned value has no end, or too many parts")
            return _to_tree(parts, depth - 1, budget)
    return Opaque("None" if value is None else type(value).__name__)


def _key(key: Any) -> str:
    return str.__str__(key) if isinstance(key, str) else str(key)


def _array_of_numbers(value: Any) -> np.ndarray[Any, Any]:
    """Numbers as an array; those that NumPy has no type for, such as fractions, as float64."""
    array = np.array(value)
    if array.dtype.kind != "O":
        return array
    try:
        return array.astype(np.float64)
    except OverflowError:
        raise ValueError("the returned value has an integer beyond float64's range") from None


def _shape(value: Sequence[Any]) -> tuple[int, ...] | None:
    """The shape of a nest of lists that holds numbers alone; None for any other or ragged one."""
    # A long list has few types: each is asked once.
    kinds = set(map(type, value))
    if all(issubclass(kind, _NUMBERS) for kind in kinds):
        return (len(value),)
    if not all(issubclass(kind, (list, tuple)) for kind in kinds):
        return None
    inner, *others = {_shape(item) for item in value}
    return None if inner is None or others else (len(value), *inner)


def _leaf(array: np.ndarray[Any, Any], budget: list[int]) -> np.ndarray[Any, Any] | Opaque:
    if array.dtype.kind not in "biufc":
        return Opaque(f"array of {array.dtype}")
    budget[1] -= array.nbytes
    if budget[1] < 0:
        raise ValueError(f"the returned arrays hold more than {MAX_BYTES // 2**20} MiB")
    # What is sent to the grader, and what the notebook's `check` judges without sending it, are
    # the same: long doubles are judged as doubles in both.
    return array if array.dtype in _NAMES else array.astype(_portable(array.dtype))


def pack(tree: Tree) -> tuple[bytes, list[bytes]]:
    """The JSON of a tree, and its arrays' bytes in order.

    Raises:
        ProtocolError: when the tree holds anything but dicts, lists, tuples, arrays, `Opaque`,
            text and numbers, or is larger than `unpack` accepts.
    """
    buffers: list[bytes] = []
    try:
        node = _Packer(buffers).pack(tree, MAX_NESTING)
        text = _JSON.encode(node).encode()
    except (ValueError, RecursionError, MemoryError) as error:
        raise ProtocolError(f"a value cannot be sent: {type(error).__name__}") from None
    return text, buffers


class _Packer:
    def __init__(self, buffers: list[bytes]) -> None:
        self.buffers = buffers
        self.nodes = MAX_NODES

    def pack(self, tree: Tree, depth: int) -> Any:
        self.nodes -= 1
        if depth == 0 or self.nodes < 0:
            raise ProtocolError("a value is nested too deeply or has too many parts to be sent")
        if type(tree) in _PLAIN:
            return tree
        if isinstance(tree, dict):
            packed = {}
            for key, item in tree.items():
                if not isinstance(key, str):
                    raise ProtocolError("expected names as the keys of a dict that is sent")
                packed[key] = self.pack(item, depth - 1)
            return ["dict", packed]
        if isinstance(tree, (list, tuple)):
            kind = "tuple" if isinstance(tree, tuple) else "list"
            return [kind, [self.pack(item, depth - 1) for item in tree]]
        if isinstance(tree, (np.ndarray, np.generic)):
            return self._pack_array(tree)
        if isinstance(tree, Opaque):
            return ["opaque", tree.kind]
        raise ProtocolError(f"expected numbers or text to send, received {type(tree).__name__}")

    def _pack_array(self, value: Any) -> list[Any]:
        array = np.asarray(value)
        name = _NAMES.get(array.dtype)
        if name is None:
            if array.dtype.kind not in "biufc":
                raise ProtocolError(f"expected an array of numbers to send, received {array.dtype}")
            array = array.astype(_portable(array.dtype))
            name = array.dtype.str
        self.buffers.append(array.tobytes())
        if isinstance(value, np.generic):
            return ["scalar", name]
        return ["array", name, list(array.shape)]


def _portable(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The same numbers little-endian; long doubles, whose size differs by machine, as doubles."""
    name = dtype.newbyteorder("<").str
    return _DTYPES.get(name, _DTYPES["<c16" if dtype.kind == "c" else "<f8"])


def unpack(text: bytes, payload: memoryview) -> Tree:
    """The tree that `pack` packed.

    Args:
        text: its JSON.
        payload: the bytes of all its arrays.

    Raises:
        ProtocolError: when these are anything but a tree within the limits.
    """
    if text.count(b"[") + text.count(b"{") > MAX_CONTAINERS:
        raise ProtocolError("a frame has too many parts")
    try:
        unpacker = _Unpacker(payload)
        tree = unpacker.unpack(json.loads(text), MAX_NESTING)
    except (ValueError, RecursionError, MemoryError) as error:
        raise ProtocolError(f"a frame cannot be read: {type(error).__name__}") from None
    if unpacker.position != len(payload):
        raise ProtocolError("a frame carries more array bytes than its arrays have")
    return tree


class _Unpacker:
    def __init__(self, payload: memoryview) -> None:
        self.payload = payload
        self.position = 0
        self.nodes = MAX_NODES

    def unpack(self, node: Any, depth: int) -> Tree:
        self.nodes -= 1
        if depth == 0 or self.nodes < 0:
            raise ProtocolError("a received value is nested too deeply or has too many parts")
        if isinstance(node, str):
            return _clean(node)
        if type(node) in _PLAIN:
            return node
        match node:
            case ["dict", dict(items)]:
                return {_clean(k): self.unpack(item, depth - 1) for k, item in items.items()}
            case ["list", list(items)]:
                return [self.unpack(item, depth - 1) for item in items]
            case ["tuple", list(items)]:
                return tuple([self.unpack(item, depth - 1) for item in items])
            case ["array", str(dtype), list(shape)]:
                return self._take(dtype, shape)
            case ["scalar", str(dtype)]:
                return self._take(dtype, [])[()]
            case ["opaque", str(kind)]:
                return Opaque(_clean(kind))
        raise ProtocolError("a frame holds a node of no known kind")

    def _take(self, name: str, shape: list[Any]) -> np.ndarray[Any, Any]:
        dtype = _DTYPES.get(name)
        if dtype is None:
            raise ProtocolError("a received array has a dtype that is not on the list")
        if len(shape) > MAX_DIMENSIONS or not all(
            type(axis) is int and 0 <= axis <= MAX_AXIS for axis in shape
        ):
            raise ProtocolError("a received array has an impossible shape")
        size = math.prod(shape) * dtype.itemsize
        if size > len(self.payload) - self.position:
            raise ProtocolError("a received array is larger than its bytes")
        stored = np.dtype("|u1") if dtype.kind == "b" else dtype
        array = np.ndarray(tuple(shape), stored, self.payload, self.position)
        self.position += size
        # Copied so that it is aligned; by astype, so that a bool's byte is never other than 0 or 1.
        return array.astype(dtype)


def _clean(text: str) -> str:
    """Text that can be written as UTF-8: half a surrogate pair would stop the grade's writing."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
