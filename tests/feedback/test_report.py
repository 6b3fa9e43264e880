"""Is the report complete, readable by everybody, inert, and silent about names where asked?"""

from __future__ import annotations

import csv
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.cli import demo
from autograder.course import directory
from autograder.errors import CourseError
from autograder.feedback.report.people import People
from autograder.feedback.report.write import write_report
from autograder.gradebook.totals import Total
from autograder.records import Outcome
from autograder.release import generate
from tests.feedback.classes import WEEK, keep, report, unreadable, verdict

SCRIPT = "<script>alert(1)</script>"
FRAME = "<iframe srcdoc=q onload=boo>"
NAMES = {
    "ada17": ("Ada", "Lovelace"),
    "bob18": ("Bob", f"O'Neil {FRAME}"),
    "eve19": ("Ève", "=HYPERLINK(1)"),
    "kim20": ("Kim", "Mustermann"),
    "max21": ("Max", "Dot"),
    "zoe22": ("Zoë", "Absent"),
}
GATE = "gate-from-the-blame"
CODE = "def relu_backward(dout, z):\n    return dout * (dout > 0)  # by Mustermann"
NAMING = "def relu_backward(dout, z):\n    mustermann = dout * (dout > 0)\n    return mustermann"
HOSTILE = f'def tanh_backward(dout, out):\n    return "{SCRIPT}</code></pre><img src=x onerror=y>"'
LONG = """
def dense_backward(dout, X, W):
    kernel = np.zeros_like(W)
    for row in range(len(X)):
        for column in range(X.shape[1]):
            kernel[column] += 1.5 * X[row, column] * dout[row]
    blame = np.stack([W @ each for each in dout])
    return blame, kernel, dout.sum(axis=0)
"""


@pytest.fixture(scope="module")
def made_course(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("courses") / "class"
    opened = directory.init(root)
    generate.release(opened, WEEK)
    with Gradebook(opened.db_url) as gradebook:
        for name, (first, last) in NAMES.items():
            address = f"{name}@example.edu"
            gradebook.add_student(name, first_name=first, last_name=last, email=address)
    gate = verdict("relu_backward", GATE, "a1")
    odd = verdict(
        "dense_backward", answered="b2", message=f"dense_backward\n  {SCRIPT} {{{{ 1 }}}}"
    )
    raised = verdict("mlp_loss_and_grads", answered="d4", outcome=Outcome.RAISED)
    keep(
        opened,
        [
            report("ada17", gate, odd),
            report("bob18", gate, odd, verdict("sigmoid_backward", outcome=Outcome.TIMED_OUT)),
            report("eve19", verdict("tanh_backward", "square-missing", "c3"), raised, stopped=2),
            report("kim20", gate, raised),
            unreadable("max21", f"The file of Mustermann is no notebook {SCRIPT}."),
        ],
        {
            "ada17": {"relu_backward": NAMING, "dense_backward": LONG},
            "bob18": {"relu_backward": CODE, "dense_backward": LONG.replace("row", "line")},
            "eve19": {"tanh_backward": HOSTILE},
            "kim20": {"relu_backward": CODE},
        },
    )
    return root


@pytest.fixture
def opened(made_course, tmp_path):
    return directory.load(Path(shutil.copytree(made_course, tmp_path / "course")))


class Page(HTMLParser):
    """The page as another reader sees it: elements with their attributes, and the text."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._silent = False
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self._silent = tag == "style"

    def handle_data(self, data):
        self.text += "" if self._silent else data

    def attributes(self, name):
        return [found[name] or "" for _, found in self.elements if name in found]

    def count(self, tag):
        return sum(found == tag for found, _ in self.elements)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_does_the_page_need_nothing_else_and_run_nothing(opened):
    page = Page(write_report(opened, WEEK, similarity=True)[0])
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "img", "iframe", "object", "embed", "link", "form", "image"}
    assert not [name for _, found in page.elements for name in found if name.startswith("on")]
    assert page.attributes("src") == []
    links = page.attributes("href") + page.attributes("xlink:href")
    assert links and all(link.startswith("#") for link in links)
    for text in (SCRIPT, FRAME, "{{ 1 }}", "onerror=y"):
        assert text in page.text, text
    style = Path(opened.root, "reports", f"{demo.STEM}.html").read_text().partition("</style>")[0]
    assert "url(" not in style and "@import" not in style


def test_can_everybody_read_the_page(opened):
    page = Page(write_report(opened, WEEK, similarity=True)[0])
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    named = " ".join(page.attributes("aria-labelledby")).split()
    assert set(named) <= set(ids)
    assert {link[1:] for link in page.attributes("href")} <= set(ids)
    figures = [found for tag, found in page.elements if tag == "svg"]
    assert len(figures) == page.count("figure") == page.count("figcaption") == 5
    assert all(each["role"] == "img" and each["aria-labelledby"] for each in figures)
    assert page.count("title") == 6 and page.count("desc") == 5
    assert page.count("table") == page.count("caption") > 0
    assert all(scope in ("row", "col") for scope in page.attributes("scope"))
    assert page.count("th") == len(page.attributes("scope"))
    assert page.count("main") == page.count("nav") == page.count("header") == page.count("h1") == 1
    assert page.elements[0] == ("html", {"lang": "en"})
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def test_do_the_tables_say_what_the_gradebook_and_the_reports_say(opened):
    page, *tables = write_report(opened, WEEK)
    assert page == opened.root / "reports" / f"{demo.STEM}.html"
    found = {path.name.removeprefix(f"{page.stem}-"): path for path in tables}
    assert all(path.stat().st_mode & 0o077 == 0 for path in (page, *tables))
    heat = {(row["question"], row["found"]): row for row in rows(found["heatmap.csv"])}
    assert heat["relu_backward", GATE]["students"] == "3"
    assert float(heat["relu_backward", GATE]["points_lost"]) == 18.0
    assert heat["dense_backward", "no catalogued mistake"]["students"] == "2"
    assert heat["sigmoid_backward", "timed out"]["students"] == "1"
    questions = {row["question"]: row for row in rows(found["questions.csv"])}
    assert list(questions) == list(WEEK.questions)
    relu = questions["relu_backward"]
    assert (relu["students"], relu["right"], relu["difficulty"]) == ("4", "1", "0.25")
    assert questions["value_depth"]["flags"] == "everybody solved it"
    unexplained = [(row["question"], row["outcome"]) for row in rows(found["unexplained.csv"])]
    assert unexplained == [("mlp_loss_and_grads", "raised"), ("dense_backward", "values")]
    assert {row["students"] for row in rows(found["unexplained.csv"])} == {"2"}
    scores = {row["student"]: row for row in rows(found["scores.csv"])}
    assert len(scores) == 6 and scores["Zoë Absent (zoe22)"]["points"] == ""
    assert scores["Kim Mustermann (kim20)"]["points"] == "69.0"
    assert scores["Kim Mustermann (kim20)"]["waiting"] == "yes"
    document = json.loads((page.parent / f"{page.stem}.json").read_text(encoding="utf-8"))
    assert document["submissions"] == 5 and document["pairs"] is None
    assert [each["name"] for each in document["misconceptions"]] == [GATE, "square-missing"]
    assert len(document["counts"]) == len(heat)


def test_does_an_example_name_nobody(opened):
    page = Page(write_report(opened, WEEK)[0])
    document = json.loads(Path(opened.root, "reports", f"{demo.STEM}.json").read_text())
    example = document["misconceptions"][0]["example"]
    assert example["code"] == "def relu_backward(dout, z):\n    return dout * (dout > 0)"
    assert "mustermann =" not in page.text and "# by" not in page.text
    assert "The gate was opened or shut" in page.text


def test_is_nobody_named_in_an_anonymous_report(opened, tmp_path):
    written = write_report(
        opened, WEEK, tmp_path / "out" / "class.html", anonymous=True, similarity=True
    )
    assert {path.name.partition(".")[0].partition("-")[0] for path in written} == {"class"}
    told = re.compile(
        "|".join([*NAMES, "lovelace", "mustermann", "hyperlink", "absent", "example.edu"])
    )
    for path in written:
        text = path.read_text(encoding="utf-8").lower()
        text = text.partition("</style>")[2] or text
        assert not told.search(text), path.name
    labels = {f"Student {number}" for number in range(1, 7)}
    assert {row["student"] for row in rows(written[2])} == labels
    assert any(label in written[0].read_text(encoding="utf-8") for label in labels)
    again = write_report(opened, WEEK, tmp_path / "again" / "class.html", anonymous=True)
    assert rows(again[2]) == rows(written[2])


def test_are_pairs_shown_only_where_asked_with_both_codes(opened):
    without = Page(write_report(opened, WEEK)[0])
    assert "Similar submissions" not in without.text
    page = Page(write_report(opened, WEEK, similarity=True)[0])
    assert "This proves nothing" in page.text
    (pair,) = rows(opened.root / "reports" / f"{demo.STEM}-similar.csv")
    assert {pair["first"], pair["second"]} == {
        "Ada Lovelace (ada17)",
        f"Bob O'Neil {FRAME} (bob18)",
    }
    assert pair["answers"] == "dense_backward" and pair["cells"] == "dense_backward 100%"
    assert page.text.count("kernel[column] += 1.5") >= 2
    write_report(opened, WEEK)
    assert not list(opened.root.glob("reports/*-similar.csv"))


def test_is_a_cell_that_a_spreadsheet_would_run_made_a_text(opened):
    with Gradebook(opened.db_url) as gradebook:
        gradebook.add_student("x", first_name="=cmd|'/c calc'!A1", last_name="")
    write_report(opened, WEEK)
    students = [row["student"] for row in rows(opened.root / "reports" / f"{demo.STEM}-scores.csv")]
    assert "'=cmd|'/c calc'!A1 (x)" in students
    assert not [each for each in students if each[0] in "=+-@"]


def test_is_a_class_of_which_nothing_could_be_read_reported(tmp_path, made_course):
    root = Path(shutil.copytree(made_course, tmp_path / "course"))
    shutil.rmtree(root / ".autograder" / "reports")
    again = directory.load(root)
    keep(again, [unreadable("ada17", "It is empty.")])
    page = Page(write_report(again, WEEK, similarity=True)[0])
    assert "It is empty." in page.text and "No catalogued misconception was found." in page.text


def test_is_a_damaged_or_missing_graded_notebook_no_obstacle(opened):
    for student in ("ada17", "bob18"):
        path = opened.notebook("autograded", demo.STEM, student)
        path.chmod(0o644)
        path.write_text('{"cells": [{"cell_type": 7}, 3]}')
    opened.notebook("autograded", demo.STEM, "kim20").unlink()
    page = Page(write_report(opened, WEEK, similarity=True)[0])
    assert GATE in page.text


def test_is_what_cannot_be_written_or_was_not_graded_said_in_one_line(opened, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CourseError, match="cannot be written"):
        write_report(opened, WEEK, tmp_path / "file" / "class.html")
    with pytest.raises(CourseError, match="should end in .html"):
        write_report(opened, WEEK, tmp_path / "class.csv")
    taken = tmp_path / "taken"
    (taken / "class.json").mkdir(parents=True)
    with pytest.raises(CourseError, match="cannot be written"):
        write_report(opened, WEEK, taken / "class.html")
    assert [path.name for path in taken.iterdir()] == ["class.json"]
    shutil.rmtree(opened.root / ".autograder" / "reports")
    with pytest.raises(CourseError, match="nothing of week06_backpropagation has been graded"):
        write_report(opened, WEEK)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("lovelaces_gradient = 1", True),
        ("ADA = 1", True),
        ("adaLovelace()", True),
        ("eve19", True),
        ("Ève", True),
        ("mail ada17@example.edu", True),
        ("np.max(dot)", False),
        ("adam_step(w)", False),
        ("return dout * (z > 0)", False),
    ],
)
def test_is_a_name_told_from_the_words_of_the_course(text, names):
    totals = [
        Total(name, last, first, f"{name}@example.edu") for name, (first, last) in NAMES.items()
    ]
    people = People(totals, NAMES, b"key", anonymous=True, course_words="np.max np.dot example edu")
    assert people.names_somebody(text) is names


def test_do_the_numbers_of_an_anonymous_class_follow_no_alphabet():
    ids = [f"s{number:03}" for number in range(50)]
    labels = [People([], ids, b"key", anonymous=True).label(each) for each in ids]
    assert sorted(labels) == [f"Student {number:02}" for number in range(1, 51)] != labels
    assert labels != [People([], ids, b"other", anonymous=True).label(each) for each in ids]
