"""Is a fresh notebook told in which Jupyter stops, or a check does not know what is asked?"""

from __future__ import annotations

import nbformat
import pytest

from autograder.grading.try_in_jupyter import try_in_jupyter
from autograder.questions import catalogue, references
from tests.own_weeks import write_week

pytestmark = pytest.mark.slow

STUB = "def halve(X):\n    raise NotImplementedError"


@pytest.fixture
def tried(tmp_path):
    """Tries a notebook of a small course's own week, with these cells and the check."""
    (tmp_path / "nbgrader_config.py").touch()
    (tmp_path / ".autograder").mkdir()
    write_week(tmp_path / "weeks")
    catalogue.use(tmp_path / "weeks")
    week = catalogue.week("16")
    references.write_public(week.questions.values(), week.stem)

    def of(*sources):
        cells = [nbformat.v4.new_code_cell(text, id=f"code-{n}") for n, text in enumerate(sources)]
        check = nbformat.v4.new_code_cell('check("halve")', id="halve")
        notebook = nbformat.v4.new_notebook(cells=[*cells, check])
        told = try_in_jupyter(week, notebook, tmp_path)
        assert not [cell for cell in notebook.cells if cell.outputs]
        assert not list((tmp_path / ".autograder").iterdir())
        return told

    yield of
    catalogue.use(None)


def test_is_nothing_told_of_a_notebook_that_runs_to_its_end(tried):
    assert tried("from autograder import check", STUB) == []


def test_is_a_cell_told_after_which_jupyter_leaves_out_the_rest(tried):
    (told,) = tried("from autograder import check", "open('mine.csv')", STUB)
    assert told.startswith("the cell code-1 fails in a fresh notebook") and "mine.csv" in told


def test_are_a_check_that_finds_an_answer_and_a_warning_told(tried):
    shown = STUB.replace("raise NotImplementedError", "return X / 2")
    noisy = "import sys; print('look', file=sys.stderr)"
    noise, answered = tried("from autograder import check", noisy, shown)
    assert noise == "the cell code-1 writes to stderr in a fresh notebook: look"
    assert answered == "the check of halve does not say that nothing is attempted yet"


def test_is_a_machine_without_a_kernel_told_what_to_install(tried, monkeypatch):
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient import NotebookClient

    def none_here(client, **options):
        raise NoSuchKernel("python3")

    monkeypatch.setattr(NotebookClient, "execute", none_here)
    (told,) = tried(STUB)
    assert "No such kernel named python3" in told and "pip install ipykernel" in told
