"""One cell's outputs in nbformat's form, up to limits on text and pictures.

Runs inside the sandbox.
"""

from __future__ import annotations

import base64
import io
import re
from typing import Any

_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_LAST_WORDS = 300
"""Characters for the note that outputs were cut."""

Output = dict[str, Any]


class Recorder:
    """Collects one cell's outputs, up to limits on text and pictures."""

    def __init__(self) -> None:
        self.outputs: list[Output] = []
        self._pieces: list[str] = []
        self._text = self._pictures = 0
        self._cut = False
        self._open = False
        self._clear_next = False
        self._named: dict[str, Output] = {}

    def start(self, text: int, pictures: int) -> None:
        """Begin a cell.

        Args:
            text: characters of text that it may show.
            pictures: characters of base64-encoded pictures that it may show.
        """
        self.outputs, self._pieces = [], []
        self._text, self._pictures = text, pictures
        self._cut, self._open = False, True
        self._clear_next = False
        self._named = {}

    def finish(self) -> list[Output]:
        """The cell's outputs; anything written later is dropped."""
        if self._cut:
            self._text = _LAST_WORDS
            self.write("stderr", "\n[The rest of this cell's output was cut.]\n")
        self._flush()
        self._open = False
        return self.outputs

    def write(self, stream: str, text: str) -> None:
        """Add text to a stream; consecutive texts of one stream are joined."""
        if not self._open or not text:
            return
        self._clear_if_awaited()
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

    def add(self, output: Output, name: str = "") -> None:
        """Add a display, a result or an error; representations beyond the limits are left out.

        Args:
            output: in nbformat's form.
            name: by which the cell may update it.
        """
        if not self._open:
            return
        self._clear_if_awaited()
        self._flush()
        if self._limit(output):
            self.outputs.append(output)
            if name:
                self._named[name] = output

    def update(self, output: Output, name: str) -> None:
        """Replace what the display of this name shows, if this cell has shown it."""
        shown = self._named.get(name)
        if self._open and shown is not None and self._limit(output):
            shown.update(data=output["data"], metadata=output["metadata"])

    def clear(self, wait: bool = False) -> None:
        """Drop the outputs so far, for `clear_output`.

        Args:
            wait: until there is something new to show.
        """
        self._clear_next = wait
        if not wait:
            self.outputs, self._pieces, self._named = [], [], {}

    def _clear_if_awaited(self) -> None:
        if self._clear_next:
            self.clear()

    def _limit(self, output: Output) -> bool:
        """Leave out what exceeds the limits; False if nothing is left."""
        if "data" in output:
            data = output["data"]
            if len(data.get("text/plain", "")) > self._text:
                data["text/plain"] = data["text/plain"][: max(0, self._text)]
                self._cut = True
            output["data"] = {kind: item for kind, item in data.items() if self._fits(kind, item)}
            return bool(output["data"])
        if not self._fits("text/plain", "".join(output["traceback"])):
            output["traceback"] = [without_colours(f"{output['ename']}: {output['evalue']}")]
        return True

    def _flush(self) -> None:
        if self._pieces:
            self.outputs[-1]["text"] = without_colours("".join(self._pieces))
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

    encoding = "UTF-8"
    errors = "replace"

    @property
    def name(self) -> str:
        return f"<{self._name}>"

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        """The process's own stream, for what asks for one, such as `faulthandler`."""
        return 1 if self._name == "stdout" else 2

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._recorder.write(self._name, text)
        return len(text)


def representations(data: Any) -> dict[str, Any]:
    """Data in the form that nbformat stores: text, base64, or JSON if the MIME type says so."""
    made = {}
    for kind, value in dict(data).items():
        if isinstance(value, bytes):
            made[str(kind)] = base64.b64encode(value).decode()
        elif isinstance(value, str):
            made[str(kind)] = without_colours(value)
        else:
            made[str(kind)] = plain(value) if str(kind).endswith("json") else text_of(value)
    return made


def plain(value: Any) -> Any:
    """The value as JSON types; anything else is replaced by its text."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value if type(value) in (bool, int, float, str, type(None)) else text_of(value)


def text_of(value: Any) -> str:
    """The value's `str`, at most 10,000 characters; its type's name if that raises."""
    try:
        return str(value)[:10_000]
    except Exception:
        return type(value).__name__


def without_colours(text: str) -> str:
    """The text without ANSI escape sequences."""
    return _ANSI.sub("", text)
