"""The short text for an LMS's comment field: the whole grade, and why points are missing."""

from __future__ import annotations

from itertools import takewhile

from autograder.gradebook.by_hand import ByHand, Part
from autograder.gradebook.totals import Total
from autograder.output.spreadsheet import number
from autograder.records import Report, Verdict

LONGEST = 4000
# Every comment begins with this, so that an exporter can tell its own from a teacher's.
OPENING = "Automatic checks: "
NOBODY = ByHand()
CUT = "The rest is on the feedback page."
# Lines about cases and next steps, which only the feedback page shows.
_LEFT_OUT = (" ", "Right: ", "Right parts: ", "Check: ", "Next: ")
# Lines that follow a mistake's reason.
_AFTER_REASONS = ("Right: ", "Right parts: ", "Too slow ", "Your notebook ", "Check: ", "Next: ")


def comment(report: Report, total: Total | None = None, people: ByHand = NOBODY) -> str:
    """One student's result as a short plain text.

    Args:
        report: the result of grading the student's submission.
        total: the student's grade as it is exported; None if there is only the report.
        people: what people have added to it.

    Returns:
        The whole grade (automatic checks, what people graded, the late penalty); the points by
        question and, below each question that lost points, the mistake's name and reason; and
        people's remarks. At most `LONGEST` characters. Nothing about hidden cases or other
        students.
    """
    if report.unreadable:
        lines = [f"{OPENING}the notebook could not be graded: {report.unreadable}"]
    else:
        lines = [f"{OPENING}{report.points:g} of {report.max_points:g} points."]
    lines += _whole_grade(report, total, people)
    remarks = [
        f"{name.removeprefix('solution-')}: {' '.join(text.split())}"
        for name, text in people.remarks
    ]
    if remarks:
        lines += ["", "Remarks of the person who graded:", *remarks]
    if report.unreadable:
        return _short(lines)
    if right := [verdict.question for verdict in report.verdicts if verdict.right]:
        lines += [*([""] if remarks else []), f"Right: {', '.join(right)}."]
    for verdict in report.verdicts:
        if not verdict.right:
            lines += ["", _heading(verdict), *_reasons(verdict)]
    return _short([*lines, *(["", *report.problems] if report.problems else [])])


def _whole_grade(report: Report, total: Total | None, people: ByHand) -> list[str]:
    """What else is in the grade, and the grade; nothing if the checks are all of it."""
    lines = [_of_a_person(part) for part in people.parts]
    if total is None or total.points is None:
        return lines
    if total.extra_credit:
        lines.append(f"Extra credit: {_points(total.extra_credit)}.")
    if total.late_penalty:
        times = {"handed in": total.handed_in, "due": people.due}
        told = [f"{word} {time:%Y-%m-%d %H:%M}" for word, time in times.items() if time]
        when = f" ({', '.join(told)} UTC)" if told else ""
        lines.append(f"Late{when}: minus {_points(total.late_penalty)}.")
    if lines or (total.points, total.max_points) != (report.points, report.max_points):
        so_far = " so far" if total.waiting else ""
        lines.append(f"Grade{so_far}: {number(total.points)} of {number(total.max_points)} points.")
    return lines


def _of_a_person(part: Part) -> str:
    if part.points is None:
        return f"{part.name}: up to {_points(part.max_points)}, not graded yet."
    graded = f"{part.name}: {number(part.points)} of {number(part.max_points)} points, by hand"
    return (
        f"{graded}." if part.automatic is None else f"{graded} (before: {number(part.automatic)})."
    )


def _points(value: float) -> str:
    return f"{number(value)} point{'' if value == 1 else 's'}"


def _heading(verdict: Verdict) -> str:
    earned = f"{verdict.points:g} of {verdict.max_points:g} points"
    return f"{verdict.question}: {earned}, {verdict.mistake or verdict.outcome}"


def _reasons(verdict: Verdict) -> list[str]:
    """One reason for each named mistake; without one, what was observed."""
    lines = verdict.message.splitlines()[1:]
    if not verdict.mistake:
        return _without(_LEFT_OUT, lines)[:2]
    # What follow-through says comes first, and ends with a next step of its own.
    ends = [at for at, line in enumerate(lines[:-1], 1) if line.startswith("Next: ")]
    observed, *rest = lines[max(ends, default=0) :] or [""]
    # The reasons are the last lines of what is left, in the order of the names.
    rest = list(takewhile(lambda line: not line.startswith(_AFTER_REASONS), rest))
    return _without(_LEFT_OUT, [observed, *rest])[-len(verdict.mistake.split(" + ")) :]


def _without(beginnings: tuple[str, ...], lines: list[str]) -> list[str]:
    return [line for line in lines if line.strip() and not line.startswith(beginnings)]


def _short(lines: list[str]) -> str:
    clean = ["".join(c for c in line if c.isprintable()) for line in lines]
    text = "\n".join(clean)
    if len(text) <= LONGEST:
        return text
    return f"{text[: LONGEST - len(CUT) - 1].rpartition(chr(10))[0]}\n{CUT}"
