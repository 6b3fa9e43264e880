"""A fresh notebook run in Jupyter, as a student does on the first day: nothing in it may fail."""

from __future__ import annotations

import copy
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from autograder.questions.catalogue import Week

SECONDS = 300


def try_in_jupyter(week: Week, released: Any, course: Path) -> list[str]:
    """Run the notebook that students receive, cell by cell, in a kernel of its own.

    Jupyter leaves out every cell after one that fails. The lesson runs with the rights of whoever
    calls this, so it is for an instructor's own notebook alone.

    Args:
        week: the lesson's week.
        released: the notebook as students receive it; it is not changed.
        course: the course directory, where `check` looks for the course's own weeks.

    Returns:
        What is wrong; nothing if it runs to its end and every check says "not attempted".
    """
    notebook = copy.deepcopy(released)
    with tempfile.TemporaryDirectory(dir=course / ".autograder") as folder:
        if stopped := _stopped(notebook, folder):
            return [stopped]
    found = [
        f"the cell {cell.id} fails in a fresh notebook, so that Jupyter leaves out the rest: {why}"
        for cell in notebook.cells
        for why in _failures(cell)
    ]
    return found or _about_checks(week, notebook)


def _stopped(notebook: Any, folder: str) -> str:
    """Run a notebook in place; why that was not possible, or an empty text."""
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError

    client = NotebookClient(
        notebook,
        timeout=SECONDS,
        resources={"metadata": {"path": folder}},
        # A kernel that is asked to end is waited for; this one has nothing to lose.
        shutdown_kernel="immediate",
    )
    try:
        client.execute(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except CellExecutionError:
        return ""  # its cell says why
    except CellTimeoutError:
        return f"a cell of the fresh notebook runs for more than {SECONDS} s in Jupyter"
    except NoSuchKernel as error:
        return f"it cannot be tried in Jupyter here ({error}); run `pip install ipykernel`"
    return ""


def _failures(cell: Any) -> list[str]:
    outputs = cell.get("outputs", ())
    return [f"{each.ename}: {each.evalue}" for each in outputs if each.output_type == "error"]


def _about_checks(week: Week, notebook: Any) -> list[str]:
    """What is wrong where every cell has run."""
    found = []
    for cell in notebook.cells:
        outputs = cell.get("outputs", ())
        text = "".join(str(each.get("data", {}).get("text/html", "")) for each in outputs)
        if cell.id in week.questions and "not attempted" not in text:
            found.append(f"the check of {cell.id} does not say that nothing is attempted yet")
        for each in outputs:
            if each.get("name") == "stderr":
                line = each.text.strip().splitlines()[-1]
                found.append(f"the cell {cell.id} writes to stderr in a fresh notebook: {line}")
    return found
