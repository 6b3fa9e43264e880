"""Is a week still what was released?

A corrected question is: it is regraded. Questions that are gone or new, other points, and other
read-only or answer cells are not, since students have worked on a notebook without them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from autograder.course import own_functions
from autograder.release.changes import stamp_of
from autograder.release.plan import digest_of, lesson_of
from autograder.release.record import Record
from autograder.release.start_here import first_cell

if TYPE_CHECKING:
    from autograder.questions.catalogue import Week

_SOLUTION = re.compile(r"^[ \t]*### BEGIN SOLUTION.*?### END SOLUTION[^\n]*$", re.S | re.M)
_ANSWER = "solution-"


def differences(record: Record, week: Week) -> dict[str, str]:
    """What is different now: a few words, by the name of the question or cell.

    Args:
        record: what was released.
        week: the same week as the package, or the course's own folder, has it now.
    """
    now = week.points_by_name
    found = {name: f"{name} is gone" for name in record.points if name not in now}
    found |= {name: f"{name} is new" for name in now if name not in record.points}
    for name, before in record.points.items():
        if name in now and before is not None and now[name] != before:
            found[name] = f"{name} is worth {now[name]:g} points, not {before:g}"
    for name, what in _in_lesson(record, week):
        found.setdefault(name.removeprefix(_ANSWER), what)
    return found


def _in_lesson(record: Record, week: Week) -> Iterator[tuple[str, str]]:
    """The cells of the lesson with other code; comments and docstrings may change."""
    script = week.lesson
    if record.notebook is None or not script.is_file() or digest_of(script) == record.lesson:
        return
    lesson = lesson_of(week, script)
    if record.own:
        own_functions.leave_to_students(lesson, week.name)
    before, now = _code_cells(record.notebook), _code_cells(lesson)
    for name in {**before, **now}:
        if name not in now:
            yield name, f"the cell {name} is gone"
        elif name not in before:
            yield name, f"the cell {name} is new"
        elif before[name] != now[name]:
            yield name, f"the cell {name} has changed"


def _code_cells(notebook: Any) -> Mapping[str, str]:
    """What read-only and answer cells do, by name; an answer's solution is left out.

    The cell that installs the students' package is no part of a lesson.
    """
    return {
        stamp["grade_id"]: _code(cell["source"])
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
        and cell["id"] != first_cell.CELL
        and (stamp := stamp_of(cell))
        and not stamp.get("grade")
        and (stamp.get("locked") or stamp.get("solution"))
    }


def _code(source: str) -> str:
    stub = _SOLUTION.sub("", source)
    try:
        tree = ast.parse(stub)
    except SyntaxError:
        # An answer without a docstring has no body left.
        lines = (line.partition("#")[0].strip() for line in stub.splitlines())
        return "\n".join(line for line in lines if line)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node):
            del node.body[0]
    return ast.dump(tree)
