"""What the instructor has decided about a question: it is dropped, or right for everyone.

Neither costs anybody points, and the week's points stay what they were, so that no column of a
gradebook changes. For a dropped question a student gets the share of the points that the other
answers earn, as if it had not been asked, or what the answer to it had earned if that is more.

A question that the package no longer has cannot be judged. Everyone gets full credit for it unless
it is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from autograder.records import Outcome, Verdict

DROPPED = "dropped"
FULL_CREDIT = "full credit"

_NOTHING: Mapping[str, float] = {}
_NO_WORDS: Mapping[str, str] = {}


@dataclass(frozen=True)
class Decisions:
    """Decisions about the questions of one week.

    Args:
        made: `DROPPED` or `FULL_CREDIT` by the question's name.
        gone: the points of questions that students were given and the package no longer has.
    """

    made: Mapping[str, str] = field(default_factory=lambda: _NO_WORDS)
    gone: Mapping[str, float] = field(default_factory=lambda: _NOTHING)

    def about(self, question: str) -> str:
        """What was decided about a question; empty if its answers count as they are."""
        return self.made.get(question, FULL_CREDIT if question in self.gone else "")

    def told(self) -> list[str]:
        """A sentence for each decision, for the instructor."""
        names = [*self.made, *(name for name in self.gone if name not in self.made)]
        return [
            f"{name} is dropped for everyone."
            if self.about(name) == DROPPED
            else f"{name} counts as right for everyone."
            for name in names
        ]

    def settle(
        self, judged: Iterable[Verdict], earlier: Iterable[Verdict] = ()
    ) -> tuple[Verdict, ...]:
        """Verdicts with the points and messages that follow from the decisions.

        Args:
            judged: a verdict on each question that the package has, settled before or not.
            earlier: those of an earlier run, which knew what is gone now.
        """
        before = {verdict.question: verdict for verdict in earlier}
        verdicts = list(judged)
        known = {verdict.question for verdict in verdicts}
        verdicts += [
            before.get(name) or Verdict(name, 0.0, points, Outcome.RIGHT, "")
            for name, points in self.gone.items()
            if name not in known
        ]
        rest = _share([each for each in verdicts if not self.about(each.question)])
        return tuple(self._settled(each, rest) for each in verdicts)

    def _settled(self, verdict: Verdict, rest: float) -> Verdict:
        decision = self.about(verdict.question)
        if not decision:
            return verdict
        worth = self.gone.get(verdict.question, verdict.max_points)
        earned = verdict.earned if verdict.decision else _share([verdict])
        share = 1.0 if decision == FULL_CREDIT else max(rest, earned)
        points = round(share * worth, 2)
        return replace(
            verdict,
            points=points,
            max_points=worth,
            outcome=Outcome.RIGHT,
            message=_message(verdict.question, decision, points, worth, more=earned > rest),
            part="",
            mistake="",
            answered="",
            figures=(),
            decision=decision,
            earned=earned,
        )


def _share(verdicts: Sequence[Verdict]) -> float:
    """The share of their points that some answers earn; all of nothing."""
    worth = sum(verdict.max_points for verdict in verdicts)
    return sum(verdict.points for verdict in verdicts) / worth if worth else 1.0


def _message(question: str, decision: str, points: float, worth: float, *, more: bool) -> str:
    heading = f"{question} · {points:g} of {worth:g} points"
    if decision == FULL_CREDIT:
        return f"{heading}\nEveryone gets the points of this question."
    reason = (
        "you keep what your answer earned"
        if more
        else "you get the same share of its points as of the other questions'"
    )
    return f"{heading} · dropped\nThis question was dropped for everyone: {reason}."
