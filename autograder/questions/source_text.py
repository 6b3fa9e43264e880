"""The source of a question's functions: for its key, for the sandbox, and for people to read."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Sequence
from types import CodeType
from typing import Any

from autograder.errors import QuestionError


def body(function: Callable[..., Any]) -> str:
    """The function's body without its docstring."""
    statements: list[ast.stmt] = _without_docstring(_syntax(function)).body
    return ast.unparse(ast.Module(statements, []))


def executable(function: Callable[..., Any], name: str) -> str:
    """The function under another name, without its docstring, decorators and annotations.

    Args:
        function: what is to be executed where the types of its annotations are not defined.
        name: its name there.
    """
    tree = _without_docstring(_syntax(function))
    tree.name = name
    tree.decorator_list = []
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
    return ast.unparse(tree)


def definition(function: Callable[..., Any]) -> str:
    """The function as written, without its decorators and docstring, which change no value."""
    text = textwrap.dedent(inspect.getsource(function))
    try:
        tree = ast.parse(text).body[0]
    except SyntaxError:
        # A lambda's source is the line that it stands in, which may be a part of a statement.
        return text
    if not isinstance(tree, (ast.FunctionDef, ast.ClassDef)):
        return text
    lines = text.splitlines()
    documented = ast.get_docstring(tree, clean=False) is not None
    if documented and tree.body[0].lineno > tree.lineno:
        del lines[tree.body[0].lineno - 1 : tree.body[0].end_lineno]
    return "\n".join(lines[tree.lineno - 1 :])


def called_functions(functions: Sequence[Callable[..., Any]]) -> list[Callable[..., Any]]:
    """The functions that these call by name, directly or through others; sorted by name."""
    found: dict[str, Callable[..., Any]] = {}
    waiting = list(functions)
    while waiting:
        function = waiting.pop()
        for name in _names_used(function.__code__):
            called = function.__globals__.get(name)
            if inspect.isfunction(called) and name not in found and called not in functions:
                found[name] = called
                waiting.append(called)
    return [found[name] for name in sorted(found)]


def _names_used(code: CodeType) -> set[str]:
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return set(code.co_names).union(*map(_names_used, inner))


def _syntax(function: Callable[..., Any]) -> ast.FunctionDef | ast.ClassDef:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    if not isinstance(tree, (ast.FunctionDef, ast.ClassDef)):
        raise QuestionError(f"{function.__name__}: expected a function or a class, not a lambda")
    return tree


def _without_docstring(
    function: ast.FunctionDef | ast.ClassDef,
) -> ast.FunctionDef | ast.ClassDef:
    first = function.body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        function.body = function.body[1:]
    return function
