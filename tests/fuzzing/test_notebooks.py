"""Is whatever was handed in either graded or one calm sentence, and nobody else's loss?"""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.cli import demo
from autograder.cli import main as command_line
from autograder.cli.demo import Pupil
from autograder.course import directory
from autograder.errors import UnreadableNotebook
from autograder.gradebook.outputs import write_outputs
from autograder.grading import grade_class
from autograder.grading.assignment import load_assignment
from autograder.grading.single_notebook import assignment_of
from autograder.intake.read import parse_notebook
from autograder.intake.restore import Released, restore
from autograder.records import Report
from autograder.sandbox.limits import Limits
from tests.conftest import EXHAUSTIVE
from tests.faults.a_class import rows
from tests.fuzzing.examples import examples
from tests.fuzzing.mutations import mutated

pytestmark = pytest.mark.slow

SHORT = Limits(cell_seconds=4, question_seconds=2, notebook_seconds=15, restarts=2)


@pytest.fixture(scope="module")
def opened(released_course):
    return directory.load(released_course)


@pytest.fixture(scope="module")
def complete(opened) -> Any:
    return json.loads(nbformat.v4.writes(demo.solved(opened)))


@pytest.fixture(scope="module")
def released(opened) -> Any:
    return nbformat.read(opened.notebook("release", demo.STEM), as_version=4)


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # shows the fixtures
@examples()
@given(seed=st.integers(0, 2**32))
def test_is_a_changed_notebook_restored_or_refused(complete, released, seed):
    try:
        submitted = parse_notebook(mutated(complete, Random(seed)))
    except UnreadableNotebook as reason:
        assert_calm(str(reason))
        return
    notebook, notes = restore(submitted, Released(released))
    for note in notes:
        assert_calm(note)
    write_outputs(notebook, Report("ada", "week06", ()))
    nbformat.validate(notebook)
    nbformat.v4.writes(notebook).encode("utf-8", "replace")
    assert graded_cells(notebook) == graded_cells(released)
    assert notebook.metadata == released.metadata


@examples()
@given(content=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode()))
def test_is_noise_refused(content):
    with pytest.raises(UnreadableNotebook) as reason:
        parse_notebook(content)
    assert_calm(str(reason.value))


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # shows the fixtures
@pytest.mark.filterwarnings("ignore::SyntaxWarning")  # of what the student wrote
@examples()
@given(seed=st.integers(0, 2**32))
def test_is_a_changed_notebook_prepared_for_check_where_it_is_all_there_is(complete, seed):
    """`autograder check` has no released notebook: whatever was changed stands in its place."""
    try:
        submitted = parse_notebook(mutated(complete, Random(seed)))
    except UnreadableNotebook:
        return  # the first test reads the reason
    if (assignment := assignment_of(submitted)) is None:
        return
    assignment.limits()
    for statement in assignment.libraries.statements:
        compile(statement, "", "exec")
    notebook, notes = restore(submitted, assignment.released_cells)
    assignment.steps(notebook)
    for note in notes:
        assert_calm(note)


@pytest.mark.parametrize("seed", range(200 if EXHAUSTIVE else 10))
def test_does_check_of_a_changed_notebook_end_in_a_report_or_a_sentence(
    complete, seed, tmp_path, capsys, monkeypatch
):
    """The very files that `grade` gets below, through the command that a student types."""
    path = tmp_path / "mine.ipynb"
    path.write_bytes(mutated(complete, Random(seed)))
    monkeypatch.setattr("sys.argv", ["autograder", "check", str(path), "--isolation", "process"])
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    code = ended.value.code
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    if code == 1:
        assert_calm(" ".join(err.removeprefix("autograder: ").split()))
    else:
        assert code in {0, command_line.SOME_NOT_GRADED}
        assert "hidden cases count when you hand in." in " ".join(out.split())
        assert "grader failed" not in out


@pytest.mark.bubblewrap
def test_does_a_class_of_changed_notebooks_cost_a_neighbour_nothing(fresh_course):
    """The whole path: each stranger has a grade for everything, and the neighbours theirs."""
    opened = directory.load(fresh_course)
    count = 500 if EXHAUSTIVE else 20
    document = json.loads(nbformat.v4.writes(demo.solved(opened)))
    neighbours = demo.harmless(8)
    demo.hand_in(opened, neighbours)
    assignment = load_assignment(opened, demo.WEEK)
    grade_all(opened, assignment)
    expected = rows(opened.db_url)
    strangers = [
        Pupil(f"stranger-{seed:03}", lambda _, seed=seed: mutated(document, Random(seed)))
        for seed in range(count)
    ]
    demo.hand_in(opened, strangers)
    reports = grade_all(opened, assignment, force=True)
    assert len(reports) == count + len(neighbours)
    for report in reports:
        assert 0 <= report.points <= report.max_points == 80
        assert_calm(report.unreadable or ".")
        assert "grader failed" not in report.unreadable, report
    found = rows(opened.db_url)
    assert len(found["submission"]) == count + len(neighbours)
    names = {pupil.name for pupil in neighbours}
    for table, before in expected.items():
        assert [row for row in found[table] if row[0] in names] == before
    for student in {row[0] for row in found["submission"]}:
        grades = [row for row in found["grade"] if row[0] == student]
        assert len(grades) == len({row[1] for row in grades}) == 16


def grade_all(opened: Any, assignment: Any, **options: Any) -> list[Report]:
    handed_in = grade_class.submissions(opened, assignment)
    return list(
        grade_class.grade_course(opened, assignment, handed_in, workers=2, limits=SHORT, **options)
    )


def graded_cells(notebook: Any) -> dict[str, tuple[Any, ...]]:
    """What each graded cell is worth, and the source of those that are not a student's."""
    found: dict[str, tuple[Any, ...]] = {}
    for cell in notebook.cells:
        stamp = copy.deepcopy(cell.metadata.get("nbgrader", {}))
        if name := stamp.get("grade_id"):
            assert name not in found
            own = "" if stamp["solution"] else cell.source
            found[name] = (stamp.get("points"), stamp["grade"], cell.cell_type, own)
    return found


def assert_calm(sentence: str) -> None:
    """One line for a person: no traceback, nothing that a terminal would obey."""
    assert sentence.endswith(".") and "\n" not in sentence and "Traceback" not in sentence
    assert sentence.isprintable()
