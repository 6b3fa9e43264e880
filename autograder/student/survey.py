"""`check_all`: runs every check of the running notebook and looks for what else is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograder.records import Verdict
from autograder.student.defined import defined, used
from autograder.student.listing import Listing, file_age
from autograder.student.notebook_file import NotebookFile, checked_in, running

UNKNOWN_FILE = (
    "Which file this notebook is, its editor does not say, so nothing is known of cells that have "
    "not run and of names that are left from deleted cells; restart and run all cells to be sure."
)
_LAST = ("check_all", "submit(")
NO_CHECKS = (
    "check_all() found no check in this notebook. Next: run one check cell, such as "
    'check("relu"), and then check_all() again.'
)


def survey(
    namespace: Mapping[str, Any],
    history: Sequence[str] | None,
    verdict_on: Callable[[str], Verdict],
    week_of: Callable[[str], Mapping[str, str]],
) -> Listing | str:
    """What is missing in a running notebook.

    Args:
        namespace: its variables.
        history: the cells that have run since it was started; None outside of IPython.
        verdict_on: judges a question by its public cases.
        week_of: the questions of a question's week, and the names that students define for them.

    Returns:
        The listing; a sentence where no check is known.
    """
    ran = list(history or ())
    checked = list(dict.fromkeys(name for cell in ran for name in checked_in(cell)))
    file = running(namespace, checked)
    if file and not file.checks:
        file = None
    names = file.checks if file else _of_week(checked, week_of)
    if not names:
        return NO_CHECKS
    verdicts = [verdict_on(name) for name in names]
    unchecked = [name for name in names if name not in checked] if history is not None else []
    if file is None:
        return Listing("This notebook", verdicts, unchecked, about=[UNKNOWN_FILE])
    about = [age] if (age := file_age(file.saved)) else []
    return Listing(
        file.name,
        verdicts,
        unchecked,
        _not_run(file, ran) if history is not None else [],
        lost=_lost(file, names, namespace, week_of),
        about=about,
    )


def _of_week(checked: Sequence[str], week_of: Callable[[str], Mapping[str, str]]) -> list[str]:
    """The questions of the week of the first check that is one."""
    return next((list(found) for name in checked if (found := week_of(name))), [])


def _not_run(file: NotebookFile, ran: Sequence[str]) -> list[Any]:
    """Cells whose text has not run; one that checks all is just running, and then one hands in."""
    done = {_plain(each) for each in ran}
    return [
        cell
        for cell in file.cells
        if (text := _plain(cell.source))
        and text not in done
        and not any(each in text for each in _LAST)
    ]


def _is_last(text: str) -> bool:
    return any(each in text for each in _LAST)


def _plain(source: str) -> str:
    """A cell's text without empty lines and comments, which change nothing."""
    lines = (line.rstrip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.lstrip().startswith("#"))


def _lost(
    file: NotebookFile,
    names: Sequence[str],
    namespace: Mapping[str, Any],
    week_of: Callable[[str], Mapping[str, str]],
) -> dict[str, list[str]]:
    """For each question, the names that it reads now and would not find after a restart.

    By then only the cells above its check have run.
    """
    by_cell = [defined([cell.source]) for cell in file.cells]
    found = {}
    for name in names:
        place = next(at for at, cell in enumerate(file.cells) if name in checked_in(cell.source))
        above = by_cell[: place + 1]
        known = set().union(*(each or () for each in above))
        if any(each is None for each in above):
            continue
        calls = week_of(name).get(name, name)
        if calls not in namespace:
            continue
        gone = ({calls} | used(namespace[calls], namespace)) - known
        if gone:
            found[name] = sorted(gone)
    return found
