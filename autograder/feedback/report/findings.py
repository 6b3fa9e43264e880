"""The findings of a class, counted from its reports and grades, for every figure and table."""

from __future__ import annotations

import statistics as plain
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from autograder.feedback.report.people import People
from autograder.feedback.report.statistics import (
    Summary,
    difficulty,
    point_biserial,
    summarise,
)
from autograder.gradebook.totals import Total
from autograder.records import Outcome, Report, Verdict

UNEXPLAINED = "no catalogued mistake"
MOST_COSTLY = 5
# Below this, a question hardly tells strong students from weak ones (Ebel 1979: revise it).
WEAK_DISCRIMINATION = 0.2
# With fewer students, a share or a correlation says little.
FEW = 10
_ANSWERED = frozenset(
    {
        Outcome.CHANGED_ARGUMENTS,
        Outcome.STRUCTURE,
        Outcome.SHAPE,
        Outcome.DTYPE,
        Outcome.NOT_FINITE,
        Outcome.VALUES,
    }
)


@dataclass(frozen=True)
class Score:
    """One student's grade; `points` is None if nothing was handed in."""

    student: str
    points: float | None
    max_points: float
    late_penalty: float
    waiting: bool


@dataclass(frozen=True)
class QuestionFigures:
    """One question's statistics, over all readable submissions."""

    question: str
    points: float
    students: int
    attempted: int
    right: int
    difficulty: float | None
    discrimination: float | None
    median_seconds: float
    longest_seconds: float
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Count:
    """A cell of the heat map: the number of students with a finding at a question."""

    question: str
    found: str
    is_mistake: bool
    students: int
    points_lost: float


@dataclass(frozen=True)
class Group:
    """Wrong answers that belong together; `verdicts` pairs each with the student who gave it.

    `name` is that of a misconception, or the digest shared by equal unexplained answers.
    """

    name: str
    questions: tuple[str, ...]
    points_lost: float
    verdicts: tuple[tuple[str, Verdict], ...]

    @property
    def students(self) -> int:
        """How many students are in the group."""
        return len({student for student, _ in self.verdicts})


@dataclass(frozen=True)
class Person:
    """A student whose submission somebody should look at, and why."""

    student: str
    reason: str


@dataclass(frozen=True)
class Findings:
    """All the numbers that the page shows."""

    scores: tuple[Score, ...]
    summary: Summary | None
    submissions: int
    questions: tuple[QuestionFigures, ...]
    counts: tuple[Count, ...]
    misconceptions: tuple[Group, ...]
    unexplained: tuple[Group, ...]
    unreadable: tuple[Person, ...]
    stopped: tuple[Person, ...]
    waiting: tuple[str, ...]
    median_seconds: float
    longest_seconds: float


def find(
    reports: Sequence[Report],
    totals: Sequence[Total],
    worth: Mapping[str, float],
    people: People,
) -> Findings:
    """Count the findings.

    Args:
        reports: one per submission, without notebooks.
        totals: the grades of the same week.
        worth: the points of every automatically graded question, in the week's order.
        people: the students' labels.
    """
    readable = [report for report in reports if not report.unreadable]
    seconds = [report.seconds for report in readable]
    broken = [report for report in reports if report.unreadable]
    return Findings(
        tuple(_scores(totals, people)),
        summarise([total.points for total in totals if total.points is not None]),
        len(reports),
        tuple(_figures(name, points, readable) for name, points in worth.items()),
        tuple(_counts(readable)),
        tuple(_grouped(readable, lambda verdict: verdict.mistake)),
        tuple(_grouped(readable, _unexplained)),
        tuple(_persons(broken, people, lambda report: people.cleared(report.unreadable))),
        tuple(_persons((r for r in readable if r.stopped), people, _why_stopped)),
        tuple(people.label(each) for each in people.shuffled(_waiting(totals))),
        plain.median(seconds) if seconds else 0.0,
        max(seconds, default=0.0),
    )


def is_unexplained(verdict: Verdict) -> bool:
    """Whether an answer was returned that is wrong and that no catalogued mistake explains."""
    return not verdict.mistake and verdict.outcome in _ANSWERED


def _unexplained(verdict: Verdict) -> str:
    """The digest by which equal wrong answers, or equal exceptions, are grouped."""
    raised = verdict.outcome is Outcome.RAISED and not verdict.mistake
    return verdict.answered if raised or is_unexplained(verdict) else ""


def _scores(totals: Sequence[Total], people: People) -> Iterable[Score]:
    found = {total.student: total for total in totals}
    for student in people.shuffled(found):
        total = found[student]
        yield Score(
            people.label(student),
            None if total.points is None else round(total.points, 2),
            total.max_points,
            total.late_penalty,
            total.waiting,
        )


def _figures(name: str, worth: float, reports: Sequence[Report]) -> QuestionFigures:
    asked = [
        (report.points - verdict.points, verdict)
        for report in reports
        for verdict in report.verdicts
        if verdict.question == name
    ]
    right = [verdict.right for _, verdict in asked]
    seconds = [verdict.seconds for _, verdict in asked if verdict.attempted]
    discrimination = point_biserial(right, [rest for rest, _ in asked])
    return QuestionFigures(
        name,
        worth,
        len(asked),
        len(seconds),
        sum(right),
        difficulty([verdict.points for _, verdict in asked], worth),
        discrimination,
        plain.median(seconds) if seconds else 0.0,
        max(seconds, default=0.0),
        tuple(_flags(len(asked), sum(right), discrimination)),
    )


def _flags(students: int, right: int, discrimination: float | None) -> Iterable[str]:
    if not students:
        return
    if right == 0:
        yield "nobody solved it"
    if right == students:
        yield "everybody solved it"
    if discrimination is not None and students >= FEW and discrimination < WEAK_DISCRIMINATION:
        yield (
            "stronger students did worse here" if discrimination < 0 else "tells students little"
        )


def _counts(reports: Sequence[Report]) -> Iterable[Count]:
    found: dict[tuple[str, str, bool], list[float]] = defaultdict(list)
    for report in reports:
        for verdict in report.verdicts:
            if not verdict.right:
                lost = verdict.max_points - verdict.points
                found[verdict.question, _name(verdict), bool(verdict.mistake)].append(lost)
    for (question, name, is_mistake), losses in found.items():
        yield Count(question, name, is_mistake, len(losses), round(sum(losses), 2))


def _name(verdict: Verdict) -> str:
    if verdict.mistake:
        return verdict.mistake
    return UNEXPLAINED if is_unexplained(verdict) else str(verdict.outcome)


def _grouped(reports: Sequence[Report], key: Callable[[Verdict], str]) -> list[Group]:
    """Wrong answers grouped by a key, the costliest group first."""
    found: dict[tuple[str, str], list[tuple[str, Verdict]]] = defaultdict(list)
    for report in reports:
        for verdict in report.verdicts:
            name = key(verdict)
            if name and not verdict.right:
                # A mistake is the same at every question; a digest belongs to one question.
                place = "" if verdict.mistake else verdict.question
                found[name, place].append((report.student, verdict))
    groups = [
        Group(
            name,
            tuple(dict.fromkeys(verdict.question for _, verdict in verdicts)),
            round(sum(verdict.max_points - verdict.points for _, verdict in verdicts), 2),
            tuple(verdicts),
        )
        for (name, _), verdicts in found.items()
    ]
    return sorted(groups, key=lambda group: (-group.points_lost, -group.students, group.name))


def _persons(
    reports: Iterable[Report], people: People, why: Callable[[Report], str]
) -> Iterable[Person]:
    found = {report.student: report for report in reports}
    for student in people.shuffled(found):
        yield Person(people.label(student), why(found[student]))


def _why_stopped(report: Report) -> str:
    ended = [
        f"{verdict.question} {verdict.outcome}"
        for verdict in report.verdicts
        if verdict.outcome in (Outcome.TIMED_OUT, Outcome.CRASHED)
    ]
    cells = report.stopped - len(ended)
    if cells > 0:
        ended.append(f"{cells} cell{'s' if cells > 1 else ''} of the notebook stopped")
    return ", ".join(ended)


def _waiting(totals: Sequence[Total]) -> list[str]:
    return [total.student for total in totals if total.waiting]
