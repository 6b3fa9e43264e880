"""Reach out of the folder: links and names that lead to other students' files."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from autograder.cli.demo import STEM
from tests.attacks.attack import NEIGHBOUR, forge

GROUP = "reach out of the folder"


def _others_notebook(folder: Path) -> None:
    notebook = folder / f"{STEM}.ipynb"
    notebook.unlink()
    notebook.symlink_to(Path("..", "..", NEIGHBOUR, STEM, f"{STEM}.ipynb"))


def _others_folder(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.symlink_to(Path("..", NEIGHBOUR, STEM))


def _others_functions(folder: Path) -> None:
    (folder / "earlier_weeks.py").symlink_to(folder.parents[2] / ".autograder" / "secret")


def _special_files(folder: Path) -> None:
    (folder / "timestamp.txt").unlink(missing_ok=True)
    os.mkfifo(folder / "timestamp.txt")


def _linked_time(folder: Path) -> None:
    (folder / "timestamp.txt").unlink(missing_ok=True)
    (folder / "timestamp.txt").symlink_to("/etc/passwd")


def _waiting_notebook(folder: Path) -> None:
    (folder / f"{STEM}.ipynb").unlink()
    os.mkfifo(folder / f"{STEM}.ipynb")


@forge(GROUP, "hands in a link to its neighbour's notebook", beside=_others_notebook)
def link_to_neighbour(notebook: Any) -> None: ...


@forge(GROUP, "hands in a link to its neighbour's folder", beside=_others_folder)
def link_as_folder(notebook: Any) -> None: ...


@forge(GROUP, "hands in a link to the course's secret as its earlier functions",
       beside=_others_functions)  # fmt: skip
def link_to_secret(notebook: Any) -> None:
    from autograder.cli.demo import answer_cell
    from tests.attacks.attack import PLACE

    answer_cell(notebook, PLACE).source = "print(open('earlier_weeks.py').read())"


@forge(GROUP, "hands in a link to the machine's users as its time stamp", beside=_linked_time)
def link_as_time(notebook: Any) -> None: ...


@forge(GROUP, "hands in a pipe, on which a reader waits forever, as its time stamp",
       beside=_special_files, danger="nbgrader would wait on it forever")  # fmt: skip
def pipe_as_time(notebook: Any) -> None: ...


@forge(GROUP, "hands in a pipe, on which a reader waits forever, as its notebook",
       beside=_waiting_notebook, danger="nbgrader would wait on it forever")  # fmt: skip
def pipe_as_notebook(notebook: Any) -> None: ...
