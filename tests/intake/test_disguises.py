"""Is a right notebook read rightly, whatever a program did to its file, its name or its folder?"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.cli import demo
from autograder.course import directory
from autograder.grading import grade_class
from autograder.grading.assignment import load_assignment
from autograder.intake.find import find_submissions
from autograder.intake.read import parse_notebook
from autograder.intake.restore import Released, restore
from autograder.intake.week_of import graded_names
from tests.conftest import EXHAUSTIVE
from tests.faults.a_class import rows
from tests.intake.collect.difficult_class import CLASS, content, enrol, take
from tests.intake.disguises import BYTES, CELLS, CLUTTER, LAYOUTS, TEXTS, disguised, names
from tests.intake.exports import moodle_folder
from tests.submissions import write_submission
from tests.tiny_course import course, release_tiny_week

__all__ = ["course"]

STEM = "week99_bends"
RELU = 'def relu(z):\n    """max(z, 0) \u2014 \U0001f600"""\n    return z * (z > 0)'
# Without either of them a cell can only be found by what it says, which a student may change.
LOST = {"no cell ids", "no metadata"}


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return release_tiny_week(tmp_path_factory.mktemp("repository"))


@pytest.fixture(scope="module")
def answered(released: Any) -> dict[str, Any]:
    notebook = json.loads(nbformat.writes(released))
    for cell in notebook["cells"]:
        if cell["id"] == "solution-relu":
            cell["source"] = RELU
    return notebook  # type: ignore[no-any-return]


def any_of(table: dict[str, Any]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(sorted(table)), unique=True, max_size=3)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # shows the fixtures
@settings(max_examples=2_000 if EXHAUSTIVE else 150)
@given(
    any_of(CELLS).filter(lambda cells: not set(cells) >= LOST),
    st.sampled_from(sorted(LAYOUTS)),
    any_of(TEXTS),
    st.sampled_from(sorted(BYTES)),
)
def test_is_a_disguised_notebook_restored_as_the_plain_one(
    released, answered, cells, layout, texts, stored
):
    plain, _ = restore(parse_notebook(json.dumps(answered).encode()), Released(released))
    content = disguised(answered, cells, layout, texts, stored)
    notebook, notes = restore(parse_notebook(content), Released(released))
    assert notes == []
    for cell in notebook.cells:
        if cell.id == "solution-relu":
            cell.source = "\n".join(line.rstrip() for line in cell.source.strip().split("\n"))
    assert notebook == plain


@pytest.mark.parametrize("beside", ["", *CLUTTER, "all"])
def test_is_a_notebook_found_under_any_name_beside_anything(tmp_path, answered, beside):
    """But for two files whose names say as little as each other's."""
    whole = json.dumps(answered).encode()
    expected = {}
    for number, name in enumerate(names(STEM, "week99")):
        folder = tmp_path / f"s{number:02}" / STEM
        expected[f"s{number:02}"] = write_submission(folder / name, whole)
        for clutter in CLUTTER if beside == "all" else [beside] if beside else []:
            other = folder / clutter.format(Path(name).stem)
            if not other.exists():
                write_submission(other, b"\0\5\26\7 not the notebook")
    week_cells = graded_names(nbformat.from_dict(answered))
    found = find_submissions(tmp_path, STEM, "week99", week_cells)
    if beside in ("{}-checkpoint.ipynb", "report.pdf", "data/points.csv", "all"):
        # A file that no name tells from the notebook makes the folder unclear.
        for number, name in enumerate(names(STEM, "week99")):
            if ".ipynb" not in name.lower():
                del expected[f"s{number:02}"]
    assert expected.items() <= {each.student: each.path for each in found}.items()


@pytest.mark.parametrize("name", names(STEM, "week99"))
def test_is_a_notebook_collected_under_any_name(course, tmp_path, answered, name):
    enrol(course, CLASS)
    whole = json.dumps(answered)
    for number, student in enumerate(CLASS[:2]):
        folder = moodle_folder(f"{student.first_name} {student.last_name}", number)
        write_submission(tmp_path / "export" / folder / name, whole)
    collected = take(course, tmp_path / "export")
    assert [(line.student, line.result, line.note) for line in collected.lines] == [
        ("ann", "new", ""),
        ("bob", "new", ""),
    ]
    assert content(course, "ann") == whole


PLACES = ("{stem}", "{week}", "{stem}/{week}", "{stem}/handed in/{stem}", "")


@pytest.mark.parametrize("place", PLACES)
def test_is_a_notebook_found_in_the_folders_that_students_make(tmp_path, answered, place):
    folder = tmp_path / "ann" / place.format(stem=STEM, week="week99")
    path = write_submission(folder / "x.ipynb", json.dumps(answered))
    (found,) = find_submissions(tmp_path, STEM, "week99")
    assert found.path == path


DISGUISES = [
    (["CRLF in sources"], "as Jupyter writes", ["CRLF"], "UTF-16 LE with a BOM"),
    (["old Mac's CR in sources"], "as Jupyter writes", ["old Mac's CR"], "UTF-8"),
    (["a final newline", "no metadata"], "on one line", ["an extra brace"], "UTF-8 with a BOM"),
    (["spaces at ends of lines"], "indented by 4, in ASCII", ["trailing commas"], "UTF-32 BE"),
    (["Colab's metadata", "no cell ids"], "as Jupyter writes", ["a trailing comma"], "UTF-16 BE"),
]


@pytest.mark.bubblewrap
def test_does_a_disguised_notebook_earn_what_the_plain_one_earns(fresh_course):
    """Right ones get full points, and untouched ones are handed to no person."""
    opened = directory.load(fresh_course)
    kinds = {"right": demo.to_bytes, "untouched": demo.BROKEN["untouched"]}
    whole = json.loads(nbformat.writes(demo.solved(opened)))
    for kind, edit in kinds.items():
        plain = edit(nbformat.from_dict(copy.deepcopy(whole)))
        write_submission(opened.notebook("submitted", demo.STEM, kind), plain)
        for number, (cells, layout, texts, stored) in enumerate(DISGUISES):
            stored = stored if stored in BYTES else f"{stored} with a BOM"
            changed = disguised(json.loads(plain), cells, layout, texts, stored)
            folder = opened.folder("submitted", demo.STEM, f"{kind}-{number}")
            write_submission(folder / names(demo.STEM, demo.WEEK)[number], changed)
    assignment = load_assignment(opened, demo.WEEK)
    handed_in = grade_class.submissions(opened, assignment)
    reports = list(grade_class.grade_course(opened, assignment, handed_in, workers=2))
    assert len(reports) == 2 * (len(DISGUISES) + 1)
    for report in reports:
        assert report.points == (report.max_points if report.student.startswith("right") else 0)
        assert report.problems == () and not report.unreadable
    of_student: dict[str, list[tuple[Any, ...]]] = {}
    for student, *grade in rows(opened.db_url)["grade"]:
        of_student.setdefault(student, []).append(tuple(grade))
    for student, grades in of_student.items():
        assert grades == of_student[student.partition("-")[0]]
