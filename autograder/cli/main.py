"""The command line: `init`, `release`, `grade`, `feedback`, `report`, `export` and the rest.

Exit codes: 0 success; 1 an error, printed as one line; 2 wrong usage; 3 done, but some submissions
were unreadable or had code that was stopped (the last line says how many); 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.markup import escape

import autograder
from autograder.cli import (
    collect,
    desk,
    doctor,
    export,
    grade,
    gradescope,
    lti,
    new,
    own_weeks,
    release,
    roster,
    serve,
)
from autograder.cli import report as report_command
from autograder.cli.display import brief, errors, screen, without_points
from autograder.cli.options import CourseOption, IsolationOption, JsonOption, WorkersOption
from autograder.errors import AutograderError, UnknownName

SOME_NOT_GRADED = 3

app = typer.Typer(
    help="Neural Networks from Scratch: the course that grades itself.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(asked: bool) -> None:
    if asked:
        print(f"autograder {autograder.__version__}")
        raise typer.Exit


VersionOption = Annotated[
    bool,
    typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version."),
]


@app.callback()
def _every_command(version: VersionOption = False) -> None:
    pass


collect.register(app)
desk.register(app)
doctor.register(app)
export.register(app)
grade.register(app)
gradescope.register(app)
lti.register(app)
new.register(app)
release.register(app)
own_weeks.register(app)
report_command.register(app)
roster.register(app)
serve.register(app)


@app.command()
def init(
    directory: Annotated[
        Path | None, typer.Argument(help="Where to create the course: a new or empty directory.")
    ] = None,
    roster: Annotated[
        Path | None,
        typer.Option(
            help="The class as CSV: id, last_name, first_name, email; or Canvas's gradebook, or "
            "Moodle's participants."
        ),
    ] = None,
    database: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="An empty PostgreSQL database for the gradebook, such as "
            "postgresql://USER@HOST/NAME (default: SQLite in the course directory).",
        ),
    ] = "",
    here: Annotated[
        bool,
        typer.Option(
            "--here", help="Take over the nbgrader course in this directory, or in DIRECTORY."
        ),
    ] = False,
) -> None:
    """Create a course directory with nbgrader's configuration, a gradebook and a secret."""
    from autograder.course import directory as course
    from autograder.course import roster as people

    if here:
        _take_over(directory or Path("."), roster, database)
        return
    if directory is None:
        raise typer.BadParameter("expected a DIRECTORY for the course, or --here")
    made = course.init(directory, roster, database)
    screen.print(f"Created the course {made.course_id} in {made.root}.")
    if roster:
        said = people.about(people.enrolled(made.db_url))
        screen.print(f"Read {escape(roster.name)}: {said}.", highlight=False, soft_wrap=True)
    screen.print(f"Next: cd {made.root} && autograder release week06")


def _take_over(directory: Path, roster: Path | None, database: str) -> None:
    from autograder.course.enrolment import enrol
    from autograder.course.roster import read_roster
    from autograder.course.take_over import take_over

    if database:
        raise typer.BadParameter("--here keeps the database that nbgrader_config.py names")
    students = read_roster(roster) if roster else []
    made, added = take_over(directory)
    if students:
        enrol(made, students)
    what = f"Added {', '.join(added)}." if added else "Nothing was missing."
    screen.print(escape(f"{made.root} is a course. {what}"), highlight=False, soft_wrap=True)
    screen.print("Next: autograder release week06, or autograder grade ASSIGNMENT of your own")


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A student's notebook.")],
    course: CourseOption = Path("."),
    isolation: IsolationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Run a notebook and judge it on the public cases, as its own checks do."""
    from autograder.course import directory as courses
    from autograder.grading.single_notebook import check_file
    from autograder.sandbox.mounts import isolation_available

    courses.use_weeks(course)
    chosen = isolation or ("bubblewrap" if isolation_available() == "bubblewrap" else "process")
    report = check_file(file, chosen)
    if as_json:
        print(json.dumps(without_points(brief(report)), indent=1))
    else:
        for verdict in report.verdicts:
            screen.print(escape(verdict.message), end="\n\n", highlight=False)
        for problem in report.problems:
            screen.print(escape(problem), end="\n\n", highlight=False)
        right = sum(verdict.right for verdict in report.verdicts)
        screen.print(
            f"{right} of {len(report.verdicts)} questions are right on the public cases; "
            "hidden cases count when you hand in."
        )
    raise typer.Exit(0 if report.right else SOME_NOT_GRADED)


@app.command()
def explain(
    name: Annotated[str, typer.Argument(help="A mistake, such as bias-summed.")],
    course: CourseOption = Path("."),
) -> None:
    """Explain a mistake: what it looks like, why it happens, how to find it."""
    from rich.markdown import Markdown

    from autograder.course import directory as courses
    from autograder.judging.explain import page
    from autograder.output.did_you_mean import hint
    from autograder.questions import catalogue

    courses.use_weeks(course)
    every = [q for week in catalogue.weeks() for q in week.questions.values()]
    found = [(q, q.mistakes[name]) for q in every if name in q.mistakes]
    if not found:
        known = [mistake for q in every for mistake in q.mistakes]
        raise UnknownName(f"There is no mistake {name!r}{hint(name, known)}")
    text = page(found)
    screen.print(Markdown(text) if screen.is_terminal else text)


@app.command()
def demo(
    directory: Annotated[Path, typer.Option(help="Where to create the demo course.")] = Path(
        "demo-course"
    ),
    workers: WorkersOption = 0,
) -> None:
    """Release week 06, create a demo class, grade it, and show the results."""
    from autograder.cli import demo as demonstration

    demonstration.run(directory, workers=workers)


def main() -> None:
    """The entry point: every AutograderError becomes one line on stderr and exit code 1."""
    # jsonschema imports this optional URL checker, which takes 0.7 s and which no notebook needs;
    # an entry of None makes the import fail, and jsonschema then does without it.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    try:
        app()
    except AutograderError as error:
        _fail(str(error))
    except PermissionError as error:
        _fail(
            f"this account may not use {error.filename}: {error.strerror}. If the course is "
            "another person's, docs/instructor.md says how several graders share one"
        )


def _fail(message: str) -> NoReturn:
    errors.print(f"autograder: {escape(message)}", highlight=False, soft_wrap=True)
    sys.exit(1)
