"""Put an upload where `autograder collect` puts submissions, before it is graded."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from autograder.course import own_functions
from autograder.course.directory import Course
from autograder.intake import hand_in_time
from autograder.intake.collect import store
from autograder.records import Submission
from autograder.service.queue import Upload


def put(course: Course, upload: Upload, files: Mapping[str, bytes]) -> Submission:
    """Make an upload the student's submission of its week; doing it twice changes nothing.

    An earlier submission is kept in `.autograder/earlier/`. If it had the student's own file of
    earlier functions and the upload has none, that file is kept with the new notebook.

    Args:
        course: whose `submitted/` is written.
        upload: says whose it is, and when it was accepted.
        files: by name.

    Raises:
        CourseError: when it cannot be written.
    """
    name = f"{upload.assignment}.ipynb"
    place = store.Store(course.root, upload.assignment, (name, own_functions.FILE))
    folder = place.folder(upload.student)
    if own_functions.FILE not in files:
        kept = own_functions.handed_in(folder)
        files = {**files, **{name: text.encode() for name, text in kept.items()}}
    # nbgrader stores whole seconds.
    accepted = upload.accepted.replace(microsecond=0)
    same = place.holds(upload.student) and place.digest(folder) == store.digest(files)
    if not same or place.time(upload.student) != accepted:
        with place.staging() as staging:
            prepared = staging / str(upload.id)
            store.write(prepared, files, upload.accepted)
            _flush(prepared)
            place.put(prepared, upload.student)
            _flush(folder.parent)
    return submission(course, upload)


def submission(course: Course, upload: Upload) -> Submission:
    """What the student has handed in for the upload's week."""
    path = course.notebook("submitted", upload.assignment, upload.student)
    week = upload.assignment.partition("_")[0]
    return Submission(upload.student, week, path, hand_in_time.text_in(path.parent))


def _flush(folder: Path) -> None:
    """Have a folder and its files on the disk: after a power cut the upload's row is gone."""
    for path in (*(each for each in folder.iterdir() if each.is_file()), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
