"""Is a notebook on its own judged by the week whose checks it holds?"""

from __future__ import annotations

import copy

import nbformat
import pytest

from autograder.errors import UnknownName, WorkerLost
from autograder.grading import single_notebook
from autograder.intake.restore import restore
from autograder.records import Outcome
from autograder.sandbox.requests import Hold
from autograder.sandbox.session import Session
from tests.conftest import source
from tests.submissions import write_submission


def test_is_a_notebook_without_our_checks_refused(tmp_path):
    path = write_submission(tmp_path / "mine.ipynb", nbformat.v4.new_notebook())
    with pytest.raises(UnknownName, match="mine.ipynb contains no check of any week"):
        single_notebook.check_file(path, "process")


@pytest.mark.parametrize(
    "isolation", [pytest.param("bubblewrap", marks=pytest.mark.bubblewrap), "process"]
)
def test_is_it_judged_on_public_cases_whatever_its_name(tmp_path, isolation):
    path = write_submission(tmp_path / "mine (1).ipynb", source("week02_bends"))
    report = single_notebook.check_file(path, isolation)
    assert report.right and report.week == "week02" and report.points == report.max_points > 0
    assert {verdict.outcome for verdict in report.verdicts} == {Outcome.RIGHT}


@pytest.mark.slow
def test_does_a_lost_process_cost_a_second_try(tmp_path, monkeypatch):
    path = write_submission(tmp_path / "mine.ipynb", source("week02_bends"))
    lost = []
    real = Session.ask

    def ask(self, *given):
        if not lost:
            lost.append(True)
            raise WorkerLost("killed from outside")
        return real(self, *given)

    monkeypatch.setattr(Session, "ask", ask)
    assert single_notebook.check_file(path, "process").right and lost


ODD = {
    "stamp is a list": {"nbgrader": []},
    "stamp is nothing": {"nbgrader": None},
    "id cannot be hashed": {"nbgrader": {"grade_id": ["relu"]}},
    "tags are a number": {"tags": 5},
}
BROKEN = {
    "syntax": "def (",
    "NUL": "x = 1\x00",
    "nested": "(" * 500 + ")" * 500,
    "too deep for the parser": "x = " + "1+" * 90_000 + "1",
    "import of its own package": "from . import x",
    "import of no feature": "from __future__ import nosuch",
}


@pytest.mark.parametrize("metadata", ODD.values(), ids=ODD)
def test_is_odd_metadata_nobodys_loss(metadata):
    notebook = copy.deepcopy(source("week02_bends"))
    own = next(cell for cell in notebook.cells if not cell.metadata)
    own.metadata = nbformat.from_dict(metadata)
    assignment = single_notebook.assignment_of(notebook)
    restored, _ = restore(notebook, assignment.released_cells)
    held = {step.question for step in assignment.steps(restored) if isinstance(step, Hold)}
    assert assignment.week.name == "week02" and held == set(assignment.week.questions)


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_does_a_locked_cell_that_cannot_be_read_preload_nothing(text):
    notebook = copy.deepcopy(source("week02_bends"))
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("locked"):
            cell.source = text
    assignment = single_notebook.assignment_of(notebook)
    assert assignment.week.name == "week02" and not assignment.libraries.preload
