"""Do examples show a message and its code, and name nobody?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.cli import demo
from autograder.feedback.report.examples import Example, Examples
from autograder.feedback.report.findings import Group
from autograder.feedback.report.people import People
from autograder.feedback.report.write import write_report
from autograder.gradebook.totals import Total
from tests.feedback.classes import WEEK, verdict
from tests.feedback.report.a_class import GATE, Page

pytestmark = pytest.mark.slow

CODE = "def relu_backward(dout, z):\n    return dout * (dout > 0)"


def test_does_an_example_name_nobody(opened):
    page = Page(write_report(opened, WEEK)[0])
    document = json.loads(Path(opened.root, "reports", f"{demo.STEM}.json").read_text())
    example = document["misconceptions"][0]["example"]
    assert example["code"] == "def relu_backward(dout, z):\n    return dout * (dout > 0)"
    assert "mustermann =" not in page.text and "# by" not in page.text
    assert WEEK.questions["relu_backward"].mistakes[GATE].why in page.text


def example_of(group_of: tuple[str, ...], cells: dict[str, dict[str, str]]) -> Example:
    """The example of a group of students who made the same mistake, with these cells."""
    everyone = [Total(name, "Lovelace", "Ada") for name in group_of]
    people = People(everyone, group_of, b"key", anonymous=True, course_words=CODE)
    wrong = verdict("relu_backward", GATE, "a1")
    group = Group(GATE, ("relu_backward",), 6.0, tuple((name, wrong) for name in group_of))
    return Examples(people, lambda name: cells.get(name, {}), WEEK.answer_cells).of(group)


def test_is_a_complete_example_preferred():
    names = ("user01", "user02", "user03")
    assert example_of(names, {"user02": {"relu_backward": CODE}}).code == CODE
    assert example_of(names, {}).code == ""


def test_is_code_that_names_somebody_left_out_and_the_message_kept():
    example = example_of(("user01",), {"user01": {"relu_backward": f"lovelace = 1\n{CODE}"}})
    assert example.code == "" and example.message


def test_is_long_code_cut():
    long = "\n".join(["def relu_backward(dout, z):", *["    dout = dout * (z > 0)"] * 50])
    lines = example_of(("user01",), {"user01": {"relu_backward": long}}).code.splitlines()
    assert len(lines) == 41 and lines[-1] == "# ... 11 more lines"
