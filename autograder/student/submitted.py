"""What a notebook shows of a submission that is graded: the sum, then every verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.output.text import as_html
from autograder.records import Outcome, Verdict


@dataclass(frozen=True, repr=False)
class Submitted:
    """A graded submission.

    Attributes:
        week: such as week06.
        verdicts: one for each question, in the notebook's order, hidden cases included.
        points, max_points: of the automatic checks.
        about: sentences about the notebook as a whole.
    """

    week: str
    verdicts: Sequence[Verdict]
    points: float
    max_points: float
    about: Sequence[str] = ()

    @property
    def text(self) -> str:
        """The sum, and what concerns the whole."""
        right = sum(each.right for each in self.verdicts)
        first = (
            f"{self.week} is handed in and graded: {self.points:g} of {self.max_points:g} points, "
            f"{right} of {len(self.verdicts)} questions are right."
        )
        return "\n".join([first, *self.about])

    @property
    def complete(self) -> bool:
        """Whether nothing is wrong."""
        return bool(self.verdicts) and all(each.right for each in self.verdicts)

    def __repr__(self) -> str:
        return "\n\n".join([self.text, *(each.message for each in self.verdicts)])

    def _repr_html_(self) -> str:
        blocks = [as_html(self.text, right=self.complete)]
        return "".join([*blocks, *(each._repr_html_() for each in self.verdicts)])


def from_answer(week: str, found: Mapping[str, Any], about: Sequence[str] = ()) -> Submitted:
    """What the service answers about a graded upload.

    Args:
        week: such as week06.
        found: its JSON.
        about: what else is to be said.

    Raises:
        KeyError, TypeError, ValueError: when it is not that.
    """
    lines = list(about)
    if found.get("late"):
        lines.append("It was handed in after the due date.")
    if (left := found.get("attempts_left")) is not None:
        lines.append(f"Attempts left: {left}.")
    lines += found["problems"]
    if found["unreadable"]:
        lines.append(f"It could not be graded: {found['unreadable']}")
    verdicts = [Verdict(**{**each, "outcome": _outcome(each)}) for each in found["verdicts"]]
    return Submitted(week, verdicts, float(found["points"]), float(found["max_points"]), lines)


def _outcome(plain: Mapping[str, Any]) -> Outcome:
    try:
        return Outcome(plain["outcome"])
    except ValueError:
        # Of a service that is newer than this package.
        return Outcome.VALUES
