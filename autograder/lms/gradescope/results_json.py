"""Turn a report into Gradescope's results.json.

Each question is a test with the message that the student also sees in the notebook. `extra_data`
is for the instructor; a capstone's figures become the leaderboard.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.records import Report, Verdict

DESCENDING, ASCENDING = "desc", "asc"
_SMALLER_IS_BETTER = frozenset({"Parameters"})
_ABOUT_ISOLATION = {
    "bubblewrap": "It ran in a sandbox without network access.",
    "user": "It ran as an unprivileged user, with limits on time and memory.",
    "process": "It ran with limits on time and memory, but without a sandbox.",
}


@dataclass(frozen=True)
class Metadata:
    """What submission_metadata.json says about a submission; empty if it says nothing."""

    id: str = ""
    students: tuple[str, ...] = ()
    total_points: float | None = None
    previous: int = 0


def read_metadata(path: Path) -> Metadata:
    """Read submission_metadata.json; fields that are missing or damaged stay empty."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return Metadata()
    if not isinstance(found, dict):
        return Metadata()
    users = [user for user in _list(found.get("users")) if isinstance(user, dict)]
    assignment = found.get("assignment")
    return Metadata(
        str(found.get("id") or ""),
        tuple(str(user.get("email") or user.get("name") or user.get("id")) for user in users),
        _number(assignment.get("total_points")) if isinstance(assignment, dict) else None,
        len(_list(found.get("previous_submissions"))),
    )


def results(report: Report, metadata: Metadata, by_hand: Mapping[str, float]) -> dict[str, Any]:
    """The content of results.json for a graded submission.

    Args:
        report: its report.
        metadata: what Gradescope says about it.
        by_hand: points of the manually graded questions, by name.
    """
    written: dict[str, Any] = {
        "score": report.points,
        "execution_time": round(report.seconds, 2),
        "output": "\n\n".join(_about(report, metadata, by_hand)),
        "output_format": "text",
        "test_output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [_test(number, each) for number, each in enumerate(report.verdicts, 1)],
        "extra_data": _extra(report, metadata),
    }
    if board := _leaderboard(report):
        written["leaderboard"] = board
    return written


def failure(message: str, names: Sequence[str] = ()) -> dict[str, Any]:
    """The content of results.json if grading itself failed: no points, and the reason.

    Args:
        message: for the student and the instructor.
        names: what the instructor may search for, such as the type of the error.
    """
    return {
        "score": 0.0,
        "output": message,
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"grading_failed": True, "names": list(names)},
    }


def _about(report: Report, metadata: Metadata, by_hand: Mapping[str, float]) -> list[str]:
    if report.unreadable:
        return [f"The submission could not be graded. {report.unreadable}"]
    lines = [
        f"{report.points:g} of {report.max_points:g} points. "
        f"{_ABOUT_ISOLATION.get(report.isolation, '')}".strip()
    ]
    lines += list(report.problems)
    for name, points in by_hand.items():
        lines.append(f"{name}, {points:g} points, is graded manually.")
    worth = report.max_points + sum(by_hand.values())
    if metadata.total_points is not None and metadata.total_points not in (
        report.max_points,
        worth,
    ):
        lines.append(
            f"For the instructor: the assignment is worth {metadata.total_points:g} points in "
            f"Gradescope; its tests are worth {report.max_points:g}"
            + (f", and {worth:g} with manual grading." if by_hand else ".")
        )
    return lines


def _test(number: int, verdict: Verdict) -> dict[str, Any]:
    return {
        "name": verdict.question,
        "name_format": "text",
        "number": str(number),
        "score": verdict.points,
        "max_score": verdict.max_points,
        "status": "passed" if verdict.right else "failed",
        "output": verdict.message,
        "output_format": "text",
        "visibility": "visible",
    }


def _extra(report: Report, metadata: Metadata) -> dict[str, Any]:
    return {
        "week": report.week,
        "isolation": report.isolation,
        "unreadable": bool(report.unreadable),
        "stopped": report.stopped,
        "peak_memory": report.peak_memory,
        "submission": metadata.id,
        "previous_submissions": metadata.previous,
        "misconceptions": [
            {
                "question": verdict.question,
                "misconception": verdict.mistake,
                "part": verdict.part,
                "points_lost": round(verdict.max_points - verdict.points, 2),
            }
            for verdict in report.verdicts
            if verdict.mistake
        ],
        "outcomes": {verdict.question: str(verdict.outcome) for verdict in report.verdicts},
    }


def _leaderboard(report: Report) -> list[dict[str, Any]]:
    figures = [figure for verdict in report.verdicts for figure in verdict.figures]
    return [
        {
            "name": name,
            "value": value,
            "order": ASCENDING if name in _SMALLER_IS_BETTER else DESCENDING,
        }
        for name, value in figures
        if math.isfinite(value)
    ]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _number(value: Any) -> float | None:
    """A number, which Gradescope may write as a string; None if it is not one."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
