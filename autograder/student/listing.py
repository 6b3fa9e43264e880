"""What is missing in a notebook before it is handed in, as one text."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.output.text import as_html
from autograder.records import Outcome, Verdict
from autograder.student.notebook_file import CodeCell

_MOST_NAMED = 5
_LONGEST = 40
_MINUTE = 60
RESTART = "restart the notebook and run all cells"


@dataclass(frozen=True, repr=False)
class Listing:
    """All that `check_all` has found.

    Attributes:
        title: the notebook, or its week.
        verdicts: one for each question, in the notebook's order.
        unchecked: questions whose check has not run since the notebook was started.
        not_run: code cells that have not run.
        raised: for cells that ended with an exception, its last line by the cell's number.
        lost: for each question, names that it reads and no cell above its check defines.
        about: sentences about what could not be known.
    """

    title: str
    verdicts: Sequence[Verdict]
    unchecked: Collection[str] = ()
    not_run: Sequence[CodeCell] = ()
    raised: Mapping[int, str] = field(default_factory=dict)
    lost: Mapping[str, Collection[str]] = field(default_factory=dict)
    about: Sequence[str] = ()

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        right = all(each.right for each in self.verdicts) and bool(self.verdicts)
        return right and not (self.unchecked or self.not_run or self.raised or self.lost)

    @property
    def text(self) -> str:
        """The whole as plain text; the first line is the sum of it."""
        right = sum(each.right for each in self.verdicts)
        first = f"{self.title}: {right} of {len(self.verdicts)} questions are right."
        lines = [*self._questions(), *self._cells(), *self._names(), *self.about]
        if self.complete:
            lines.append("Nothing is missing; hidden cases count when you hand in.")
        else:
            lines.append(self._next())
        return "\n".join([first, *lines])

    def _questions(self) -> list[str]:
        lines = []
        for title, outcomes in (
            ("Not attempted", (Outcome.NOT_ATTEMPTED,)),
            ("Not defined", (Outcome.MISSING,)),
        ):
            names = [each.question for each in self.verdicts if each.outcome in outcomes]
            lines += [f"{title}: {', '.join(names)}."] if names else []
        wrong = [each for each in self.verdicts if each.attempted and not each.right]
        if wrong:
            lines.append("Wrong:")
            lines += [f"  {_about(each)}" for each in wrong]
        if self.unchecked:
            lines.append(f"Never checked since the start: {', '.join(self.unchecked)}.")
        return lines

    def _cells(self) -> list[str]:
        lines = []
        if self.not_run:
            named = [_cell(each) for each in self.not_run[:_MOST_NAMED]]
            more = len(self.not_run) - len(named)
            lines += ["Cells that have not run:", *(f"  {each}" for each in named)]
            lines += [f"  and {more} more"] if more else []
        if self.raised:
            lines.append("Cells that raise an exception:")
            lines += [f"  code cell {number}: {error}" for number, error in self.raised.items()]
        return lines

    def _names(self) -> list[str]:
        lost = sorted({name for names in self.lost.values() for name in names})
        if not lost:
            return []
        names = ", ".join(f"`{each}`" for each in lost)
        those = "which" if len(lost) == 1 else "names that"
        return [
            f"{', '.join(self.lost)}: it works here with {names}, {those} no cell above the check "
            "defines. Perhaps that cell was deleted or changed; the grader will not find the name."
        ]

    def _next(self) -> str:
        if self.raised:
            return "Next: make the first of these cells run; later ones may follow from it."
        if self.lost:
            return f"Next: write a cell above the check that defines it, then {RESTART}."
        if open_ := [each for each in self.verdicts if not each.right]:
            name = open_[0].question
            if open_[0].attempted:
                return f'Next: check("{name}", hint=1) says where to look.'
            return f"Next: write {name}, and run its check."
        return f"Next: {RESTART}."

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return as_html(self.text, right=self.complete)


def file_age(saved: float | None, now: float | None = None) -> str:
    """A sentence that says how old the cells are with which a notebook was compared."""
    if saved is None:
        return ""
    return (
        f"Compared with the notebook's file, saved {ago(saved, now)}; what you have changed since "
        "is not in it."
    )


def ago(moment: float, now: float | None = None) -> str:
    """How long ago a moment was, in minutes."""
    minutes = int(((now or time.time()) - moment) // _MINUTE)
    return "just now" if minutes < 1 else f"{minutes} minute{'s' if minutes > 1 else ''} ago"


def _about(verdict: Verdict) -> str:
    pieces = [verdict.part, verdict.mistake or str(verdict.outcome)]
    return f"{verdict.question}: {' · '.join(each for each in pieces if each)}"


def _cell(cell: CodeCell) -> str:
    lines = [line.strip() for line in cell.source.splitlines() if line.strip()]
    first = lines[0] if lines else ""
    shown = first if len(first) <= _LONGEST else f"{first[:_LONGEST]}..."
    return f"code cell {cell.number}: {shown}"
