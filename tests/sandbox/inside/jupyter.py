"""A real ipykernel, and what can be compared between it and the sandbox."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from typing import Any

from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

_NAMES = """
(lambda b, j: b.print(j.dumps({name: [b.type(value).__name__, b.repr(value)[:150]]
    for name, value in b.list(b.__import__('IPython').get_ipython().user_ns.items())
    if not name.startswith(('_i', '__'))
    and name not in ('exit', 'quit', 'get_ipython', 'open', 'In', 'Out', '_oh', '_dh')
})))(__import__('builtins'), __import__('json'))
"""
"""A cell that prints what a notebook has defined, whatever names it has replaced."""

_RESET = """
exec('''
import builtins, contextlib, io, os, sys
from IPython import get_ipython
shell = get_ipython()
if not hasattr(sys, "_before"):
    sys._before = list(sys.path), dict(os.environ), set(vars(builtins))
path, variables, names = sys._before
for name in set(vars(builtins)) - names:
    delattr(builtins, name)
for name, module in list(sys.modules.items()):
    if str(getattr(module, "__file__", "")).startswith({folder!r}):
        del sys.modules[name]
sys.path[:] = path
os.environ.clear()
os.environ.update(variables)
os.chdir({work!r})
if "matplotlib.pyplot" in sys.modules:
    import matplotlib, matplotlib.pyplot
    from matplotlib_inline import backend_inline
    matplotlib.pyplot.close("all")
    backend_inline.show._to_draw = []
    backend_inline.show._draw_called = False
    matplotlib.rcdefaults()
    matplotlib.pyplot.switch_backend("module://matplotlib_inline.backend_inline")
    matplotlib.interactive(True)
    backend_inline.configure_inline_support(shell, "inline")
    backend_inline.InlineBackend.instance().close_figures = True
    shell.pylab_gui_select = None
import numpy
numpy.seterr(divide="warn", over="warn", invalid="warn", under="ignore")
numpy.set_printoptions(precision=8, suppress=False)
shell.extension_manager.loaded.discard("autoreload")
shell.reset(new_session=True)
shell.user_ns["_dh"][:] = [{work!r}]
''', {{}})
"""

_CHANGING = (
    (r"\x1b\[[0-9;?]*[A-Za-z]", ""),
    (r"/tmp/ipykernel_\d+/\d+\.py|<ipython-input-[^>]*>|\b\d+\.py(?=,)", "<cell>"),
    (r"0x[0-9a-fA-F]+", "<address>"),
    (r"<module '([^']*)'.*?>", r"<module '\1'>"),
    (r"/tmp/work|/tmp/jupyter-\w+(/\w+)?|/tmp/tmp\w+", "<folder>"),
    (r"\b[\d.e+]+ (ns|us|μs|ms|s)\b|\b[\d.]+s\b", "<time>"),
    (r"(Task|Thread|Process)-\d+", r"\1-<n>"),
    (r"(stopped|pid=|<Process) ?\d+", r"\1"),
    (r"parent=\d+|display_id=\w+", ""),
    (r"/\S+/site-packages/", "/site-packages/"),
    (r"\r\n", "\n"),
    (r"OutStream|ipykernel\.iostream\.|autograder\.sandbox\.inside\.outputs\.", ""),
)


class Jupyter:
    """A kernel in a folder of its own, used for one notebook after another."""

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="jupyter-")
        folders = ("HOME", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "MPLCONFIGDIR")
        # ipykernel leaves what programs write alone when it believes that pytest runs it.
        inherited = {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"}
        self._manager = KernelManager()
        self._manager.start_kernel(
            cwd=self._folder,
            env={**inherited, **dict.fromkeys(folders, self._folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._client = self._manager.blocking_client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=60)

    def run(self, cells: list[str]) -> list[list[dict[str, Any]]]:
        """Run cells as a notebook of their own; each one's outputs.

        Args:
            cells: the cells' sources.
        """
        reset = _RESET.format(folder=self._folder, work=tempfile.mkdtemp(dir=self._folder))
        self._client.execute_interactive(reset, silent=True, store_history=False)
        notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
        runner = NotebookClient(notebook, km=self._manager, allow_errors=True, timeout=20)
        runner.reset_execution_trackers()
        runner.kc = self._client
        for index, cell in enumerate(notebook.cells):
            runner.execute_cell(cell, index)
        return [cell.outputs for cell in notebook.cells]

    def close(self) -> None:
        """End the kernel."""
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)
        shutil.rmtree(self._folder, ignore_errors=True)


def with_names(cells: list[str]) -> list[str]:
    """The cells, and one more that prints what they have defined."""
    return [*cells, _NAMES]


def names_in(outputs: Any) -> dict[str, list[str]]:
    """What the last cell of `with_names` printed: names, each with its type and its value."""
    printed = json.loads("".join(each["text"] for each in outputs if each.get("name") == "stdout"))
    return {name: [steady(part) for part in parts] for name, parts in printed.items()}


def shown(outputs: Any) -> list[Any]:
    """A cell's outputs without what differs from run to run.

    The two streams are compared one by one, since Jupyter mixes them as they arrive.
    """
    made: list[Any] = []
    for each in outputs:
        if each["output_type"] == "stream":
            if not made or not isinstance(made[-1], dict):
                made.append({})
            text = made[-1].get(each["name"], "")
            made[-1][each["name"]] = text + steady(each["text"])
        elif each["output_type"] == "error":
            places = re.findall(r"Cell In\[\d+\], line \d+", steady("\n".join(each["traceback"])))
            made.append(("error", each["ename"], steady(each["evalue"]), places))
        else:
            data = {kind: _steady_data(kind, value) for kind, value in each["data"].items()}
            made.append((each["output_type"], each.get("execution_count"), data))
    return made


def steady(text: str) -> str:
    """The text with placeholders for addresses, times, folders and numbers of processes."""
    for pattern, put in _CHANGING:
        text = re.sub(pattern, put, text)
    return text


def _steady_data(kind: str, value: Any) -> Any:
    if kind.startswith("image/"):
        return "<picture>"
    return steady(value if isinstance(value, str) else json.dumps(value))
