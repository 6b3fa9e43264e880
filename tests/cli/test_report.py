"""Does `autograder report` say where the page is, and end bad input in one line?"""

from __future__ import annotations

import pytest

from autograder.cli import demo
from autograder.course import directory
from autograder.release import generate
from tests.feedback.classes import WEEK, keep, report

pytestmark = pytest.mark.slow


def test_does_the_command_say_where_the_page_and_its_tables_are(tmp_path, run):
    root = tmp_path / "class"
    opened = directory.init(root)
    generate.release(opened, WEEK)
    code, _, err = run("report", "6", "--course", root)
    assert code == 1 and err.startswith("autograder: nothing of week06_backpropagation")
    keep(opened, [report("ada17"), report("bob18")])
    code, out, _ = run("report", "6", "--course", root, "--anonymous", "--similarity")
    page = root / "reports" / f"{demo.STEM}-anonymous.html"
    assert code == 0 and out.splitlines()[0] == f"Report: {page}"
    assert f"{demo.STEM}-anonymous-similar.csv" in out.splitlines()[1]
    assert "ada17" not in page.read_text() and "No pair was found." in page.read_text()
    code, _, err = run("report", "6", "--course", root, "--output", tmp_path / "page.pdf")
    assert code == 1 and "should end in .html" in err and len(err.splitlines()) == 1
    code, _, err = run("report", "week77", "--course", root)
    assert code == 1 and "week77" in err
