"""The notebook's IPython shell, which records each cell's outputs in nbformat's form.

Runs inside the sandbox. Cells behave as in Jupyter (magics, rich outputs, tracebacks), except that
`input()` raises and that a cell's outputs are limited.
"""

from __future__ import annotations

import ast
import builtins
import sys
import warnings
from typing import Any, NoReturn

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from autograder.answer import last_line
from autograder.sandbox.inside.outputs import (
    Output,
    Recorder,
    Stream,
    plain,
    representations,
    text_of,
    without_colours,
)



class _Publisher(DisplayPublisher):  # type: ignore[misc]
    def publish(self, data: Any, metadata: Any = None, **_: Any) -> None:
        self.shell.recorder.add(
            {
                "output_type": "display_data",
                "data": representations(data),
                "metadata": plain(metadata or {}),
            }
        )

    def clear_output(self, wait: bool = False) -> None:
        self.shell.recorder.clear()


class _ResultHook(DisplayHook):  # type: ignore[misc]
    @property
    def prompt_count(self) -> int:
        return int(self.shell.execution_count)

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        self.shell.recorder.add(
            {
                "output_type": "execute_result",
                "execution_count": self.prompt_count,
                "data": representations(format_dict),
                "metadata": plain(md_dict or {}),
            }
        )


class NotebookShell(InteractiveShell):  # type: ignore[misc]
    """An IPython shell without history, colours, terminal or user."""

    displayhook_class = Type(_ResultHook)
    display_pub_class = Type(_Publisher)

    def __init__(self, **options: Any) -> None:
        self.recorder = Recorder()
        super().__init__(**options)

    def run(self, source: str, text: int, pictures: int) -> tuple[list[Output], str]:
        """Run a cell.

        Args:
            source: the cell's source.
            text: characters of text that it may show.
            pictures: characters of base64-encoded pictures that it may show.

        Returns:
            Its nbformat outputs, and the last line of its exception, empty when it has none.
        """
        self.recorder.start(text, pictures)
        result = self.run_cell(source, store_history=False)
        # Storing history would count cells too, but would format every traceback twice.
        self.execution_count += 1
        error = result.error_before_exec or result.error_in_exec
        return self.recorder.finish(), "" if error is None else last_line(error)

    def transform_cell(self, raw_cell: str) -> str:
        """A cell as plain Python; only cells that are not plain Python go through IPython."""
        # IPython's transformation takes longer than running a short cell.
        if is_plain_python(raw_cell):
            return raw_cell if raw_cell.endswith("\n") else f"{raw_cell}\n"
        return str(super().transform_cell(raw_cell))

    def ask_exit(self) -> NoReturn:
        """End the cell, not the notebook."""
        raise SystemExit

    def _showtraceback(self, etype: type[BaseException], evalue: Any, stb: Any) -> None:
        self.recorder.add(
            {
                "output_type": "error",
                "ename": etype.__name__,
                "evalue": text_of(evalue),
                "traceback": [without_colours(line) for line in stb],
            }
        )


def is_plain_python(source: str) -> bool:
    """Whether a cell has several lines and parses as Python, so that IPython need not transform it.

    A single line that parses may still be an IPython command, such as `exit`.
    """
    if "\n" not in source.strip():
        return False
    try:
        with warnings.catch_warnings():
            # Compiling the cell shows them.
            warnings.simplefilter("ignore")
            ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def start_shell() -> NotebookShell:
    """Create the process's one shell, and replace the standard streams and `input`."""
    configuration = Config()
    configuration.HistoryManager.enabled = False
    configuration.InteractiveShell.autoawait = False
    configuration.InteractiveShell.colors = "nocolor"
    configuration.InteractiveShell.banner1 = ""
    shell: NotebookShell = NotebookShell.instance(config=configuration)
    sys.stdout = Stream("stdout", shell.recorder)
    sys.stderr = Stream("stderr", shell.recorder)
    builtins.input = _no_input
    _warm_up(shell)
    _stay_open(shell)
    return shell


def _warm_up(shell: NotebookShell) -> None:
    """Run what most notebooks run, so that no submission pays for the imports behind it."""
    for cell in (
        "x = 1\nx",
        "print(2)",
        "import numpy as np\nnp.ones(2)",
        "1 / 0",
        "1 +",
        "exit()",
    ):
        shell.run(cell, 10_000, 0)
    shell.reset(new_session=True)
    shell.execution_count = 1


def _stay_open(shell: NotebookShell) -> None:
    """Install permanently what IPython installs for the duration of each cell.

    Functions are asked outside of cells, and should find the same names as in their check's cell.
    """
    shell.builtin_trap.__enter__()
    shell.display_trap.__enter__()


def _no_input(prompt: object = "") -> NoReturn:
    raise EOFError("input() is not available while a notebook is graded")
