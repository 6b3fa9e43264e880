"""Make docs/feedback.png: what a student of the demo's class reads below one answer.

make picture    (or: python -m benchmarks.feedback_picture [FILE]; needs Chromium)
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from matplotlib import image

from autograder.cli import demo
from autograder.course import directory
from autograder.feedback.pages import page_of
from autograder.gradebook.graded_cells import graded_cells
from autograder.grading import grade_class
from autograder.grading.assignment import load_assignment
from autograder.light_imports import nbformat
from autograder.questions import catalogue
from autograder.release import generate

STUDENT, QUESTION = "averages-twice", "dense_backward"
WIDTH, HEIGHT, MARGIN = 870, 2000, 16
# The picture is of two cells, so that what leads to the others is left out.
_ALONE = "header, .skip, .back { display: none } body { padding: 0 1rem }"


def page(folder: Path) -> str:
    """The feedback page of one student, cut down to one question and its answer."""
    course = directory.init(folder / "course")
    generate.release(course, catalogue.week(demo.WEEK))
    demo.hand_in(course, [each for each in demo.members() if each.name == STUDENT])
    assignment = load_assignment(course, demo.WEEK)
    handed_in = grade_class.submissions(course, assignment)
    list(grade_class.grade_course(course, assignment, handed_in))
    notebook = nbformat.read(course.notebook("autograded", demo.STEM, STUDENT), as_version=4)
    names = {QUESTION, f"solution-{QUESTION}"}
    notebook.cells = [
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") in names
    ]
    graded = graded_cells(course.db_url, demo.STEM, STUDENT)[STUDENT]
    text = page_of(notebook, demo.STEM, graded, course.settings)
    return text.replace("</style>", f"{_ALONE}</style>", 1)


def photograph(text: str, target: Path, folder: Path) -> None:
    """What a browser shows of a page, without the empty space below it."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        raise SystemExit("Chromium is missing. Next: install chromium, or google-chrome")
    source, shot = folder / "page.html", folder / "shot.png"
    source.write_text(text, encoding="utf-8")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    command += [f"--user-data-dir={folder / 'profile'}", f"--window-size={WIDTH},{HEIGHT}"]
    command += [f"--screenshot={shot}", source.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    pixels = image.imread(shot)
    is_drawn = np.any(pixels != pixels[-1, -1], axis=(1, 2))
    (rows,) = np.nonzero(is_drawn)
    first, last = max(0, rows[0] - MARGIN), rows[-1] + MARGIN
    image.imsave(target, np.ascontiguousarray(pixels[first : last + 1]))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("file", type=Path, nargs="?", default=Path("docs/feedback.png"))
    target = options.parse_args().file
    with tempfile.TemporaryDirectory() as folder:
        photograph(page(Path(folder)), target, Path(folder))
    print(f"Wrote {target}")


if __name__ == "__main__":
    main()
