"""`autograder upgrade`: a newer package's changes come into the weeks that a course has adapted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

import autograder
from autograder.cli.display import screen

if TYPE_CHECKING:
    from autograder.release.upgrade import Upgrade

CONFLICTS = 3


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(upgrade)


def upgrade(
    weeks: Annotated[
        list[str] | None,
        typer.Argument(help="The weeks, such as week06 or 6; all that are adapted by default."),
    ] = None,
    course: Annotated[Path, typer.Option("--course", help="The course directory.")] = Path("."),
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
    ] = False,
) -> None:
    """Bring a newer package's changes into the weeks that you have adapted. Your edits stay.

    Where you and the package have changed the same lines, both are in the file, between git's
    marks, and the exit code is 3.
    """
    from autograder.course import directory as courses
    from autograder.release import upgrade as upgrades

    opened = courses.load(course)
    names = weeks or upgrades.adapted_weeks(opened.root)
    if not names:
        _say("This course has adapted no week; `autograder adapt WEEK` does.")
    found = False
    with courses.alone(opened):
        # All of them first, so that nothing is changed where one cannot be.
        plans = {plan.stem: plan for plan in (upgrades.plan_upgrade(opened.root, n) for n in names)}
        for plan in plans.values():
            kept = upgrades.carry_out(opened.root, plan) if plan.new and not dry_run else None
            _tell(plan, kept)
            found = found or bool(plan.merged.conflicts)
    if dry_run:
        _say("Nothing was changed.")
    raise typer.Exit(CONFLICTS if found else 0)


def _tell(plan: Upgrade, kept: Path | None) -> None:
    from autograder.questions.conflicts import HOW_TO_DECIDE

    if not plan.new:
        _say(f"{plan.name}: the package has nothing new.")
        return
    _say(f"{plan.name}, from package {autograder.__version__}:")
    for what, files in (
        ("changed", plan.changed),
        ("added", plan.added),
        ("removed", plan.removed),
    ):
        if files:
            _say(f"  {what}: {', '.join(files)}")
    if not plan.written and not plan.removed:
        _say("  all of it was in your week already")
    for note in plan.merged.notes:
        _say(f"  {note}")
    for name, lines in plan.merged.conflicts.items():
        where = "line" if len(lines) == 1 else "lines"
        _say(f"  CONFLICT: {plan.folder / name}, {where} {', '.join(map(str, lines))}")
    if kept is None:
        return
    _say(f"The week as it was: {kept}")
    first = f"{HOW_TO_DECIDE}; then" if plan.merged.conflicts else "run"
    _say(f"Next: {first} `autograder validate {plan.name}` and `autograder release {plan.name}`")


def _say(line: str) -> None:
    screen.print(escape(line), soft_wrap=True, highlight=False)
