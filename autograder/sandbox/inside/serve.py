"""One submission, inside: run its cells, hold its functions, then answer for them.

Questions are asked only after the notebook has been sealed, so that nothing asked can appear in
its outputs, and each function is asked as it stood at its check.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import numpy as np

from autograder.answer import (
    MISSING,
    Status,
    ask,
    to_tree,
)
from autograder.errors import ProtocolError
from autograder.sandbox.inside import inward
from autograder.sandbox.inside.progress import Progress
from autograder.sandbox.inside.shell import NotebookShell
from autograder.sandbox.inside.wire import SECONDS, Channel, encode

_MOST_WAITING = 2**16


def serve(channel: Channel, shell: NotebookShell, progress: Progress) -> None:
    """Serve one submission until the outside closes its channel."""
    submission = _Submission(channel, shell, progress)
    try:
        submission.run(inward.receive(channel))
        while True:
            submission.answer(inward.receive(channel))
    except EOFError:
        return


class _Submission:
    def __init__(self, channel: Channel, shell: NotebookShell, progress: Progress) -> None:
        self._channel = channel
        self._out = _Outbox(channel)
        self._shell = shell
        self._progress = progress
        self._held: dict[str, Any] = {}
        self._drivers: dict[bytes, Callable[..., Any]] = {}
        self._process = os.getpid()

    def run(self, notebook: Mapping[str, Any]) -> None:
        """Run the cells, hold the functions at their checks, and seal the notebook."""
        self._out.longest = notebook["together"]
        for name, text in notebook["files"].items():
            with open(name, "w", encoding="utf-8") as file:
                file.write(text)
        if notebook["files"]:
            sys.path.append(os.getcwd())
        for step in notebook["steps"]:
            if "hold" in step:
                self._held[step["hold"]] = self._shell.user_ns.get(step["calls"], MISSING)
            else:
                self._run_cell(step, notebook["text"], notebook["pictures"])
        self._out.add(encode({"sealed": True}))
        self._out.send()

    def _run_cell(self, step: Mapping[str, Any], text: int, pictures: int) -> None:
        self._progress.now(step["index"])
        try:
            outputs, error = self._shell.run(step["run"], text, pictures)
        finally:
            self._end_copies()
        index = step["index"]
        try:
            frame = encode({"cell": index, "error": error, "outputs": outputs})
        except ProtocolError as problem:
            frame = encode({"cell": index, "error": error or str(problem), "outputs": []})
        self._out.add(frame)

    def answer(self, asked: list[dict[str, Any]]) -> None:
        """Answer for the functions that are held."""
        for each in asked:
            # The outside waits as long as the next answer may take: one that may take longer
            # neither keeps others back nor is kept back with them.
            if each["long"]:
                self._out.send()
            self._progress.now(each["id"])
            if each["replace"]:
                with self._replaced(each["replace"]):
                    self._answer(each)
            else:
                self._answer(each)
            if each["long"]:
                self._out.send()
        self._out.send()

    def _answer(self, asked: Mapping[str, Any]) -> None:
        target = self._held.get(asked["question"], MISSING)
        driver = self._driver(asked["driver"])
        started = perf_counter()
        try:
            answer = ask(target, asked["arguments"], driver)
        finally:
            self._end_copies()
        seconds = perf_counter() - started
        fields = {
            "changed": list(answer.changed),
            "warned": list(answer.warned),
            "error": answer.error,
            "line": answer.line,
        }
        # Most answers have none of these: what is empty stays here.
        fields = {name: field for name, field in fields.items() if field}
        fields |= {"id": asked["id"], "status": str(answer.status)}
        try:
            frame = encode({**fields, "value": answer.value})
        except ProtocolError as problem:
            frame = encode({**fields, "status": str(Status.RAISED), "error": str(problem)})
        self._out.add(frame + SECONDS.pack(seconds))

    def _end_copies(self) -> None:
        """End the copies of this process that a student's `os.fork` leaves: only one may answer."""
        if os.getpid() != self._process:
            os._exit(0)

    def _driver(self, code: bytes) -> Callable[..., Any] | None:
        if not code:
            return None
        if code not in self._drivers:
            namespace: dict[str, Any] = {"np": np}
            exec(marshal.loads(code), namespace)
            self._drivers[code] = namespace["drive"]
        return self._drivers[code]

    @contextmanager
    def _replaced(self, names: tuple[str, ...]) -> Iterator[None]:
        """Let some of the notebook's functions be answered from outside for a while."""
        namespace = self._shell.user_ns
        before = {name: namespace.get(name, MISSING) for name in names}
        namespace.update({name: self._answered_outside(name) for name in names})
        try:
            yield
        finally:
            for name, value in before.items():
                if value is MISSING:
                    namespace.pop(name, None)
                else:
                    namespace[name] = value

    def _answered_outside(self, name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **keywords: Any) -> Any:
            positional = [to_tree(argument) for argument in arguments]
            by_name = {key: to_tree(value) for key, value in keywords.items()}
            frame = encode({"call": name, "arguments": positional, "keywords": by_name})
            self._out.add(frame + SECONDS.pack(0.0))
            self._out.send()
            reply = inward.receive(self._channel)
            if "error" in reply:
                raise RuntimeError(f"{name}: {reply['error']}")
            value = reply["value"]
            return tuple(value) if isinstance(value, list) else value

        return call


class _Outbox:
    """Results on their way out, a few at a time.

    None waits for others longer than `longest` seconds. What is lost here with its process is asked
    again of another.
    """

    def __init__(self, channel: Channel) -> None:
        self.longest = 0.0
        self._channel = channel
        self._frames: list[bytes] = []
        self._size = 0
        self._sent = perf_counter()

    def add(self, frame: bytes) -> None:
        """Take one more; send them all where they are large or have waited long."""
        self._frames.append(frame)
        self._size += len(frame)
        if self._size > _MOST_WAITING or perf_counter() - self._sent > self.longest:
            self.send()

    def send(self) -> None:
        """Send what is waiting."""
        if self._frames:
            self._channel.send(b"".join(self._frames))
        self._frames, self._size, self._sent = [], 0, perf_counter()
