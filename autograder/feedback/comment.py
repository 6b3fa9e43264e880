"""The short text for an LMS's comment field: points, and why points are missing."""

from __future__ import annotations

from itertools import takewhile

from autograder.records import Report, Verdict

LONGEST = 4000
# Every comment begins with this, so that an exporter can tell its own from a teacher's.
OPENING = "Automatic checks: "
_CUT = "The rest is on the feedback page."
# Lines about cases and next steps, which only the feedback page shows.
_LEFT_OUT = (" ", "Right: ", "Right parts: ", "Check: ", "Next: ")
# Lines that follow a mistake's reason.
_AFTER_REASONS = ("Right: ", "Right parts: ", "Too slow ", "Your notebook ", "Check: ", "Next: ")


def comment(report: Report) -> str:
    """One student's result as a short plain text.

    Args:
        report: the result of grading the student's submission.

    Returns:
        The points by question and, below each question that lost points, the mistake's name and
        reason; at most `LONGEST` characters. Nothing about hidden cases or other students.
    """
    if report.unreadable:
        return _short([f"{OPENING}the notebook could not be graded: {report.unreadable}"])
    lines = [f"{OPENING}{report.points:g} of {report.max_points:g} points."]
    if right := [verdict.question for verdict in report.verdicts if verdict.right]:
        lines.append(f"Right: {', '.join(right)}.")
    for verdict in report.verdicts:
        if not verdict.right:
            lines += ["", _heading(verdict), *_reasons(verdict)]
    return _short([*lines, *(["", *report.problems] if report.problems else [])])


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
    return f"{text[: LONGEST - len(_CUT) - 1].rpartition(chr(10))[0]}\n{_CUT}"
