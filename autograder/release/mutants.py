"""Every program that is one small step of its syntax tree away from a given one."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_BINARY: dict[type[ast.operator], list[type[ast.operator]]] = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div, ast.Add],
    ast.Div: [ast.Mult, ast.FloorDiv],
    ast.Pow: [ast.Mult],
    ast.FloorDiv: [ast.Div],
    ast.Mod: [ast.FloorDiv],
}
_COMPARE: dict[type[ast.cmpop], list[type[ast.cmpop]]] = {
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.GtE],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.LtE],
    ast.Eq: [ast.NotEq, ast.GtE],
    ast.NotEq: [ast.Eq],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
}
_NAMES = {
    "max": ["min"],
    "min": ["max"],
    "maximum": ["minimum"],
    "minimum": ["maximum"],
    "argmax": ["argmin"],
    "argmin": ["argmax"],
    "sum": ["mean"],
    "mean": ["sum", "median"],
    "zeros": ["ones"],
    "ones": ["zeros"],
    "zeros_like": ["ones_like"],
    "ones_like": ["zeros_like"],
    "all": ["any"],
    "any": ["all"],
    "floor": ["ceil"],
    "ceil": ["floor"],
    "log": ["log2"],
    "var": ["std"],
    "std": ["var"],
    "sin": ["cos"],
    "cos": ["sin"],
    "argsort": ["sort"],
    "cumsum": ["cumprod"],
}
NEAR = 1.001
"""A factor that only an inexact comparison, or a case in which nothing depends on it, lets pass."""
TINY = 1e-5
# What a call without effect on its argument's values would be.
_IDENTITIES = {"abs", "sqrt", "exp", "log", "square", "tanh", "sign", "copy", "sorted", "reversed"}


@dataclass(frozen=True)
class Mutant:
    """A changed program; `change` says which statement became which."""

    change: str
    source: str


def mutants(source: str) -> list[Mutant]:
    """Every mutant of a program, each with one change.

    Args:
        source: functions and classes.
    """
    tree = ast.parse(source)
    names = _names(tree)
    found = []
    seen = Counter[str]()
    for number, node in enumerate(ast.walk(tree)):
        for replacement in (*_steps(node), *_other_names(node, names)):
            changed, before, after = _replaced(tree, number, replacement)
            change = f"{before} -> {after}"
            seen[change] += 1
            if seen[change] > 1:
                change = f"{change} ({seen[change]})"
            found.append(Mutant(change, ast.unparse(changed)))
    return found


def _replaced(tree: ast.Module, number: int, replacement: Any) -> tuple[ast.Module, str, str]:
    """A copy of the tree with one node replaced, and the statement around it, before and after."""
    changed = copy.deepcopy(tree)
    target = next(node for place, node in enumerate(ast.walk(changed)) if place == number)
    parents = {child: node for node in ast.walk(changed) for child in ast.iter_child_nodes(node)}
    statement: ast.AST = target
    while not isinstance(statement, ast.stmt) and statement in parents:
        statement = parents[statement]
    before = _line(statement)
    if statement is target:
        _put(parents[target], target, replacement)
        return ast.fix_missing_locations(changed), before, _line(replacement)
    _put(parents[target], target, replacement)
    return ast.fix_missing_locations(changed), before, _line(statement)


def _put(parent: ast.AST, old: ast.AST, new: ast.AST) -> None:
    for name, value in ast.iter_fields(parent):
        if value is old:
            setattr(parent, name, new)
        elif isinstance(value, list):
            setattr(parent, name, [new if item is old else item for item in value])


def _line(node: ast.AST) -> str:
    """A statement's first line."""
    return ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).partition("\n")[0]


def _names(tree: ast.Module) -> dict[ast.Name, list[str]]:
    """What else each name that is read could be: the other arguments of its function."""
    found: dict[ast.Name, list[str]] = {}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            arguments = [each.arg for each in function.args.args]
            for node in ast.walk(function):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                    found[node] = [name for name in arguments if name != node.id]
    return found


def _other_names(node: ast.AST, names: dict[ast.Name, list[str]]) -> Iterator[ast.AST]:
    if isinstance(node, ast.Name) and node.id not in ("np", "check"):
        for name in names.get(node, []):
            yield ast.Name(name, ast.Load())


def _steps(node: ast.AST) -> Iterator[ast.AST]:
    """Everything that one node may become."""
    match node:
        case ast.BinOp():
            yield from _of_operation(node)
        case ast.AugAssign():
            for other in _BINARY.get(type(node.op), []):
                yield ast.AugAssign(node.target, other(), node.value)
            yield ast.Pass()
        case ast.Compare(ops=[operator]):
            for compared in _COMPARE[type(operator)]:
                yield ast.Compare(node.left, [compared()], node.comparators)
            if isinstance(operator, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)):
                for shift in (ast.Add(), ast.Sub()):
                    moved = ast.BinOp(node.comparators[0], shift, ast.Constant(TINY))
                    yield ast.Compare(node.left, [operator], [moved])
        case ast.BoolOp(op=ast.And()):
            yield ast.BoolOp(ast.Or(), node.values)
        case ast.BoolOp(op=ast.Or()):
            yield ast.BoolOp(ast.And(), node.values)
        case ast.UnaryOp(op=ast.USub() | ast.Not()):
            yield node.operand
        case ast.Constant():
            yield from _of_constant(node.value)
        case ast.Call():
            yield from _of_call(node)
        case ast.Attribute(value=ast.Name(), attr="T"):
            yield node.value
        case ast.Subscript():
            yield node.value
        case ast.Slice():
            yield from _of_slice(node)
        case ast.If():
            for outcome in (True, False):
                yield ast.If(ast.Constant(outcome), node.body, node.orelse)
        case ast.IfExp():
            yield node.body
            yield node.orelse
        case ast.Return(value=ast.Tuple(elts=[first, second, *rest])):
            yield ast.Return(ast.Tuple([second, first, *rest], ast.Load()))
        case ast.Assign(targets=[ast.Subscript()]):
            yield ast.Pass()
        case ast.Expr(value=ast.Call()):
            yield ast.Pass()
        case ast.Return(value=ast.expr() as value):
            yield ast.Return(ast.UnaryOp(ast.USub(), value))
            yield ast.Return(ast.BinOp(value, ast.Mult(), ast.Constant(NEAR)))
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Pass()


def _of_operation(node: ast.BinOp) -> Iterator[ast.AST]:
    for other in _BINARY.get(type(node.op), []):
        yield ast.BinOp(node.left, other(), node.right)
    if isinstance(node.op, (ast.Sub, ast.Div, ast.MatMult, ast.Pow)):
        yield ast.BinOp(node.right, node.op, node.left)
    yield node.left
    yield node.right
    yield ast.BinOp(node, ast.Mult(), ast.Constant(NEAR))


def _of_constant(value: Any) -> Iterator[ast.Constant]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
        yield ast.Constant(value - 1)
    elif isinstance(value, float):
        yield ast.Constant(value * 2 if value else 1.0)
        yield ast.Constant(value * 1.1 if value else -1.0)


def _of_call(node: ast.Call) -> Iterator[ast.AST]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    name = node.func.id if isinstance(node.func, ast.Name) else name
    for other in _NAMES.get(name, []):
        function = copy.deepcopy(node.func)
        if isinstance(function, ast.Attribute):
            function.attr = other
        elif isinstance(function, ast.Name):
            function.id = other
        yield ast.Call(function, node.args, node.keywords)
    if name in _IDENTITIES:
        yield node.args[0] if node.args else node.func.value  # type: ignore[attr-defined]
    for place in range(len(node.args) - 1):
        swapped = list(node.args)
        swapped[place : place + 2] = swapped[place + 1], swapped[place]
        yield ast.Call(node.func, swapped, node.keywords)
    for keyword in node.keywords:
        rest = [each for each in node.keywords if each is not keyword]
        yield ast.Call(node.func, node.args, rest)
    if len(node.args) > 1 and name == "range":
        yield ast.Call(node.func, node.args[1:], node.keywords)


def _of_slice(node: ast.Slice) -> Iterator[ast.Slice]:
    if node.lower is not None:
        yield ast.Slice(None, node.upper, node.step)
    if node.upper is not None:
        yield ast.Slice(node.lower, None, node.step)
    if node.step is not None:
        yield ast.Slice(node.lower, node.upper, None)
