"""`autograder adapt`, `upgrade` and `validate`: weeks of the course's own."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from autograder.cli import upgrade
from autograder.cli.display import screen

if TYPE_CHECKING:
    from autograder.course.directory import Course
    from autograder.release.validate import Validation

SOMETHING_TO_CORRECT = 1

CourseOption = Annotated[Path, typer.Option("--course", help="The course directory.")]
WeekArgument = Annotated[str, typer.Argument(help="The week, such as week06 or 6.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(adapt)
    upgrade.register(app)
    app.command()(validate)


def adapt(week: WeekArgument, course: CourseOption = Path(".")) -> None:
    """Copy a week of the package into the course, where you can change all of it."""
    from autograder.course import directory as courses
    from autograder.course import own_weeks

    opened = courses.load(course)
    made = own_weeks.adapt(opened.root, week)
    _say(f"Copied {made.name}, {made.title}, to {made.folder}.")
    _say("From now on the course takes this week from there:")
    _say("  lesson.py: the lesson, with the solutions")
    _say("  __init__.py: its title, which questions it has and in which order, written questions")
    _say("  the other files: the questions, with their points, cases and mistakes")
    _say(f"Next: edit them, and run `autograder validate {made.name}`")


def validate(week: WeekArgument, course: CourseOption = Path(".")) -> None:
    """Check a week before students meet it: solution, stubs, cases, mistakes and references."""
    from autograder.course import directory as courses
    from autograder.questions import catalogue
    from autograder.release.validate import validate as tried

    opened = courses.load(course)
    found = catalogue.week(week)
    with screen.status("Trying every law"):
        made = tried(found, opened.secret, opened.hidden_values(found.stem))
        if not made.findings:
            _run_lesson(made, opened)
    _print(made)
    raise typer.Exit(SOMETHING_TO_CORRECT if made.findings else 0)


def _run_lesson(made: Validation, course: Course) -> None:
    """Grade the lesson itself, once all that is said of single questions holds."""
    from autograder.grading.try_in_jupyter import try_in_jupyter
    from autograder.grading.try_lesson import try_lesson
    from autograder.light_imports import nbformat
    from autograder.release.generate import make_assignment
    from autograder.release.lesson import source_notebook
    from autograder.release.validate import LONG
    from autograder.sandbox.mounts import isolation_available

    week = made.week
    if any(question.seconds > LONG for question in week.questions.values()):
        made.notes.append("The lesson trains for minutes, so it was not run as a submission.")
        return
    with tempfile.TemporaryDirectory() as folder:
        lesson = Path(folder, "solutions", f"{week.stem}.py")
        lesson.parent.mkdir()
        lesson.write_bytes(week.lesson.read_bytes())
        released = nbformat.read(make_assignment(Path(folder), week), as_version=4)
    solved = source_notebook(week.lesson, week.points_by_name, week.answer_cells)
    isolation = "bubblewrap" if isolation_available() == "bubblewrap" else "process"
    hidden = course.hidden_values(week.stem)
    wrong = try_lesson(week, solved, released, course.secret, hidden, isolation)
    for question, sentences in wrong.items():
        made.add(question, *sentences)
    made.add("", *try_in_jupyter(week, released, course.root))


def _print(made: Validation) -> None:
    week = made.week
    count = len(week.points_by_name)
    questions = "1 question" if count == 1 else f"{count} questions"
    _say(f"{week.name}, {week.title}: {questions}, {week.points:g} points. {week.folder}")
    for note in made.notes:
        _say(note)
    order = ["", *week.points_by_name]
    for name in [name for name in order if name in made.findings or name in made.advice]:
        _say(name or "The week as a whole")
        for sentence in made.findings.get(name, []):
            _say(f"  - {sentence}")
        for sentence in made.advice.get(name, []):
            _say(f"  - worth a look: {sentence}")
    number = sum(map(len, made.findings.values()))
    if number:
        things = "1 thing" if number == 1 else f"{number} things"
        _say(f"{things} to correct. Then run `autograder validate {week.name}` again.")
    else:
        _say(f"Every law holds. Next: autograder release {week.name}")


def _say(line: str) -> None:
    screen.print(escape(line), soft_wrap=True, highlight=False)
