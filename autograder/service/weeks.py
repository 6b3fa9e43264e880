"""The course and its weeks as the service has loaded them, and loads them again when they change.

Loading a week takes seconds, and the instructor may release it again, or edit course.toml, while
the service runs.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

from autograder.course import assignments
from autograder.course import directory as courses
from autograder.course import settings as course_settings
from autograder.course.directory import Course
from autograder.grading.assignment import Assignment, load_assignment

_Stamp = tuple[tuple[str, int, int], ...]


class Weeks:
    """A course whose files are watched.

    Args:
        root: the course directory.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._course: tuple[_Stamp, Course] | None = None
        self._weeks: dict[str, tuple[_Stamp, Assignment]] = {}
        self._loading = threading.RLock()

    @property
    def course(self) -> Course:
        """The course, with its settings as they are now.

        Raises:
            CourseError: when it cannot be used.
        """
        files = [self._root / name for name in (course_settings.FILE, courses.CONFIG_FILE)]
        stamp = _stamp(files)
        with self._loading:
            if self._course is None or self._course[0] != stamp:
                self._course = stamp, courses.load(self._root)
            return self._course[1]

    def assignment(self, stem: str) -> Assignment:
        """A week as it is released now; the gradebook gets the due date that course.toml says.

        Args:
            stem: nbgrader's name for it, such as week06_backpropagation.

        Raises:
            CourseError: when it is not released, or has changed since.
        """
        course = self.course
        stamp = _stamp(
            [
                *(self._root / name for name in (course_settings.FILE, courses.CONFIG_FILE)),
                *_files(course.folder("release", stem)),
                *_files(course.folder("source", stem)),
            ]
        )
        with self._loading:
            if stem not in self._weeks or self._weeks[stem][0] != stamp:
                self._weeks.pop(stem, None)
                loaded = load_assignment(course, stem.partition("_")[0])
                assignments.follow_settings(course, loaded.week.name, loaded.week.stem)
                self._weeks[stem] = stamp, loaded
            return self._weeks[stem][1]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _stamp(files: Iterable[Path]) -> _Stamp:
    found = []
    for path in files:
        try:
            status = path.stat()
        except OSError:
            continue
        found.append((str(path), status.st_mtime_ns, status.st_size))
    return tuple(found)
