"""A class whose grades go home, without a gradebook; and what a reader of ours does not know."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from autograder.gradebook.totals import Total
from autograder.lms.exporter import WeekGrades

STEM = "week06_backpropagation"
NAMES = [
    ("Ada", "Lovelace"),
    ("José", "Núñez, Jr."),
    ("Zoë_Ann", "O'Neil"),
    ("محمد", "العربي"),
    ("王", "小明"),
    ('Bobby "Tables"', "=cmd|' /C calc'!A0"),
    ("Søren", "de_la_Cruz"),
    ("Łukasz", "Żółć"),
]


def student(number: int, points: float | None = 80.0, **fields: Any) -> Total:
    """Student number `number`, with a name that something may trip over."""
    first, last = NAMES[number % len(NAMES)]
    return Total(
        f"s{number:04}",
        **{
            "last_name": f"{last} {number}",
            "first_name": first,
            "email": f"s{number:04}@uni.example",
            "points": points,
            "max_points": 100.0,
            **fields,
        },
    )


def week(root: Path, totals: list[Total], held_back: tuple[str, ...] = ()) -> WeekGrades:
    """Week 6 with these grades; who is held back stays known to the gradebook."""
    course: Any = SimpleNamespace(
        root=root,
        folder=lambda step, name, of: root / step / of / name,
        notebook=lambda step, name, of: root / step / of / name / f"{name}.ipynb",
    )
    exported = tuple(total for total in totals if total.student not in held_back)
    everyone = tuple(totals)
    title = "Backpropagation"
    return WeekGrades(course, "week06", STEM, title, exported, held_back, everyone=everyone)


def rows(content: bytes, encoding: str = "utf-8-sig", delimiter: str = ",") -> list[list[str]]:
    """The cells as Python's own reader sees them."""
    text = content.decode(encoding)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
