"""What releasing a week would do: the merged lesson, what changes, and what stands in its way."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.course import assignments, own_functions, settings
from autograder.course.directory import Course
from autograder.errors import CourseError
from autograder.light_imports import from_dict
from autograder.release import changes, record
from autograder.release.lesson import source_notebook
from autograder.release.merge import PACKAGE, Conflict, merge_notebooks, merge_texts
from autograder.release.record import Record
from autograder.release.start_here import first_cell

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.questions.catalogue import Week


@dataclass(frozen=True)
class Plan:
    """A release that has not happened yet.

    Args:
        stem: nbgrader's name for the week.
        notebook: the lesson with the instructor's edits, for `source/`.
        files: what is written beside it, by name.
        record: what the lesson and the package say, without the edits.
        again: whether the week was released before.
        changes: a line for each kind of change in what is released.
        edits: a line for each kind of edit of the instructor's that is kept.
        conflicts: lines that the instructor and the lesson have both changed.
        handed_in: how many have handed in.
        graded: how many submissions are graded.
    """

    stem: str
    notebook: NotebookNode
    files: Mapping[str, str]
    record: Record
    again: bool = False
    changes: tuple[str, ...] = ()
    edits: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    handed_in: int = 0
    graded: int = 0

    @property
    def name(self) -> str:
        """The week's name, such as week06."""
        return self.stem.partition("_")[0]

    def refuse(self) -> None:
        """Refuse what cannot be released.

        Raises:
            CourseError: when both sides changed the same lines.
        """
        if self.conflicts:
            cells = ", ".join(dict.fromkeys(conflict.cell for conflict in self.conflicts))
            raise CourseError(
                f"{self.name}: you and the lesson have both changed {cells}, so nothing was "
                "released; run it again with --keep for your lines or --replace for the lesson's, "
                f"or edit source/{self.stem}/{self.stem}.ipynb"
            )


def plan_release(
    course: Course,
    week: Week,
    solutions: Path | None = None,
    *,
    own: bool | None = None,
    prefer: str = "",
) -> Plan:
    """Find out what releasing a week would do; nothing is written.

    Args:
        course: the course in which to release the week.
        week: the week to release.
        solutions: the folder of lesson scripts, in place of the week's own lesson.
        own: import functions of earlier weeks from the student's file (`course.own_functions`);
            None for as the week was released before.
        prefer: what counts where both sides changed the same lines: `merge.YOURS`,
            `merge.PACKAGE`, or empty to report them.

    Raises:
        CourseError: when there is no lesson script, or cells that are graded would change.
        QuestionError: when the lesson and the questions do not match.
    """
    earlier = record.load(course, week.stem)
    script = solutions / f"{week.stem}.py" if solutions else week.lesson
    if not course.settings.counts(week.name):
        raise CourseError(
            f"{week.name} is not among the weeks of {course.root / settings.FILE}; add it there "
            "first"
        )
    lesson = lesson_of(week, script)
    if course.settings.language != "en":
        lesson.metadata["lang"] = course.settings.language
    entry = assignments.find(course, week.stem)
    if entry and entry.graded and first_cell.CELL not in entry.cells:
        # An earlier version released it without this cell, and graded cells stay as they are.
        first_cell.leave_out(lesson)
    first_cell.set_link(lesson, course.settings.package_url)
    own = earlier.own if own is None and earlier else bool(own)
    texts = {own_functions.FILE: own_functions.leave_to_students(lesson, week.name)} if own else {}
    made = record.record_of(week, lesson, digest_of(script), texts)
    path = course.notebook("source", week.stem)
    if not path.is_file():
        return Plan(week.stem, lesson, texts, made)
    yours = _read(path)
    merged = merge_notebooks(earlier.notebook if earlier else None, yours, lesson, prefer)
    files, in_files = _merged_files(path.parent, earlier, texts, prefer)
    notebook = from_dict(merged.notebook)
    released = course.notebook("release", week.stem)
    plan = Plan(
        week.stem,
        notebook,
        files,
        made,
        again=released.is_file(),
        changes=tuple(changes.changes(yours, notebook)),
        edits=tuple(changes.changes(lesson, notebook)),
        conflicts=merged.conflicts + in_files,
        handed_in=len(assignments.handed_in(course, week.stem)),
        graded=entry.graded if entry else 0,
    )
    if entry and entry.graded and not plan.conflicts:
        _refuse_other_cells(plan, entry)
    return plan


def lesson_of(week: Week, script: Path) -> NotebookNode:
    """A week's lesson as a notebook with the solutions.

    Raises:
        CourseError: when there is no lesson script.
        QuestionError: when the lesson and the questions do not match.
    """
    if not script.is_file():
        raise CourseError(
            f"the lesson {script} does not exist; lessons are not part of the installed package, "
            "so run this from a checkout of the course's repository"
        )
    return source_notebook(script, week.points_by_name, week.answer_cells)


def digest_of(script: Path) -> str:
    """A digest of a lesson script."""
    return hashlib.blake2b(script.read_bytes(), digest_size=24).hexdigest()


def _read(path: Path) -> Any:
    """The instructor's notebook, as nbformat 4."""
    from autograder.light_imports import nbformat

    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError, KeyError, AttributeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise CourseError(
            f"{path} cannot be read ({reason}); correct it, or delete it to release the lesson "
            "without your edits"
        ) from None


def _merged_files(
    folder: Path, earlier: Record | None, new: Mapping[str, str], prefer: str
) -> tuple[dict[str, str], tuple[Conflict, ...]]:
    """The files beside the notebook, merged in the same way."""
    files = dict(new)
    conflicts: tuple[Conflict, ...] = ()
    for name, text in new.items():
        path = folder / name
        if not path.is_file():
            continue
        yours = path.read_text(encoding="utf-8")
        base = earlier.files.get(name) if earlier else None
        if yours in (text, base):
            continue
        if base is None:
            files[name] = {PACKAGE: text}.get(prefer, yours)
            conflicts += () if prefer else (Conflict(name, yours, text),)
        else:
            files[name], found = merge_texts(base, yours, text, prefer)
            conflicts += found
    return files, conflicts


def _refuse_other_cells(plan: Plan, entry: assignments.Entry) -> None:
    """nbgrader keeps a grade for each cell, so the cells stay while there are grades."""
    names = changes.names(plan.notebook)
    if names == entry.cells:
        return
    told = [
        f"{what} {', '.join(sorted(found))}"
        for what, found in (("adds", names - entry.cells), ("removes", entry.cells - names))
        if found
    ]
    count = "1 submission is" if plan.graded == 1 else f"{plan.graded} submissions are"
    raise CourseError(
        f"{plan.name} cannot be released again: it {' and '.join(told)}, and {count} graded with "
        f"the cells of before; run `autograder grade {plan.name} --as-released`"
    )
