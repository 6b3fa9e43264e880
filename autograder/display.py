"""What the commands print: the table of a graded class, the progress bar, the last line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from autograder.message import printable
from autograder.records import Report

screen = Console()
errors = Console(stderr=True)


def brief(report: Report) -> dict[str, Any]:
    """What one report says, without its notebook, so that memory stays flat."""
    return {
        "student": report.student,
        "points": report.points,
        "max_points": report.max_points,
        "seconds": round(report.seconds, 3),
        "unreadable": report.unreadable,
        "problems": list(report.problems),
        "stopped": report.stopped,
        "isolation": report.isolation,
        "kept": report.kept,
        "questions": {
            verdict.question: {
                "points": verdict.points,
                "outcome": str(verdict.outcome),
                "mistake": verdict.mistake,
            }
            for verdict in report.verdicts
        },
    }


def progress(reports: Iterable[Report], total: int, label: str) -> Iterator[Report]:
    """The same reports, with a bar on stderr: how many, time left, how many had problems."""
    columns = (
        TextColumn(label),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[zeros]}"),
    )
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task(label, total=total, zeros="")
        failures = 0
        for report in reports:
            failures += bool(report.unreadable or report.stopped)
            bar.update(task, advance=1, zeros=f"{failures} with problems" if failures else "")
            yield report


def print_table(lines: list[dict[str, Any]]) -> None:
    """One row a submission: student, points, what was found, seconds."""
    table = Table(box=None, pad_edge=False)
    table.add_column("student", no_wrap=True)
    table.add_column("points", justify="right")
    table.add_column("found", overflow="fold")
    table.add_column("seconds", justify="right")
    for line in sorted(lines, key=lambda each: str(each["student"])):
        table.add_row(
            escape(printable(line["student"])),
            f"{line['points']:g}/{line['max_points']:g}",
            escape(printable(_found(line))),
            f"{line['seconds']:.2f}",
        )
    screen.print(table)


def _found(line: dict[str, Any]) -> str:
    if line["unreadable"]:
        return str(line["unreadable"])
    found: dict[str, list[str]] = {}
    for name, answer in line["questions"].items():
        if answer["outcome"] != "right":
            found.setdefault(answer["mistake"] or answer["outcome"], []).append(name)
    return ", ".join(_shared(what, names, line) for what, names in found.items()) or "all right"


def _shared(what: str, names: list[str], line: dict[str, Any]) -> str:
    """What was found at some questions: a mistake has a name, an outcome needs its question."""
    if len(names) == len(line["questions"]):
        return what
    if len(names) > 2:
        return f"{what}: {len(names)} questions"
    is_mistake = line["questions"][names[0]]["mistake"] == what
    return what if is_mistake else f"{what}: {', '.join(names)}"


def summary(lines: list[dict[str, Any]]) -> str:
    """The last line: how many were graded, unreadable, or had code that was stopped."""
    unreadable = sum(bool(line["unreadable"]) for line in lines)
    kept = sum(line["kept"] for line in lines)
    before = f" {kept} had been graded before and are unchanged." if kept else ""
    stopped = sum(bool(line["stopped"]) for line in lines)
    return (
        f"{len(lines)} submissions: {len(lines) - unreadable} graded, {unreadable} "
        f"unreadable (recorded as 0), {stopped} with code that was stopped.{before}"
    )
