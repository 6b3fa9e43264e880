"""A function's source with all that it uses, so that it can be executed by itself.

Drivers and measures travel to students in this form: a module of questions, which also holds
references, does not.
"""

from __future__ import annotations

import dis
import inspect
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

import autograder.questions
from autograder.errors import QuestionError
from autograder.questions import source_text

_WEEKS = f"{autograder.questions.__name__}.week"
_PLAIN = (bool, int, float, str, bytes, type(None))


def standalone(function: Callable[..., Any], name: str) -> str:
    """The source of a function under another name, after that of everything it uses.

    Functions and constants of a week are copied; those of any other module are imported.

    Raises:
        QuestionError: when it uses something of its week that is neither a function nor made of
            numbers and texts.
    """
    assert isinstance(function, FunctionType)
    imports: dict[str, str] = {}
    copied: dict[str, str] = {}
    waiting, seen = [function], {function}
    functions: dict[str, FunctionType] = {}
    while waiting:
        current = waiting.pop()
        for used in sorted(_globals_of(current.__code__) & current.__globals__.keys()):
            value = current.__globals__[used]
            if isinstance(value, FunctionType) and value.__module__.startswith(_WEEKS):
                _refuse_two(functions.setdefault(used, value) is not value, name, used)
                if value not in seen:
                    seen.add(value)
                    waiting.append(value)
            elif (line := _import_of(used, value)) is not None:
                imports[used] = line
            else:
                text = f"{used} = {_written(value, used, function.__module__)}"
                _refuse_two(copied.setdefault(used, text) != text, name, used)
    sources = [source_text.executable(each, used) for used, each in sorted(functions.items())]
    constants = [copied[used] for used in sorted(copied)]
    return "\n".join(
        [*sorted(set(imports.values())), *constants, *sources, _executable(function, name)]
    )


def _executable(function: FunctionType, name: str) -> str:
    return source_text.executable(function, name)


def _globals_of(code: CodeType) -> set[str]:
    """The global names that a code object and those inside it read."""
    found = {each.argval for each in dis.get_instructions(code) if each.opname == "LOAD_GLOBAL"}
    return found.union(*map(_globals_of, _inside(code)))


def _inside(code: CodeType) -> Iterator[CodeType]:
    return (each for each in code.co_consts if isinstance(each, CodeType))


def _import_of(used: str, value: Any) -> str | None:
    """The line that imports a module, or what a module outside the weeks defines."""
    if isinstance(value, ModuleType):
        _refuse_questions(value.__name__)
        return f"import {value.__name__} as {used}"
    module = getattr(value, "__module__", None)
    if not isinstance(value, (type, FunctionType)) and not inspect.isbuiltin(value):
        return None
    if not isinstance(module, str) or module.startswith(_WEEKS):
        return None
    return f"from {module} import {value.__name__} as {used}"


def _written(value: Any, used: str, module: str) -> str:
    if not _is_plain(value):
        raise QuestionError(
            f"{module}: a measure uses {used}, a {type(value).__name__}, which cannot be put into "
            "the students' package; use functions, numbers and texts"
        )
    return repr(value)


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_is_plain, [*value, *value.values()]))
    if isinstance(value, (tuple, list, set, frozenset)):
        return all(map(_is_plain, value))
    return isinstance(value, _PLAIN)


def _refuse_questions(module: str) -> None:
    if module.startswith(_WEEKS):
        raise QuestionError(
            f"a measure uses the module {module}, which holds references; import the functions "
            "that it needs by name"
        )


def _refuse_two(different: bool, name: str, used: str) -> None:
    if different:
        raise QuestionError(f"a {name} uses two different things called {used}; rename one")
