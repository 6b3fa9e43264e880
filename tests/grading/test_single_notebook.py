"""Is a notebook on its own judged by the week whose checks it holds?"""

from __future__ import annotations

import nbformat
import pytest

from autograder.errors import UnknownName
from autograder.grading import single_notebook
from autograder.records import Outcome
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
