"""Which week a notebook belongs to, told by its cells.

Every graded cell of every week has a name of its own, which nbgrader's metadata, the cell's id and
the text of a check cell hold: at least one of them survives most editors.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

from autograder.errors import AutograderError, UnreadableNotebook
from autograder.intake.file_names import shown
from autograder.intake.metadata import grade_id_of, stamp_of
from autograder.intake.read import parse_notebook, read_bytes, read_notebook
from autograder.light_imports import NotebookNode
from autograder.questions import catalogue, search_path
from autograder.questions.catalogue import Week

_CHECK = re.compile(r"""^check\(["'](\w{1,80})["']\)""", re.MULTILINE)

_WEEK = re.compile(r"week[ _-]?(\d{1,2})(?!\d)")


def graded_names(notebook: NotebookNode) -> frozenset[str]:
    """The names of a notebook's answer and check cells, as nbgrader's metadata says them."""
    stamps = ((grade_id_of(cell), stamp_of(cell)) for cell in notebook["cells"])
    return frozenset(
        name for name, stamp in stamps if name and (stamp.get("grade") or stamp.get("solution"))
    )


def names_of(week: Week) -> frozenset[str]:
    """The names of the answer and check cells of a week's notebook."""
    answers = {f"solution-{name}" for name in week.answer_cells.values()}
    return frozenset({*week.points_by_name, *answers})


def names_in_file(released: Path) -> frozenset[str]:
    """The `graded_names` of a released notebook's file; none if there is no such file."""
    try:
        return graded_names(read_notebook(released))
    except UnreadableNotebook:
        return frozenset()


def fault_of_file(path: Path, week: str, names: Collection[str]) -> str:
    """The same as `fault` for a file."""
    try:
        return fault(read_bytes(path), week, names)
    except UnreadableNotebook as reason:
        return str(reason)


def fault(content: bytes, week: str, names: Collection[str]) -> str:
    """Why a file is not graded for a week; "" if it is. See `refuse_another_week`."""
    try:
        refuse_another_week(parse_notebook(content), week, names)
    except UnreadableNotebook as reason:
        return str(reason)
    return ""


def holds(content: bytes, names: Collection[str]) -> bool:
    """Whether a file is a notebook that `is_of` the week with these names."""
    try:
        return is_of(parse_notebook(content), names)
    except UnreadableNotebook:
        return False


def is_of(notebook: NotebookNode, names: Collection[str]) -> bool:
    """Whether the notebook has a graded cell of the week with these names."""
    return any(name in names for cell in notebook["cells"] for name in _names(cell))


def refuse_another_week(notebook: NotebookNode, week: str, names: Collection[str]) -> None:
    """Raise if the notebook belongs to another week.

    Args:
        notebook: what a student handed in.
        week: the week for which it was handed in, such as week06.
        names: of that week's graded cells, see `graded_names`.

    Raises:
        UnreadableNotebook: when none of its cells is this week's and several are another's.
    """
    if is_of(notebook, names):
        return
    found = {name for cell in notebook["cells"] for name in _names(cell)}
    for other, theirs in _weeks().items():
        # A few cells may be copies.
        if other != week and 2 * len(found & theirs) >= len(theirs) > 0:
            raise UnreadableNotebook(
                f"This is the notebook of {_spoken(other)}, not of {_spoken(week)}. "
                f"Next: hand in the notebook of {_spoken(week)}."
            )


def with_lost_names(notebook: NotebookNode) -> NotebookNode:
    """The notebook with the names of check cells whose metadata a program has dropped.

    Where the released notebook is at hand, `restore` does more than that.
    """
    known = set(map(grade_id_of, notebook["cells"]))
    for cell in notebook["cells"]:
        named = _CHECK.fullmatch(cell["source"].strip()) if cell["cell_type"] == "code" else None
        if named and named[1] not in known:
            known.add(named[1])
            stamp = NotebookNode(grade_id=named[1], grade=True, solution=False, locked=True)
            cell["metadata"] = NotebookNode(cell["metadata"], nbgrader=stamp)
    return notebook


def about_mixture(notebook: NotebookNode, week: str, names: Collection[str]) -> list[str]:
    """A sentence on the cells of other weeks that the notebook has beside this week's."""
    strange = graded_names(notebook).difference(names)
    if not strange:
        return []
    others = [name for name, theirs in _weeks().items() if strange & theirs and name != week]
    return [
        f"The notebook also has cells of {_spoken(other)}; only {_spoken(week)} was graded."
        for other in others
    ]


def about_name(name: str, week: str) -> list[str]:
    """A sentence on a file's name that promises another week than its cells."""
    promised = _WEEK.match(name.lower())
    if promised is None or promised[1].zfill(2) == week.removeprefix("week"):
        return []
    return [
        f"The file is called {shown(name)}, and its cells are those of {_spoken(week)}: "
        "hand it in for that week, or look for the file that you meant."
    ]


def _names(cell: NotebookNode) -> Iterator[str]:
    """The names that a cell may have; the cell's own first."""
    if name := grade_id_of(cell):
        yield name
    if isinstance(name := cell.get("id"), str):
        yield name
    if cell["cell_type"] == "code" and "check(" in cell["source"]:
        yield from _CHECK.findall(cell["source"])


def _weeks() -> dict[str, set[str]]:
    return _weeks_of(search_path.version())


@cache
def _weeks_of(version: search_path.Version) -> dict[str, set[str]]:
    """The names of every week's graded cells; a name that two weeks have tells nothing."""
    found: dict[str, frozenset[str]] = {}
    for stem in catalogue.stems():
        try:
            week = catalogue.week(stem)
        except AutograderError:
            continue  # another week's fault is not this submission's
        found[week.name] = names_of(week)
    weeks_of = Counter(name for names in found.values() for name in names)
    return {week: {n for n in names if weeks_of[n] == 1} for week, names in found.items()}


def _spoken(week: str) -> str:
    """`week 06` of `week06`."""
    return re.sub(r"(?<=[a-z])(?=\d)", " ", week)
