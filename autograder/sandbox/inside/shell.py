"""The notebook's IPython shell, and the outputs of one cell in nbformat's form.

Runs inside the sandbox. Cells behave as they do in Jupyter (magics, rich outputs, tracebacks),
except that nobody is there to answer `input()` and that a cell's outputs have a limit.
"""

from __future__ import annotations

import base64
import builtins
import io
import re
import sys
import traceback
from contextlib import suppress
from types import CodeType
from typing import Any, NoReturn

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell
from traitlets import Type
from traitlets.config import Config

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
# Lines that begin as magics, shell commands, calls without brackets and pasted prompts do; what is
# given such a result; lines that end as help does. One expression of them all takes five times as
# long: a search is fast where it knows the first letter.
_BEGINS_AS_IPYTHON = re.compile(r"\n[ \t]*(?:[%!?,;/>]|\.\.\.|In \[)")
_GIVEN_BY_IPYTHON = re.compile(r"=[ \t]*[%!]")
_ENDS_AS_IPYTHON = re.compile(r"\?[ \t]*(?:\n|\Z)")
# How lines begin that end no statement: none, a deeper one, a comment.
_GOES_ON = ("", " ", "\t", "#")
# How all lines begin of a cell that only imports and gives names to values.
_NAMES = re.compile(r"(?:import|from)\s|(?!lambda\b)[A-Za-z_][\w, \t]*=(?!=)|[\s#]|\Z")
# With these a line may end one statement and begin another, or a statement begin inside a line.
_HIDES_STATEMENTS = ("\\", ";", '"""', "'''")
_MAX_ERROR = 300

Output = dict[str, Any]


class Recorder:
    """Collects one cell's outputs, up to its limits of text and of pictures."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self._pieces: list[str] = []
        self._text = self._pictures = 0
        self._cut = False
        self._open = False

    def start(self, text: int, pictures: int) -> None:
        """Begin a cell that may show so many characters."""
        self.outputs, self._pieces = [], []
        self._text, self._pictures = text, pictures
        self._cut, self._open = False, True

    def finish(self) -> list[Output]:
        """The cell's outputs; what is written from now on is dropped."""
        if self._cut:
            self._text = _MAX_ERROR
            self.write("stderr", "\n[The rest of this cell's output was cut.]\n")
        self._flush()
        self._open = False
        return self.outputs

    def write(self, stream: str, text: str) -> None:
        """Add to a stream, joined with what the same stream said just before."""
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
        """Add a display, a result or an error; representations over the limit are left out."""
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
        """Forget the outputs so far, as `clear_output` asks."""
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
    """An IPython shell without history, colours, terminal or a person in front of it."""

    displayhook_class = Type(_ResultHook)
    display_pub_class = Type(_Publisher)
    # Plain attributes: as traits they cost more than running a short cell does.
    execution_count = 1
    last_execution_succeeded = True
    last_execution_result = None

    def __init__(self, **options: Any) -> None:
        self.recorder = Recorder()
        super().__init__(**options)

    def run(self, source: str, text: int, pictures: int) -> tuple[list[Output], str]:
        """Run a cell.

        Args:
            source: the cell's source.
            text: how many characters of text it may show.
            pictures: how many characters of base64 pictures it may show.

        Returns:
            Its nbformat outputs, and the last line of its exception, empty when it has none.
        """
        self.recorder.start(text, pictures)
        cell = _ended(source) if shows_nothing(source) else ""
        code = self._compiled(cell) if cell else None
        if code is None:
            result = self.run_cell(source, store_history=False)
        else:
            result = self._run_compiled(source, cell, code)
        # The history would count, but it formats every traceback once more.
        self.execution_count += 1
        error = result.error_before_exec or result.error_in_exec
        return self.recorder.finish(), "" if error is None else last_line(error)

    def _compiled(self, cell: str) -> CodeType | None:
        """A cell as Python compiles it; None where IPython has to say what is wrong with it."""
        name = self.compile.cache(cell, self.execution_count, raw_code=cell)
        try:
            code: CodeType = self.compile(cell, name, "exec")
        except Exception:
            return None
        return code

    def _run_compiled(self, source: str, cell: str, code: CodeType) -> ExecutionResult:
        """As IPython's `run_cell`, which takes a cell apart by its syntax for twice the price."""
        about = ExecutionInfo(source, False, False, True, None, transformed_cell=cell)
        result = ExecutionResult(about)
        result.execution_count = self.execution_count
        self.events.trigger("pre_execute")
        self.events.trigger("pre_run_cell", about)
        with suppress(StopIteration):
            # It is a coroutine for the sake of `await`, which stands in no cell that comes here.
            self.run_code(code, result).send(None)
        self.last_execution_succeeded, self.last_execution_result = result.success, result
        self.events.trigger("post_execute")
        self.events.trigger("post_run_cell", result)
        return result

    def transform_cell(self, raw_cell: str) -> str:
        """A cell as Python; IPython translates it where there is something to translate."""
        # Its translation costs more than compiling does.
        if not is_python_alone(raw_cell):
            return str(super().transform_cell(raw_cell))
        return _ended(raw_cell)

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


def _ended(source: str) -> str:
    """A cell whose last line ends, as IPython hands it to Python."""
    return source if source.endswith("\n") else f"{source}\n"


def is_python_alone(source: str) -> bool:
    """Whether a cell certainly holds nothing of IPython's own syntax."""
    # A single line may be one of its commands without looking like it, such as `exit`; what
    # begins with a space, it moves to the left.
    if "\n" not in source.strip() or source[0].isspace():
        return False
    return not (
        _BEGINS_AS_IPYTHON.search(f"\n{source}")
        or _GIVEN_BY_IPYTHON.search(source)
        or _ENDS_AS_IPYTHON.search(source)
    )


def shows_nothing(source: str) -> bool:
    """Whether a cell is certainly Python alone and ends with no value that would be shown."""
    # Python ends a line at the one, and takes what follows the other for the start of a line.
    if "\r" in source or "\f" in source or not is_python_alone(source):
        return False
    return _ends_with_definition(source) or _only_gives_names(source)


def _ends_with_definition(source: str) -> bool:
    lines = source.split("\n")
    start = len(lines) - 1
    while start > 0 and lines[start][:1] in _GOES_ON:
        start -= 1
    last = "\n".join(lines[start:])
    # An odd number of quotes: the definition stands in a text that began before it.
    quoted = any(last.count(quotes) % 2 for quotes in ('"""', "'''"))
    return last.startswith(("def ", "class ")) and not quoted


def _only_gives_names(source: str) -> bool:
    if any(sign in source for sign in _HIDES_STATEMENTS):
        return False
    return all(map(_NAMES.match, source.split("\n")))


def last_line(error: BaseException) -> str:
    """The line with which Python's own traceback ends."""
    lines = "".join(traceback.format_exception_only(error)).strip().splitlines()
    return (lines[-1] if lines else type(error).__name__)[:_MAX_ERROR]


def start_shell() -> NotebookShell:
    """The process's one shell, with its streams in place and its own imports made."""
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
    """Use once what most notebooks use, so that no submission pays for its imports."""
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
    """Do once what IPython does and undoes around each cell.

    Functions are asked outside of cells, and so find what they would find in their check's cell.
    """
    shell.builtin_trap.__enter__()
    shell.display_trap.__enter__()


def _no_input(prompt: object = "") -> NoReturn:
    raise EOFError("input() has nobody to ask while a notebook is graded")


def _representations(data: Any) -> dict[str, Any]:
    """What nbformat stores: text, base64, or JSON where the MIME type says so."""
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
    """JSON that the wire carries; anything else by its text."""
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
