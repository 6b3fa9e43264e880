"""The report's numbers as CSV (RFC 4180, safe to open in a spreadsheet) and as JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from autograder.feedback.report.contents import Contents
from autograder.output.spreadsheet import safe

SIMILAR = "similar"


def as_json(made: Contents) -> str:
    """The whole report as one JSON document, without individual verdicts."""
    document = asdict(made)
    findings = document.pop("findings")
    # The groups hold every verdict of every student; the page needs only their counts.
    del findings["misconceptions"], findings["unexplained"]
    return json.dumps({**document, **findings}, indent=1, ensure_ascii=False) + "\n"


def as_csv(made: Contents) -> dict[str, str]:
    """The report's tables as CSV text, by the suffix of their file's name."""
    findings = made.findings
    tables: dict[str, tuple[list[str], Iterable[Iterable[Any]]]] = {
        "scores": (
            ["student", "points", "max_points", "late_penalty", "waiting"],
            (
                (s.student, s.points, s.max_points, s.late_penalty, s.waiting)
                for s in findings.scores
            ),
        ),
        "questions": (
            [
                *("question", "points", "students", "attempted", "right", "difficulty"),
                *("discrimination", "median_seconds", "longest_seconds", "flags"),
            ],
            ([*list(asdict(q).values())[:-1], "; ".join(q.flags)] for q in findings.questions),
        ),
        "heatmap": (
            ["question", "found", "is_mistake", "students", "points_lost"],
            (asdict(count).values() for count in findings.counts),
        ),
        "misconceptions": (
            ["misconception", "questions", "students", "points_lost", "reason"],
            (
                (m.name, "; ".join(m.questions), m.students, m.points_lost, m.reason)
                for m in made.misconceptions
            ),
        ),
        "unexplained": (
            ["question", "answered", "outcome", "students", "points_lost"],
            (
                (u.question, u.answered, u.outcome, u.students, u.points_lost)
                for u in made.unexplained
            ),
        ),
    }
    if made.pairs is not None:
        tables[SIMILAR] = (
            ["first", "second", "surprise", "answers", "cells"],
            (
                (
                    pair.first,
                    pair.second,
                    pair.surprise,
                    "; ".join(answer.question for answer in pair.answers),
                    "; ".join(f"{code.cell} {code.alike:.0%}" for code, _, _ in pair.codes),
                )
                for pair in made.pairs
            ),
        )
    return {name: _csv(header, rows) for name, (header, rows) in tables.items()}


def _csv(header: list[str], rows: Iterable[Iterable[Any]]) -> str:
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(header)
    table.writerows([_cell(value) for value in row] for row in rows)
    return written.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return round(value, 6) if isinstance(value, float) else value
