"""What the commands print: the progress bar, the table of a graded class, the summary line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    track,
)
from rich.table import Table
from rich.text import Text

from autograder.output.text import printable
from autograder.records import Report

screen = Console()
errors = Console(stderr=True)

MOST_COMMON = 12

T = TypeVar("T")


def brief(report: Report) -> dict[str, Any]:
    """One report as plain data, without its notebook, so that memory stays flat."""
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
        "judged_again": report.judged_again,
        "questions": {
            verdict.question: {
                "points": verdict.points,
                "outcome": str(verdict.outcome),
                "mistake": verdict.mistake,
            }
            for verdict in report.verdicts
        },
    }


def without_points(line: dict[str, Any]) -> dict[str, Any]:
    """What `brief` gives, without points: no hidden case was asked, so nobody knows them."""
    known = {name: value for name, value in line.items() if not name.endswith("points")}
    known["questions"] = {
        name: {key: value for key, value in question.items() if key != "points"}
        for name, question in line["questions"].items()
    }
    return known


class _Rate(ProgressColumn):
    """Submissions per second, over the last half minute."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.1f}/s" if speed else "")


def progress(reports: Iterable[Report], total: int, label: str) -> Generator[Report]:
    """Pass reports through, with a progress bar on stderr: count, rate, time left, failures."""
    columns = (
        TextColumn(label),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[failed]}"),
    )
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task(label, total=total, failed="")
        failures = 0
        for report in reports:
            failures += bool(report.unreadable or report.stopped)
            failed = f"{failures} with problems" if failures else ""
            if report.kept:
                # It took no time, so it would inflate the rate.
                total -= 1
                bar.update(task, total=total, failed=failed)
            else:
                bar.update(task, advance=1, failed=failed)
            yield report


def bar(label: str) -> Callable[[Sequence[T]], Iterable[T]]:
    """What passes items on, with a progress bar on stderr."""
    return lambda items: track(items, label, console=errors, transient=True)


def print_json(week: str, lines: Iterable[dict[str, Any]], **rest: Any) -> None:
    """Print one JSON document line by line; it is still valid JSON if the run is interrupted.

    Args:
        week: such as week06.
        lines: one for each graded submission, in the form that `brief` gives.
        rest: what else stands in the document, after the submissions.
    """
    head = f'{{\n "week": {json.dumps(week)},\n "submissions": ['
    before = head
    try:
        for line in lines:
            text = json.dumps(line, indent=1).replace("\n", "\n  ")
            print(f"{before}\n  {text}", end="")
            before = ","
    except BaseException:
        if before is not head:
            print("\n ]\n}", flush=True)
        raise
    tail = "".join(f",\n {json.dumps(key)}: {json.dumps(value)}" for key, value in rest.items())
    print(f"{head if before is head else ''}\n ]{tail}\n}}", flush=True)


@dataclass
class ClassTable:
    """The results of a class, collected line by line in bounded memory.

    Up to `most` submissions get a row each. For a larger class it shows the most common findings
    and the submissions with problems.

    Attributes:
        week: such as week06.
        not_graded: what was not graded and why, by its name in `submitted/`.
        doubtful: sentences about submissions that were graded, by student.
        notes: sentences to print below the table.
        most: the largest class in which every submission has a row.
    """

    week: str
    not_graded: Mapping[str, str] = field(default_factory=dict)
    doubtful: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()
    most: int = 200
    total: int = 0
    unreadable: int = 0
    stopped: int = 0
    kept: int = 0
    judged_again: int = 0
    _rows: list[tuple[str, ...]] = field(default_factory=list)
    _problems: list[tuple[str, ...]] = field(default_factory=list)
    _found: Counter[str] = field(default_factory=Counter)

    def add(self, line: dict[str, Any]) -> None:
        """Add one submission, in the form that `brief` gives."""
        self.total += 1
        self.unreadable += bool(line["unreadable"])
        self.stopped += bool(line["stopped"])
        self.kept += line["kept"]
        self.judged_again += line["judged_again"]
        self._found.update(_kinds(line))
        row = _row(line)
        if self.total <= self.most:
            self._rows.append(row)
        else:
            self._rows.clear()
        if line["unreadable"] or line["stopped"]:
            self._problems = [*self._problems, row][: self.most // 4]

    @property
    def problems(self) -> bool:
        """Whether any submission was unreadable, had code that was stopped, or was not graded."""
        return bool(self.unreadable or self.stopped or self.not_graded)

    def print(self, *, regraded: bool = False) -> None:
        """Print the table, then the summary line.

        Args:
            regraded: say how many were regraded even if none were.
        """
        named = [
            (escape(printable(name)), "", escape(printable(reason)), "")
            for reasons in (self.not_graded, self.doubtful)
            for name, reason in reasons.items()
        ]
        if self.total <= self.most:
            _print_rows([*self._rows, *named])
        else:
            _print_found(self._found, self.total)
            if self._problems:
                screen.print(f"\n{self.unreadable + self.stopped} with problems, including:")
                _print_rows(self._problems)
            if named:
                screen.print()
                _print_rows(named)
            screen.print(f"\n`autograder report {self.week}` shows all of it on one page.\n")
        for note in self.notes:
            screen.print(escape(printable(note)), highlight=False, soft_wrap=True)
        screen.print(self._last_line(regraded))

    def _last_line(self, regraded: bool) -> str:
        line = (
            f"{self.total} submissions: {self.total - self.unreadable} graded, {self.unreadable} "
            f"unreadable (recorded as 0), {self.stopped} with code that was stopped."
        )
        if self.not_graded:
            line += f" {len(self.not_graded)} not graded, with the reason above."
        if self.kept:
            line += f" {self.kept} had been graded before and are unchanged."
        if self.judged_again or regraded:
            run = self.total - self.kept - self.judged_again
            line += f" {self.judged_again} were regraded from saved answers, {run} were run."
        return line


def _row(line: dict[str, Any]) -> tuple[str, ...]:
    return (
        escape(printable(line["student"])),
        f"{line['points']:g}/{line['max_points']:g}",
        escape(printable(_found(line))),
        f"{line['seconds']:.2f}",
    )


def _print_rows(rows: Sequence[tuple[str, ...]]) -> None:
    """One row per submission: student, points, what was found, seconds."""
    table = Table(box=None, pad_edge=False)
    table.add_column("student", no_wrap=True)
    table.add_column("points", justify="right")
    table.add_column("found", overflow="fold")
    table.add_column("seconds", justify="right")
    for row in sorted(rows):
        table.add_row(*row)
    screen.print(table)


def _print_found(found: Counter[str], total: int) -> None:
    """The most common findings, and how many submissions have each."""
    table = Table(box=None, pad_edge=False)
    table.add_column("most common", overflow="fold")
    table.add_column("submissions", justify="right")
    for what, count in found.most_common(MOST_COMMON):
        table.add_row(escape(printable(what)), f"{count} of {total}")
    screen.print(table)


def _kinds(line: dict[str, Any]) -> set[str]:
    """What one submission adds to the counts: mistakes by name, other outcomes by question."""
    if line["unreadable"]:
        return {"unreadable"}
    wrong = {name: q for name, q in line["questions"].items() if q["outcome"] != "right"}
    kinds = {q["mistake"] or f"{q['outcome']}: {name}" for name, q in wrong.items()}
    return kinds or {"all right"}


def _found(line: dict[str, Any]) -> str:
    if line["unreadable"]:
        return str(line["unreadable"])
    found: dict[str, list[str]] = {}
    for name, answer in line["questions"].items():
        if answer["outcome"] != "right":
            found.setdefault(answer["mistake"] or answer["outcome"], []).append(name)
    return ", ".join(_shared(what, names, line) for what, names in found.items()) or "all right"


def _shared(what: str, names: list[str], line: dict[str, Any]) -> str:
    """One finding with its questions; a mistake's name says enough by itself."""
    if len(names) == len(line["questions"]):
        return what
    if len(names) > 2:
        return f"{what}: {len(names)} questions"
    is_mistake = line["questions"][names[0]]["mistake"] == what
    return what if is_mistake else f"{what}: {', '.join(names)}"
