"""Does what students read run what a student wrote? Pages are opened in a real browser."""

from __future__ import annotations

import copy
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autograder.cli import demo
from autograder.cli.display import ClassTable, brief, screen
from autograder.course import directory
from autograder.feedback.pages import POLICY, generate_feedback
from autograder.grading import grade_class
from autograder.grading.assignment import load_assignment
from autograder.records import Report
from autograder.sandbox.limits import Limits
from tests.attacks.attack import every_attack
from tests.attacks.browser import in_a_browser, runs_page
from tests.conftest import one_in

pytestmark = [
    pytest.mark.slow,
    pytest.mark.bubblewrap,
]


@pytest.fixture(scope="module")
def pages(released_course: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = Path(shutil.copytree(released_course, tmp_path_factory.mktemp("weapons") / "course"))
    opened = directory.load(root)
    complete = demo.solved(opened)
    for attack in every_attack():
        if attack.group == "feedback as a weapon":
            path = opened.notebook("submitted", demo.STEM, attack.name)
            path.parent.mkdir(parents=True)
            path.write_bytes(attack.edit(copy.deepcopy(complete)))
    assignment = load_assignment(opened, demo.WEEK)
    handed_in = grade_class.submissions(opened, assignment)
    limits = Limits(cell_seconds=4, question_seconds=2)
    reports = list(
        grade_class.grade_course(opened, assignment, handed_in, workers=1, limits=limits)
    )
    assert {report.student for report in reports} == set(weapons())
    made = generate_feedback(opened, demo.STEM)
    assert len(made) == len(weapons())
    return {path.parents[1].name: path for path in made}


def weapons() -> list[str]:
    return [attack.name for attack in every_attack() if attack.group == "feedback as a weapon"]


def is_harmless(address: str) -> bool:
    """Whether a browser, which drops controls and white space, finds an allowed scheme there."""
    plain = re.sub(r"[\x00-\x20]", "", address).casefold()
    return plain.startswith(("https://", "http://", "mailto:", "#", "data:image/png;base64,"))


class Dangers(HTMLParser):
    """Everything in a page by which it could run something that is not nbgrader's own."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._script = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._script = tag if tag == "script" else ""
        self.found += [f"{tag} {name}" for name in given if name.startswith("on")]
        self.found += [
            f"{tag} {name}={value[:40]}"
            for name, value in given.items()
            if re.match(r"\s*(javascript|vbscript|data:text)", value, re.IGNORECASE)
        ]
        policy = given.get("http-equiv") == "Content-Security-Policy"
        self.found += [
            f"{tag} {name}={given[name][:40]}"
            for name in ("href", "src")
            if tag in ("a", "img") and name in given and not is_harmless(given[name])
        ]
        if tag in ("iframe", "object", "embed", "form", "base", "svg") or (
            "http-equiv" in given and not policy
        ):
            self.found.append(tag)

    def handle_data(self, data: str) -> None:
        if self._script and "it ran" in data:
            self.found.append("script")


@pytest.mark.parametrize("name", weapons())
def test_does_a_page_hold_nothing_that_runs(pages: dict[str, Path], name: str) -> None:
    text = pages[name].read_text(encoding="utf-8")
    parser = Dangers()
    parser.feed(text)
    assert parser.found == []
    assert "\x1b" not in text and "\x9b" not in text


@in_a_browser
@pytest.mark.parametrize("name", one_in(4, [("control",), *zip(weapons())], by=tuple))
def test_does_a_browser_run_nothing(pages: dict[str, Path], tmp_path: Path, name: str) -> None:
    """A real browser opens the page; the control is a page whose script does run."""
    control = "<p>x</p><img src=x onerror=\"document.documentElement.dataset.ran='yes'\">"
    text = control if name == "control" else pages[name].read_text(encoding="utf-8")
    # What is disarmed is harmless by itself, without the page's policy.
    assert runs_page(tmp_path, text.replace(POLICY, "")) == (name == "control")


@in_a_browser
def test_does_a_page_run_nothing_even_if_markup_got_through(
    pages: dict[str, Path], tmp_path: Path
) -> None:
    """The page's own policy holds where all before it failed; without it the script runs."""
    text = pages["formulas"].read_text(encoding="utf-8")
    assert text.index(POLICY) < text.index("<title>")
    weapon = '<img src=x onerror="document.documentElement.dataset.ran=1"></body>'
    armed = text.replace("</body>", weapon)
    assert not runs_page(tmp_path, armed)
    assert runs_page(tmp_path, armed.replace(POLICY, "style-src 'unsafe-inline'"))


def test_does_a_terminal_obey_nothing() -> None:
    """Names and reasons are printed without the codes in them."""
    report = Report(
        "\x1b]0;owned\x07mallory\u202e",
        demo.WEEK,
        (),
        unreadable="There is no file \x1b[2J\x9b31mx.ipynb.",
    )
    table = ClassTable(demo.WEEK)
    table.add(brief(report))
    with screen.capture() as captured:
        table.print()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", captured.get())
    assert "mallory" in captured.get()
