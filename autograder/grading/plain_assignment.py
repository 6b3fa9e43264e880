"""Grade an assignment of the instructor's own with nbgrader's steps, its code in the sandbox.

It may have several notebooks. nbgrader scores them by its own rules; only the step that runs the
cells is ours (see `plain_cells`). So the scores are those of `nbgrader autograde`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from autograder.course import directory as courses
from autograder.course.directory import Course
from autograder.errors import CourseError, UnknownName
from autograder.gradebook import reports
from autograder.grading.plain_cells import FAILED, PARTLY, PASSED
from autograder.intake import hand_in_time
from autograder.output.did_you_mean import hint
from autograder.questions import catalogue
from autograder.questions.keys import digest
from autograder.records import Outcome, Report, Submission, Verdict

_EXCEPTION = re.compile(r"^[\w.]*(?:Error|Exception): ")
_STEPS = ("source", "release")


def is_own(course: Course, name: str) -> bool:
    """Whether an assignment of the instructor's own is meant, rather than a week.

    Args:
        course: the course.
        name: what the instructor typed: a week, or a folder in `source/`.

    Raises:
        UnknownName: when there is neither.
    """
    try:
        catalogue.week(name)
    except UnknownName as unknown:
        folders = sorted(each.name for each in (course.root / "source").glob("[!.]*"))
        if name in folders:
            return True
        also = f", nor is it in source/{hint(name, folders) or '.'}"
        raise UnknownName(f"{str(unknown).rstrip('.')}{also if folders else '.'}") from None
    return False


def names_of(course: Course, name: str) -> tuple[str, str, str]:
    """The short name, the folder's name and the title of a week or of an assignment.

    Raises:
        UnknownName: as `is_own`.
    """
    if is_own(course, name):
        return name, name, name
    week = catalogue.week(name)
    return week.name, week.stem, week.title


def submissions(course: Course, assignment: str) -> list[Submission]:
    """What was handed in for an assignment, by student.

    Raises:
        CourseError: when it is not released, or nothing is handed in.
    """
    if not list((course.root / "release" / assignment).glob("*.ipynb")):
        raise CourseError(f"{assignment} is not released; run `autograder release {assignment}`")
    folders = sorted(course.root.glob(f"submitted/[!.]*/{assignment}"))
    if not folders:
        raise CourseError(
            f"nothing is handed in for {assignment}; put notebooks into "
            f"{course.root / 'submitted' / 'STUDENT' / assignment}"
        )
    shared = _content(*(course.root / step / assignment for step in _STEPS))
    return [
        Submission(
            folder.parent.name,
            assignment,
            folder,
            hand_in_time.text_in(folder),
            digest(shared, _content(folder)).hex(),
        )
        for folder in folders
    ]


def grade(
    course: Course, assignment: str, handed_in: Sequence[Submission], *, force: bool = False
) -> Iterator[Report]:
    """Grade submissions into the gradebook; yield reports as they are done.

    Args:
        course: whose gradebook is written.
        assignment: nbgrader's name for it.
        handed_in: what `submissions` found.
        force: run also what has not changed.
    """
    with courses.alone(course):
        for submission in handed_in:
            earlier = reports.find(course.root, assignment, submission.student)
            if earlier and earlier.key == submission.key and not force:
                yield replace(earlier, kept=True)
                continue
            report = _graded(course, assignment, submission)
            reports.save(course.root, assignment, report)
            yield report


def _graded(course: Course, assignment: str, submission: Submission) -> Report:
    from nbgrader.converters import Autograde

    made = Report(submission.student, assignment, ())
    try:
        if submission.path.is_symlink():
            raise CourseError("the folder is a link, which is not followed")
        step = partial(Autograde, create_student=True)
        courses.run_converter(step, course.config, assignment, submission.student)
        verdicts = tuple(_verdicts(course, assignment, submission.student))
    except CourseError as error:
        cause = _EXCEPTION.sub("", str(error).removeprefix(f"{assignment}: ")).rstrip(".")
        return replace(made, unreadable=f"nbgrader refuses this notebook: {cause}.")
    return replace(made, verdicts=verdicts, key=submission.key, isolation="bubblewrap")


def _verdicts(course: Course, assignment: str, student: str) -> Iterator[Verdict]:
    """What nbgrader's gradebook says of every test."""
    from autograder.course.gradebook import opened

    with opened(course) as gradebook:
        for notebook in gradebook.find_submission(assignment, student).notebooks:
            for grade in notebook.grades:
                if grade.auto_score is not None:
                    yield _verdict(grade.name, float(grade.auto_score), float(grade.max_score))


def _verdict(name: str, points: float, worth: float) -> Verdict:
    if points >= worth:
        return Verdict(name, points, worth, Outcome.RIGHT, PASSED, plain=True)
    if points > 0.0:
        said = PARTLY.format(points=points, worth=worth)
        return Verdict(name, points, worth, Outcome.VALUES, said, plain=True)
    return Verdict(name, points, worth, Outcome.RAISED, FAILED, plain=True)


def _content(*folders: Path) -> bytes:
    """A digest of all files in these folders; links count by their names alone."""
    parts: list[bytes] = []
    for folder in folders:
        for path in sorted(folder.rglob("*")) if not folder.is_symlink() else ():
            if path.is_file():
                name = path.relative_to(folder).as_posix().encode()
                parts += [name, b"" if path.is_symlink() else path.read_bytes()]
    return digest(*parts)


def write_feedback(course: Course, assignment: str) -> list[Path]:
    """Write nbgrader's own feedback pages for an assignment.

    Raises:
        CourseError: when nothing has been graded, or nbgrader refuses.
    """
    from nbgrader.converters import GenerateFeedback

    if not list(course.root.glob(f"autograded/*/{assignment}/*.ipynb")):
        raise CourseError(
            f"nothing of {assignment} has been graded; run `autograder grade {assignment}`"
        )
    courses.run_converter(GenerateFeedback, course.config, assignment)
    return sorted(course.root.glob(f"feedback/*/{assignment}/*.html"))


def release(course: Course, assignment: str) -> list[Path]:
    """Run nbgrader's `generate_assignment` on what the instructor has put into `source/`.

    Raises:
        CourseError: when nbgrader refuses.
    """
    from nbgrader.converters import GenerateAssignment

    converter: Any = GenerateAssignment
    courses.run_converter(converter, course.config, assignment)
    return sorted((course.root / "release" / assignment).glob("*.ipynb"))
