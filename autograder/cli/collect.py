"""`autograder collect WEEK SOURCE`: put submissions from a platform into `submitted/`."""

from __future__ import annotations

from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from autograder.cli.display import screen

if TYPE_CHECKING:
    from autograder.intake.collect.by_student import Line
    from autograder.intake.collect.canvas import Submitted
    from autograder.intake.collect.collect import Collection

SOME_LEFT_OUT = 3


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(collect)


def collect(
    week: Annotated[str, typer.Argument(help="Such as week06 or 6.")],
    source: Annotated[Path, typer.Argument(help="The zip archive or folder with the submissions.")],
    kind: Annotated[
        str,
        typer.Option(
            "--from",
            help="canvas, moodle, gradescope, blackboard, brightspace, ilias, nbgrader or plain; "
            "detected if left out.",
        ),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the table without changing anything.")
    ] = False,
    worksheet: Annotated[
        Path | None,
        typer.Option(
            help="Moodle's grading worksheet of this assignment: it tells two people of one name "
            "apart, names the members of groups, and says whose work is late."
        ),
    ] = None,
    timezone: Annotated[
        str,
        typer.Option(
            help="The time zone of the server that wrote the archive, such as Europe/Berlin. "
            "Without it, times in an archive that names no zone are not used."
        ),
    ] = "",
    groups: Annotated[
        Path | None,
        typer.Option(
            help="A CSV file with who is in which group, such as Canvas's list of its groups: "
            "everybody in a group gets its submission."
        ),
    ] = None,
    course_id: Annotated[
        str, typer.Option(help="Ask Canvas for times and groups: the number in /courses/N.")
    ] = "",
    assignment_id: Annotated[
        str, typer.Option(help="With --course-id: the number in /assignments/N.")
    ] = "",
    course: Annotated[Path, typer.Option("--course", help="The course directory.")] = Path("."),
) -> None:
    """Collect a class's submissions from an archive or folder, each under its student."""
    from autograder.course import directory as courses
    from autograder.intake.collect import collect as collecting
    from autograder.questions import catalogue

    opened = courses.load(course)
    found = catalogue.week(week)
    collection = collecting.collect(
        opened,
        found.stem,
        found.name,
        source,
        kind=kind,
        dry_run=dry_run,
        worksheet=worksheet,
        zone=_zone(timezone),
        groups=groups,
        records=_records(course_id, assignment_id),
    )
    _print(collection)
    if dry_run:
        screen.print("Nothing was changed; run it without --dry-run to collect.")
    raise typer.Exit(SOME_LEFT_OUT if collection.left_out or collection.alarms else 0)


def _records(course_id: str, assignment_id: str) -> list[Submitted]:
    if not course_id and not assignment_id:
        return []
    from autograder.lms.canvas.submissions import submitted

    return submitted(course_id, assignment_id)


def _zone(name: str) -> tzinfo | None:
    if not name:
        return None
    import zoneinfo

    from autograder.errors import UnknownName
    from autograder.output.did_you_mean import hint

    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        known = zoneinfo.available_timezones()
        raise UnknownName(
            f"--timezone cannot be {name!r}; expected a name such as Europe/Berlin"
            f"{hint(name, sorted(known))}"
        ) from None


def _print(collection: Collection) -> None:
    table = Table(box=None, pad_edge=False)
    for name in ("student", "handed in as", "by", "at (UTC)", "result"):
        table.add_column(name, overflow="fold")
    for line in collection.lines:
        if line.student:
            result = f"{line.result}; {line.note}" if line.note else line.result
            cells = (line.student, f"{line.shown}: {line.file}", line.by, _when(line), result)
            table.add_row(*(escape(_visible(cell)) for cell in cells))
    if table.row_count:
        screen.print(table)
    for line in collection.left_out:
        nearest = f"; most similar: {', '.join(line.nearest)}" if line.nearest else ""
        _say(f"Left out: {line.shown}: {line.note}{nearest}")
    _print_summary(collection)


def _say(text: str) -> None:
    screen.print(escape(_visible(text)), highlight=False, soft_wrap=True)


def _visible(text: str) -> str:
    """Names come from students: replace characters that could control the terminal."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def _when(line: Line) -> str:
    time = f"{line.time:%Y-%m-%d %H:%M}" if line.time else ""
    return f"{time} late".strip() if line.late else time


def _print_summary(collection: Collection) -> None:
    for note in (*collection.notes, *collection.alarms):
        _say(note)
    results = [line.result for line in collection.lines]
    counts = [f"{results.count(each)} {each}" for each in _ORDER if each in results]
    _say(f"{collection.kind}: {len(results)} submissions: {', '.join(counts)}.")
    if collection.missing:
        first = ", ".join(collection.missing[:_NAMED])
        more = len(collection.missing) - _NAMED
        _say(f"No submission from: {first}{f' and {more} more' if more > 0 else ''}.")


_NAMED = 10
_ORDER = ["new", "replaces an earlier one", "unchanged", "older: kept aside", "left out"]
