"""The notebook's IPython shell, which records each cell's outputs in nbformat's form.

Runs inside the sandbox. Cells behave as in Jupyter (magics, rich outputs, tracebacks), except that
`input()` raises and that a cell's outputs are limited.
"""

from __future__ import annotations

import ast
import builtins
import os
import pdb
import sys
import warnings
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, NoReturn

from IPython.core import debugger, page, payloadpage
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from autograder.answer import last_line
from autograder.sandbox.inside import magics
from autograder.sandbox.inside.outputs import (
    Output,
    Recorder,
    Stream,
    plain,
    representations,
    text_of,
    without_colours,
)

_TURNS = 5
"""How often the event loop goes round after a cell that has started tasks."""


class _Publisher(DisplayPublisher):  # type: ignore[misc]
    def publish(
        self,
        data: Any,
        metadata: Any = None,
        *,
        transient: Any = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        self._validate_data(data, metadata)
        output = {
            "output_type": "display_data",
            "data": representations(data),
            "metadata": plain(metadata or {}),
        }
        name = str((transient or {}).get("display_id") or "")
        if update:
            self.shell.recorder.update(output, name)
        else:
            self.shell.recorder.add(output, name)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.recorder.clear(wait)


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
    """IPython's shell as Jupyter has it, without terminal, colours or user."""

    displayhook_class = Type(_ResultHook)
    display_pub_class = Type(_Publisher)

    def __init__(self, **options: Any) -> None:
        self.recorder = Recorder()
        super().__init__(**options)

    def begin(self) -> None:
        """Take the process's working folder for the notebook's, to which `%cd -` leads back."""
        self.history_manager.dir_hist[:] = [os.getcwd()]

    async def run(self, source: str, text: int, pictures: int) -> tuple[list[Output], str]:
        """Run a cell.

        Args:
            source: the cell's source.
            text: characters of text that it may show.
            pictures: characters of base64-encoded pictures that it may show.

        Returns:
            Its nbformat outputs, and the last line of its exception, empty when it has none.
        """
        self.recorder.start(text, pictures)
        error = await self._run_as_in_jupyter(source)
        if "asyncio" in sys.modules:
            await _let_tasks_begin()
        self.execution_count += 1
        self.payload_manager.clear_payload()
        return self.recorder.finish(), "" if error is None else last_line(error)

    async def _run_as_in_jupyter(self, source: str) -> BaseException | None:
        problem = None
        try:
            cell = self.transform_cell(source)
        except Exception:
            cell, problem = source, sys.exc_info()
        # `store_history` would format every traceback twice.
        self.history_manager.store_inputs(self.execution_count, cell, source)
        result = None
        try:
            result = await self.run_cell_async(
                source, transformed_cell=cell, preprocessing_exc_tuple=problem
            )
        except BaseException as error:
            self.showtraceback()
            return error
        finally:
            self.events.trigger("post_execute")
            self.events.trigger("post_run_cell", result)
        return result.error_before_exec or result.error_in_exec  # type: ignore[no-any-return]

    def transform_cell(self, raw_cell: str) -> str:
        """A cell as plain Python; only cells that are not plain Python go through IPython."""
        # IPython's transformation takes longer than running a short cell.
        if is_plain_python(raw_cell):
            return raw_cell if raw_cell.endswith("\n") else f"{raw_cell}\n"
        return str(super().transform_cell(raw_cell))

    def ask_exit(self) -> NoReturn:
        """End the cell, not the notebook."""
        raise SystemExit

    def enable_gui(self, gui: object = None) -> None:
        """Do nothing: nobody sees a window while a notebook is graded."""

    def enable_matplotlib(self, gui: str | None = None) -> Any:
        """Choose where figures are shown; below their cell if what is asked for is not here."""
        try:
            return super().enable_matplotlib(gui)
        except (ImportError, RuntimeError):
            self.pylab_gui_select = None
            return super().enable_matplotlib("inline")

    def init_hooks(self) -> None:
        """Let help open beside the notebook, as in Jupyter, in place of among the outputs."""
        super().init_hooks()
        self.set_hook("show_in_pager", page.as_hook(payloadpage.page), 99)

    def run_line_magic(self, magic_name: str, line: str, _stack_depth: int = 1) -> Any:
        """Run a magic; one that is not installed says so, and the rest of its cell runs.

        The student's own Jupyter, or Colab, may have it.
        """
        try:
            return super().run_line_magic(magic_name, line, _stack_depth + 1)
        except UsageError as error:
            if self.find_line_magic(magic_name):
                raise
            print(f"UsageError: {error}", file=sys.stderr)
        except ImportError as error:
            if magic_name not in ("load_ext", "reload_ext"):
                raise
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return None

    def _showtraceback(self, etype: type[BaseException], evalue: Any, stb: Any) -> None:
        self.recorder.add(
            {
                "output_type": "error",
                "ename": etype.__name__,
                "evalue": text_of(evalue),
                "traceback": [without_colours(line) for line in stb],
            }
        )


async def _let_tasks_begin() -> None:
    """Let what the cell started in the background begin, as it does while Jupyter waits."""
    import asyncio

    try:
        started = len(asyncio.all_tasks()) > 1
    except RuntimeError:
        # No event loop is running.
        return
    for _ in range(_TURNS if started else 0):
        await asyncio.sleep(0)


def run_without_event_loop(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine that waits for nothing."""
    with suppress(StopIteration):
        coroutine.send(None)


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
    configuration.InteractiveShell.colors = "nocolor"
    configuration.InteractiveShell.banner1 = ""
    # By these two, code such as tqdm's finds out that it runs in Jupyter.
    configuration.IPKernelApp = Config()
    NotebookShell.__name__ = "ZMQInteractiveShell"
    shell: NotebookShell = NotebookShell.instance(config=configuration)
    magics.register(shell)
    sys.stdout = Stream("stdout", shell.recorder)
    sys.stderr = Stream("stderr", shell.recorder)
    builtins.input = _no_input
    sys.breakpointhook = _go_on
    pdb.set_trace = debugger.set_trace = _go_on
    _find_modules_of_notebooks()
    if "matplotlib" in sys.modules:
        _keep_backend_without_screen(sys.modules["matplotlib"])
    _warm_up(shell)
    _stay_open(shell)
    return shell


def _find_modules_of_notebooks() -> None:
    """Let the working folder be searched where Jupyter searches it: before installed packages."""
    packages = [path for path in sys.path if path.endswith("-packages")]
    sys.path[:] = [*(path for path in sys.path if path not in packages), "", *packages]


def _keep_backend_without_screen(matplotlib: Any) -> None:
    """Let `matplotlib.use("TkAgg")`, which needs a screen, change nothing."""
    use = matplotlib.use

    def use_if_possible(backend: str, *, force: bool = True) -> None:
        with suppress(ImportError):
            use(backend, force=force)

    matplotlib.use = use_if_possible


def _warm_up(shell: NotebookShell) -> None:
    """Run what most notebooks run, so that no submission pays for the imports behind it."""
    run_without_event_loop(_run_all(shell))
    shell.reset(new_session=True)
    shell.execution_count = 1


async def _run_all(shell: NotebookShell) -> None:
    for cell in (
        "x = 1\nx",
        "print(2)",
        "import numpy as np\nnp.ones(2)",
        "1 / 0",
        "1 +",
        "exit()",
    ):
        await shell.run(cell, 10_000, 0)


def _stay_open(shell: NotebookShell) -> None:
    """Install permanently what IPython installs for the duration of each cell.

    Functions are asked outside of cells, and should find the same names as in their check's cell.
    """
    shell.builtin_trap.__enter__()
    shell.display_trap.__enter__()


def _no_input(prompt: object = "") -> NoReturn:
    raise EOFError("input() is not available while a notebook is graded")


def _go_on(*_: object, **__: object) -> None:
    """In place of a debugger, which would wait for somebody."""
