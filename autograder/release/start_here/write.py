"""What lies beside a released notebook so that a student can start, and one file of it all."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from string import Template

from autograder.course.directory import Course
from autograder.output.files import write_together, write_whole
from autograder.questions import catalogue

GUIDE = "START-HERE.md"
SCRIPT = "check_setup.py"
_HERE = Path(__file__).parent
_READABLE = 0o644
_DATE = (1980, 1, 1, 0, 0, 0)
_UPLOAD = "It asks you for a file: choose `{wheel}`."
_DOWNLOAD = "It downloads what checks your answers."


def write_start_here(course: Course, wheel: str) -> None:
    """Write the guide and the check of the set-up beside every released notebook.

    Args:
        course: the course.
        wheel: the name of the students' package, which lies beside each of them.
    """
    script = (_HERE / SCRIPT).read_bytes()
    files = {}
    for stem in catalogue.stems():
        notebook = course.notebook("release", stem)
        if notebook.is_file():
            text = guide(notebook.name, wheel, course.settings.package_url)
            files[notebook.with_name(GUIDE)] = text.encode()
            files[notebook.with_name(SCRIPT)] = script
    write_together(files, _READABLE)


def guide(notebook: str, wheel: str, link: str = "") -> str:
    """The text of the guide.

    Args:
        notebook: the notebook's name.
        wheel: the name of the students' package.
        link: where Colab finds that package; empty if students upload it.
    """
    template = Template((_HERE / GUIDE).read_text(encoding="utf-8"))
    colab = _DOWNLOAD if link else _UPLOAD.format(wheel=wheel)
    return template.substitute(notebook=notebook, wheel=wheel, colab=colab)


def write_zip(course: Course, stems: Sequence[str]) -> Path:
    """Put the released folders of weeks into one file, for a learning management system.

    Args:
        course: the course.
        stems: nbgrader's names of the weeks.

    Returns:
        The file, such as `release/week06.zip`; equal folders give equal bytes.
    """
    weeks = [stem.partition("_")[0] for stem in sorted(stems)]
    path = course.root / "release" / f"{'-'.join(dict.fromkeys([weeks[0], weeks[-1]]))}.zip"
    write_whole(path, zip_of(course, stems), _READABLE)
    return path


def zip_of(course: Course, stems: Sequence[str]) -> bytes:
    """The bytes of one file with the released folders of weeks.

    Args:
        course: the course.
        stems: nbgrader's names of the weeks.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for stem in sorted(stems):
            for name, path in for_students(course, stem).items():
                entry = zipfile.ZipInfo(f"{stem}/{name}", _DATE)
                entry.external_attr = _READABLE << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())
    return made.getvalue()


def for_students(course: Course, stem: str) -> dict[str, Path]:
    """The files of a released week that students get, by their path inside its folder.

    Args:
        course: the course.
        stem: nbgrader's name of the week.
    """
    folder = course.folder("release", stem)
    files = sorted(each for each in folder.rglob("*") if each.is_file() and not each.is_symlink())
    names = {each.relative_to(folder): each for each in files}
    return {
        name.as_posix(): each
        for name, each in names.items()
        if not any(part.startswith(".") for part in name.parts)
    }
