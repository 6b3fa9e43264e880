"""The modules that a students' package needs: all that `check` and the notebooks import.

They are the grader's own files, unchanged. What leads to questions' code stays out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

import autograder.questions
import course_lib

ROOTS = {
    name: Path(package.__path__[0])
    for name, package in (("autograder", autograder), ("course_lib", course_lib))
}
_QUESTIONS = autograder.questions.__name__
COMMAND = "autograder.cli.nnfs"
"""The students' command, which no notebook imports."""
LEFT_OUT = (
    f"{_QUESTIONS}.catalogue",
    f"{_QUESTIONS}.week",
    f"{_QUESTIONS}.interrupt",
    "course_lib.training",
)
"""Beginnings of the names of modules that no students' package holds.

`catalogue` finds questions by their code, which is not there; `interrupt` ends such code, by
threads that a browser lacks; `training` is a command that needs more libraries.
"""


def modules(sources: Iterable[str]) -> dict[str, bytes]:
    """The files of the package's modules by their path, such as `autograder/check.py`.

    Args:
        sources: the drivers and measures in the package, whose imports count as well.
    """
    waiting = [
        "autograder",
        COMMAND,
        *_library(),
        *(name for each in sources for name in _imported(each)),
    ]
    found: dict[str, bytes] = {}
    while waiting:
        name = waiting.pop()
        path = _file(name)
        if path is None or name.startswith(LEFT_OUT):
            continue
        inside = path.relative_to(ROOTS[name.partition(".")[0]].parent).as_posix()
        if inside in found:
            continue
        found[inside] = path.read_bytes()
        waiting += [*_imported(found[inside].decode()), name.rpartition(".")[0]]
    return dict(sorted(found.items()))


def _library() -> list[str]:
    """Every module of `course_lib`: what lessons import."""
    root = ROOTS["course_lib"]
    paths = [path.relative_to(root.parent).with_suffix("") for path in root.rglob("*.py")]
    return [".".join(path.parts).removesuffix(".__init__") for path in paths]


def _file(name: str) -> Path | None:
    """The file of one of our modules; None for another library's, and for no module."""
    top, *rest = name.split(".")
    if top not in ROOTS:
        return None
    path = ROOTS[top].joinpath(*rest)
    candidates = (path / "__init__.py", path.with_suffix(".py"))
    return next((each for each in candidates if each.is_file()), None)


def _imported(source: str) -> Iterator[str]:
    """What a source imports at any place, but for what only type checkers do."""
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            waiting += node.orelse
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        waiting += ast.iter_child_nodes(node)
