"""Classes whose reports are made up instead of graded, and saved as grading saves them."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from autograder.cli import demo
from autograder.course.directory import Course
from autograder.feedback.pages import POLICY
from autograder.gradebook.bulk import BulkWriter
from autograder.questions import catalogue
from autograder.records import Outcome, Report, Verdict

WEEK = catalogue.week(demo.WEEK)


def verdict(name: str, mistake: str = "", answered: str = "", **given: object) -> Verdict:
    """A wrong verdict of a question of week 06, without points."""
    worth = WEEK.questions[name].points
    message = f"{name} · 0 of {worth:g} points · {mistake}\nIt differs."
    details = {"outcome": Outcome.VALUES, "message": message, **given}
    return Verdict(name, 0.0, worth, mistake=mistake, answered=answered, seconds=0.01, **details)


def report(student: str, *wrong: Verdict, **given: object) -> Report:
    """A report in which everything else is right."""
    found = {each.question: each for each in wrong}
    verdicts = [
        found.get(name)
        or Verdict(name, question.points, question.points, Outcome.RIGHT, "right", seconds=0.01)
        for name, question in WEEK.questions.items()
    ]
    return Report(student, WEEK.name, tuple(verdicts), seconds=0.2, **given)


def unreadable(student: str, reason: str) -> Report:
    return Report(student, WEEK.name, (), unreadable=reason)


def keep(
    opened: Course, made: Sequence[Report], cells: Mapping[str, Mapping[str, str]] | None = None
) -> None:
    """Enter reports in the gradebook, with these solution cells in the graded notebooks."""
    complete = demo.solved(opened)
    with BulkWriter(opened, demo.STEM) as writer:
        for each in made:
            notebook = copy.deepcopy(complete)
            for name, source in (cells or {}).get(each.student, {}).items():
                demo.answer_cell(notebook, name).source = source
            writer.write([replace(each, notebook=None if each.unreadable else notebook)])


def every_page(opened: Course) -> dict[str, str]:
    """All HTML below feedback/, by student; each with its policy before anything that is read."""
    found = {}
    for page in sorted((opened.root / "feedback").rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        assert text.count(POLICY) == 1 and text.index(POLICY) < text.index("<title>")
        assert "</html>" in text
        found[page.parents[1].name] = text
    return found


def add_text(opened: Course, student: str, source: str) -> None:
    """Append a text cell to a graded notebook, as an earlier version may have graded it."""
    path = opened.notebook("autograded", demo.STEM, student)
    notebook = json.loads(path.read_text())
    cell = {"id": "added", "cell_type": "markdown", "metadata": {}, "source": source}
    notebook["cells"].append(cell)
    path.chmod(0o644)
    path.write_text(json.dumps(notebook))
