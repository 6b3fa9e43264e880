"""A student's first hour in a real JupyterLab: from the unpacked folder to `check_all`.

Set SCREENSHOTS to a folder to keep the pictures and look at them.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import student_folder
from tests.browser.lab import NARROW, WIDE, Notebook, chromium
from tests.conftest import EXHAUSTIVE

NEEDED = ("playwright", "axe_playwright_python", "jupyterlab")
MISSING = [name for name in NEEDED if not importlib.util.find_spec(name)]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not EXHAUSTIVE, reason="two and a half minutes; in `make test-all`"),
    pytest.mark.skipif(bool(MISSING), reason=f"needs `pip install '.[browser]'`: {MISSING}"),
    pytest.mark.skipif(not shutil.which("chromium"), reason="needs Chromium, as `chromium`"),
]

WEEK = "week02"
THEMES = ("JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast")
LOOKS = list(itertools.product(THEMES, (WIDE, NARROW)))
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("first-hour")


@pytest.fixture(scope="module")
def folder(root: Path) -> Path:
    """The folder of START-HERE, after all steps but the last."""
    made = student_folder.received(root, WEEK)
    student_folder.install(root, made)
    return made


@pytest.fixture(scope="module", params=["doc/tree", "notebooks"], ids=["JupyterLab", "Notebook 7"])
def notebook(request: Any, root: Path, folder: Path) -> Iterator[Notebook]:
    """The notebook in one of Jupyter's two pages; the tests use it one after the other."""
    name = f"{folder.name}.ipynb"
    untouched = (folder / name).read_bytes()
    with student_folder.served(root, folder) as address, chromium() as browser:
        yield Notebook(browser, f"{address}/{request.param}/{name}?token={student_folder.TOKEN}")
    (folder / name).write_bytes(untouched)


def test_does_the_check_of_the_setup_find_nothing_missing(root, folder):
    """Without the clone: what the environment imports comes from the wheel."""
    python = folder / "nn" / "bin" / "python"
    code = "import autograder, sys; print(autograder.__file__)"
    for words, told in (
        (["check_setup.py"], "Nothing is missing."),
        (["-c", code], str(folder / "nn")),
    ):
        environment = student_folder.environment(root)
        done = subprocess.run(
            [python, *words], cwd=folder, env=environment, capture_output=True, text=True
        )
        assert told in done.stdout and not done.returncode, done.stdout + done.stderr


def test_does_a_student_get_from_run_all_to_a_right_answer(notebook):
    notebook.run_all()
    # Not what is in view, which is all that the browser lays out.
    text = "\n".join(notebook.page.locator(".jp-OutputArea-output").all_text_contents())
    assert "not attempted" in text and "Traceback" not in text and "Error" not in text
    notebook.write("def tanh(z)", "def tanh(z):\n    return np.tanh(z / 2)")
    assert "Not right yet · tanh" in notebook.run('check("tanh")')
    assert "hint 3 of 3" in notebook.add('check("tanh")', 'check("tanh", hint=3)')
    notebook.write("def relu(z)", "def relu(z):\n    return np.maximum(z, 0)")
    assert "Right · relu" in notebook.run('check("relu")')
    left = notebook.add('check("relu")', "from autograder import check_all\ncheck_all()")
    assert "questions are right" in left and "tanh-half-argument" in left


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_can_every_message_be_read_in_every_theme_and_width(notebook, theme, width, tmp_path):
    """Contrast and width as the browser computes them, and what axe-core says of the outputs."""
    notebook.look(theme, width)
    found = notebook.page.evaluate(MEASURED)
    assert len(found) > 10
    for each in found:
        assert each["contrast"] >= 4.5, each
        assert not each["cut"], each
    assert not serious(notebook, found)
    pictures = Path(os.environ.get("SCREENSHOTS", tmp_path))
    for words in ("Not right yet", "hint 3 of 3", "Right · relu", "questions are right"):
        name = f"{theme}-{width}-{words}".replace(" ", "-").replace("·", "")
        notebook.picture(words, pictures / f"{name}.png")


def test_is_the_outcome_read_aloud_as_a_word(notebook):
    """And the mark before it is not."""
    message = notebook.page.locator("[style*=border-left]", has_text="Right · relu")
    read = message.aria_snapshot()
    assert "Right · relu" in read and "✓" not in read


def test_would_a_message_be_noticed_that_nobody_can_read(notebook):
    notebook.look(THEMES[0], NARROW)
    notebook.page.evaluate(SPOILED)
    found = notebook.page.evaluate(MEASURED)
    assert min(each["contrast"] for each in found) < 4.5 and any(each["cut"] for each in found)
    assert "color-contrast" in [name for name, _ in serious(notebook, found)]


def serious(notebook: Notebook, found: Any) -> list[tuple[str, str]]:
    """What axe-core finds serious in the messages, alone on a page of the same colours.

    It passes over what stands inside a notebook: there it takes nothing for visible.
    """
    from axe_playwright_python.sync_playwright import Axe

    html = "".join(each["html"] for each in found)
    style = f"color:rgb({found[-1]['color']});background:rgb({found[-1]['ground']})"
    apart = notebook.page.context.browser.new_page(viewport=notebook.page.viewport_size)
    apart.set_content(
        f'<!doctype html><html lang="en"><head><title>Checks</title></head>'
        f'<body style="{style}"><main><h1>Checks</h1>{html}</main></body></html>'
    )
    result = Axe().run(apart).response
    apart.close()
    assert "color-contrast" in [each["id"] for each in result["passes"]]
    return [
        (each["id"], node["html"])
        for each in result["violations"]
        if each["impact"] in SERIOUS
        for node in each["nodes"]
    ]


SPOILED = """() => {
  const message = document.querySelector("[style*=border-left]");
  message.style.cssText += ";color:#999;width:500px";
}"""
MEASURED = """() => {
  const channels = text => text.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = node => {
    for (let at = node; at; at = at.parentElement) {
      const color = channels(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const messages = [...document.querySelectorAll("[style*=border-left]")];
  return messages.flatMap(message => [message, ...message.querySelectorAll('*')].map(node => {
    const [dark, light] = [channels(getComputedStyle(node).color), ground(node)]
      .map(luminance).sort((a, b) => a - b);
    const box = node.getBoundingClientRect();
    return {
      text: node.textContent.slice(0, 60),
      html: node === message ? node.outerHTML : '',
      color: channels(getComputedStyle(node).color).slice(0, 3).join(),
      ground: ground(node).slice(0, 3).join(),
      contrast: (light + 0.05) / (dark + 0.05),
      cut: node.scrollWidth > node.clientWidth + 1 && node.tagName === 'DIV'
        || box.right > innerWidth || box.left < 0,
    };
  }));
}"""
