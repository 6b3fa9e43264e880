"""Are students' names harmless in the formgrader, the feedback and the class report?

Names come from a platform, where students may write their own. The formgrader is nbgrader's and is
opened as it is served; all pages are opened in a real browser.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from nbgrader import api
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from autograder.cli import demo
from autograder.course import directory
from autograder.course.directory import Course
from autograder.course.roster import read_roster
from autograder.errors import CourseError
from autograder.feedback.pages import generate_feedback
from autograder.feedback.report.write import write_report
from autograder.grading import grade_class
from autograder.grading.assignment import load_assignment
from autograder.questions import catalogue
from tests.attacks.browser import MARK, has_run, in_a_browser, runs_page, shown

pytestmark = [
    pytest.mark.slow,
    in_a_browser,
    pytest.mark.bubblewrap,
]

WEAPONS = [
    f'<img src=x onerror="{MARK}">',
    f"</script><script>{MARK}</script>",
    f"'\"><svg onload={MARK}>",
    f'" onmouseover="{MARK}" autofocus onfocus="{MARK}',
    f"{{{{7*7}}}}<%= 7*7 %><iframe srcdoc='<script>parent.{MARK}</script>'>",
    f"javascript:{MARK}",
]
PEOPLE = list(zip(WEAPONS[::2], WEAPONS[1::2], strict=True))
ID = f"<img src=x onerror={MARK}>"


@pytest.fixture(scope="module")
def armed(released_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A class whose first and last names are weapons, with one submission each."""
    folder = tmp_path_factory.mktemp("names")
    lines = [("id", "last_name", "first_name", "email")]
    lines += [(f"s{n}", last, first, "a@x.org") for n, (last, first) in enumerate(PEOPLE)]
    with (folder / "roster.csv").open("w", newline="") as file:
        csv.writer(file).writerows(lines)
    opened = directory.load(Path(shutil.copytree(released_course, folder / "course")))
    with session(opened) as gradebook:
        members = read_roster(folder / "roster.csv")
        gradebook.add_all([api.Student(**vars(member)) for member in members])
    edits = [demo.RIGHT["right"], demo.MISTAKES["transposes-dW"], demo.BROKEN["corrupt-json"]]
    demo.hand_in(opened, [demo.Pupil(f"s{n}", edit) for n, edit in enumerate(edits)])
    assignment = load_assignment(opened, demo.WEEK)
    handed_in = grade_class.submissions(opened, assignment)
    assert len(list(grade_class.grade_course(opened, assignment, handed_in))) == len(PEOPLE)
    return opened


def test_do_the_feedback_and_the_report_run_no_name(armed: Course, tmp_path: Path) -> None:
    pages = generate_feedback(armed, demo.STEM)
    pages.append(write_report(armed, catalogue.week(demo.WEEK), similarity=True)[0])
    for page in pages:
        text, policies = re.subn(r"<meta http-equiv[^>]*>", "", page.read_text(encoding="utf-8"))
        assert policies == 1
        # Harmless by itself: the policy is there for what nobody has thought of.
        assert not runs_page(tmp_path, text), page


@pytest.fixture(scope="module")
def formgrader(armed: Course, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address at which nbgrader's own server shows this course."""
    home = tmp_path_factory.mktemp("home")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (home / "jupyter_server_config.py").write_text(
        "c.ServerApp.jpserver_extensions = {'nbgrader.server_extensions.formgrader': True}\n"
        f"c.ServerApp.root_dir = {str(armed.root)!r}\n"
        f"c.ServerApp.port = {port}\n"
        "c.ServerApp.port_retries = 0\n"
        "c.ServerApp.open_browser = False\n"
        "c.ServerApp.allow_root = True\n"
        "c.IdentityProvider.token = ''\n"
    )
    log = (home / "log").open("w")
    with (
        log,
        subprocess.Popen(
            [sys.executable, "-m", "jupyter_server"],
            cwd=armed.root,
            env={**os.environ, "HOME": str(home), "JUPYTER_CONFIG_DIR": str(home)},
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as server,
    ):
        address = f"http://127.0.0.1:{port}/formgrader"
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/manage_students", timeout=5).close()
                break
            except OSError:
                assert server.poll() is None, (home / "log").read_text()
                time.sleep(0.25)
        yield address
        server.terminate()


@pytest.mark.beyond_sample
def test_does_the_formgrader_run_no_name(armed: Course, formgrader: str, tmp_path: Path) -> None:
    with session(armed) as opened:
        graded = list(opened.scalars(select(api.SubmittedNotebook.id)))
    assert len(graded) == len(PEOPLE)
    pages = ["manage_students", "gradebook", f"gradebook/{demo.STEM}"]
    pages += [f"gradebook/{demo.STEM}/{demo.STEM}", f"manage_submissions/{demo.STEM}"]
    pages += [f"manage_students/s{n}" for n in range(len(PEOPLE))]
    pages += [f"submissions/{notebook}/?index=0" for notebook in graded]
    named = 0
    for page in pages:
        text = shown(tmp_path, f"{formgrader}/{page}")
        assert not has_run(text), page
        named += MARK in text
    assert named > len(PEOPLE)  # what is left of the names stands there to be read


@pytest.mark.beyond_sample
def test_would_the_formgrader_run_an_id_and_is_it_therefore_refused(
    armed: Course, formgrader: str, tmp_path: Path
) -> None:
    """The control of the test above, and the reason for what ids may not hold."""
    (tmp_path / "roster.csv").write_text(f'id\n"{ID}"\n')
    with pytest.raises(CourseError, match="cannot be a folder's name"):
        read_roster(tmp_path / "roster.csv")
    path = armed.notebook("submitted", demo.STEM, ID)
    path.parent.mkdir(parents=True)
    try:
        with pytest.raises(CourseError, match="rename it"):
            grade_class.submissions(armed, load_assignment(armed, demo.WEEK))
    finally:
        path.parent.rmdir()
        path.parents[1].rmdir()
    with session(armed) as opened:
        opened.add(api.Student(id=ID))
        assignment = opened.scalars(select(api.Assignment)).one()
        opened.add(api.SubmittedAssignment(assignment=assignment, student_id=ID))
    assert has_run(shown(tmp_path, f"{formgrader}/manage_students/{quote(ID)}"))


@contextmanager
def session(armed: Course) -> Iterator[Session]:
    engine = create_engine(armed.db_url)
    with Session(engine) as opened, opened.begin():
        yield opened
    engine.dispose()
