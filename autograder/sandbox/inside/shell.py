"""The notebook's IPython shell, which records each cell's outputs in nbformat's form.

Runs inside the sandbox. Cells behave as in Jupyter (magics, rich outputs, tracebacks), except that
`input()` raises and that a cell's outputs are limited.
"""

from __future__ import annotations

import ast
import base64
import builtins
import io
import re
import sys
import traceback
import warnings
from typing import Any, NoReturn

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_MAX_ERROR = 300

Output = dict[str, Any]


class Recorder:
    """Collects one cell's outputs, up to limits on text and pictures."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self._pieces: list[str] = []
        self._text = self._pictures = 0
        self._cut = False
        self._open = False

    def start(self, text: int, pictures: int) -> None:
        """Begin a cell.

        Args:
            text: characters of text that it may show.
            pictures: characters of base64-encoded pictures that it may show.
        """
        self.outputs, self._pieces = [], []
        self._text, self._pictures = text, pictures
        self._cut, self._open = False, True

    def finish(self) -> list[Output]:
        """The cell's outputs; anything written later is dropped."""
        if self._cut:
            self._text = _MAX_ERROR
            self.write("stderr", "\n[The rest of this cell's output was cut.]\n")
        self._flush()
        self._open = False
        return self.outputs

    def write(self, stream: str, text: str) -> None:
        """Add text to a stream; consecutive texts of one stream are joined."""
        if not self._open or not text:
            return
        if self._text <= 0:
            self._cut = True
            return
        last = self.outputs[-1] if self.outputs else {}
        if last.get("name") != stream:
            self._flush()
            self.outputs.append({"output_type": "stream", "name": stream, "text": ""})
        if len(text) > self._text:
            text, self._cut = text[: self._text], True
        self._text -= len(text)
        self._pieces.append(text)

    def add(self, output: Output) -> None:
        """Add a display, a result or an error; representations beyond the limits are left out."""
        if not self._open:
            return
        self._flush()
        if "data" in output:
            data = output["data"]
            if len(data.get("text/plain", "")) > self._text:
                data["text/plain"] = data["text/plain"][: max(0, self._text)]
                self._cut = True
            output["data"] = {kind: item for kind, item in data.items() if self._fits(kind, item)}
            if not output["data"]:
                return
        elif not self._fits("text/plain", "".join(output["traceback"])):
            output["traceback"] = [_ANSI.sub("", f"{output['ename']}: {output['evalue']}")]
        self.outputs.append(output)

    def clear(self) -> None:
        """Drop the outputs so far, for `clear_output`."""
        self.outputs, self._pieces = [], []

    def _flush(self) -> None:
        if self._pieces:
            self.outputs[-1]["text"] = _ANSI.sub("", "".join(self._pieces))
            self._pieces = []

    def _fits(self, kind: str, value: Any) -> bool:
        size = len(value) if isinstance(value, str) else len(repr(value))
        picture = kind.startswith("image/") and kind != "image/svg+xml"
        left = (self._pictures if picture else self._text) - size
        if left < 0:
            self._cut = True
            return False
        if picture:
            self._pictures = left
        else:
            self._text = left
        return True


class Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of the notebook."""

    def __init__(self, name: str, recorder: Recorder) -> None:
        self._name = name
        self._recorder = recorder

    encoding = "utf-8"
    errors = "replace"

    @property
    def name(self) -> str:
        return f"<{self._name}>"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._recorder.write(self._name, text)
        return len(text)


class _Publisher(DisplayPublisher):  # type: ignore[misc]
    def publish(self, data: Any, metadata: Any = None, **_: Any) -> None:
        self.shell.recorder.add(
            {
                "output_type": "display_data",
                "data": _representations(data),
                "metadata": _plain(metadata or {}),
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
                "data": _representations(format_dict),
                "metadata": _plain(md_dict or {}),
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
                "evalue": _text_of(evalue),
                "traceback": [_ANSI.sub("", line) for line in stb],
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


def last_line(error: BaseException) -> str:
    """The line with which Python's own traceback ends."""
    lines = "".join(traceback.format_exception_only(error)).strip().splitlines()
    return (lines[-1] if lines else type(error).__name__)[:_MAX_ERROR]


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


def _representations(data: Any) -> dict[str, Any]:
    """Data in the form that nbformat stores: text, base64, or JSON if the MIME type says so."""
    made = {}
    for kind, value in dict(data).items():
        if isinstance(value, bytes):
            made[str(kind)] = base64.b64encode(value).decode()
        elif isinstance(value, str):
            made[str(kind)] = _ANSI.sub("", value)
        else:
            made[str(kind)] = _plain(value) if str(kind).endswith("json") else _text_of(value)
    return made


def _plain(value: Any) -> Any:
    """The value as JSON types; anything else is replaced by its text."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if type(value) in (bool, int, float, str, type(None)) else _text_of(value)


def _text_of(value: Any) -> str:
    try:
        return str(value)[:10_000]
    except Exception:
        return type(value).__name__
