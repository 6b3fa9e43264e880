"""Inside the sandbox: run a submission's cells, hold its functions, then answer for them.

Questions are asked only after all outputs have been sent, so that no question can show up in them.
Each function is asked as it was defined at its check, and meets the notebook as it was there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from itertools import groupby
from operator import itemgetter
from time import perf_counter
from typing import Any

import numpy as np

from autograder.answer import MISSING, Answer, Status, ask
from autograder.double_precision import FLOAT32, double_precision
from autograder.errors import ProtocolError
from autograder.sandbox.inside import inward
from autograder.sandbox.inside.answering import answering_as
from autograder.sandbox.inside.calls import Calls, Message
from autograder.sandbox.inside.shell import NotebookShell, run_without_event_loop
from autograder.sandbox.inside.snapshot import Snapshots
from autograder.sandbox.inside.unfinished import Unfinished
from autograder.sandbox.inside.wire import SECONDS, Channel, encode

_UNDEFINED = re.compile(r"NameError: name '(\w+)' is not defined")


def serve(channel: Channel, shell: NotebookShell) -> None:
    """Serve one submission until the grader closes the channel.

    Args:
        channel: to the grader.
        shell: runs the cells.
    """
    with suppress(EOFError):
        notebook = inward.receive(channel)
        served = _serve(_Submission(channel, shell), notebook)
        if _may_await(notebook):
            _run_in_event_loop(served)
        else:
            run_without_event_loop(served)


def _may_await(notebook: Mapping[str, Any]) -> bool:
    """Whether a notebook, or a file beside it, can meet an event loop, as all can in Jupyter.

    Most say nothing of one, and need not wait for the import of asyncio.
    """
    cells = (step.get("run", "") for step in notebook["steps"])
    return any(map(_says_so, (*cells, *notebook["files"].values())))


def _says_so(content: str | bytes) -> bool:
    if isinstance(content, str):
        return "async" in content or "await" in content
    return b"async" in content or b"await" in content


def _run_in_event_loop(served: Coroutine[Any, Any, None]) -> None:
    """Run all of a submission as one task.

    What a cell sets for its context, as `np.seterr` does, is then there for the cells and questions
    after it.
    """
    import asyncio

    loop = asyncio.new_event_loop()
    task = loop.create_task(served)
    task.add_done_callback(lambda _: loop.stop())
    while not task.done():
        # A cell may stop the loop, and so may the exception of a task that it started.
        with suppress(BaseException):
            loop.run_forever()
    task.result()


async def _serve(submission: _Submission, notebook: Mapping[str, Any]) -> None:
    await submission.run(notebook)
    while True:
        submission.answer()


class _Submission:
    def __init__(self, channel: Channel, shell: NotebookShell) -> None:
        self._channel = channel
        self._shell = shell
        self._namespace: dict[str, Any] = shell.user_ns
        self._held: dict[str, Any] = {}
        self._asked_for: dict[str, str] = {}
        self._unfinished = Unfinished(shell.user_ns)
        self._snapshots = Snapshots(shell.user_ns)
        self._drivers: dict[str, Callable[..., Any]] = {}
        self._process = os.getpid()
        self._calls = Calls(self._send_message, self._receive_message, self._held)

    async def run(self, notebook: Mapping[str, Any]) -> None:
        """Run the cells, hold the functions at their checks, and report the end of the notebook."""
        # Before any of the student's code, which could not be blamed for what happened so far.
        self._channel.send(encode({"started": True}))
        for name, content in notebook["files"].items():
            _write(name, content)
        self._shell.begin()
        for source in notebook["left_out"]:
            self._remember_unfinished(source)
        for step in notebook["steps"]:
            if "hold" in step:
                self._asked_for[step["hold"]] = step["calls"]
                self._held[step["hold"]] = self._snapshots.take(step["hold"], step["calls"])
            else:
                await self._run_cell(step, notebook["text"], notebook["pictures"])
        self._channel.send(encode({"sealed": True, "changed": self._snapshots.end()}))

    def _remember_unfinished(self, source: str) -> None:
        with suppress(Exception):
            self._unfinished.add(self._shell.transform_cell(source))

    async def _run_cell(self, step: Mapping[str, Any], text: int, pictures: int) -> None:
        try:
            outputs, error = await self._shell.run(step["run"], text, pictures)
        finally:
            self._end_copies()
            self._snapshots.cell_has_run()
        if error:
            self._remember_unfinished(step["run"])
        index = step["index"]
        try:
            frame = encode({"cell": index, "error": error, "outputs": outputs})
        except ProtocolError as problem:
            frame = encode({"cell": index, "error": error or str(problem), "outputs": []})
        self._channel.send(frame)

    def answer(self) -> None:
        """Answer for the functions that are held.

        What one case changes is there for the next one, as in the notebook, but not for another
        question.
        """
        received = inward.receive(self._channel)
        if isinstance(received, dict):
            # Only the solution's process is called; a student's is asked.
            self._calls.serve(received)
            return
        for question, asked in groupby(received, itemgetter("question")):
            self._snapshots.put_back(question)
            for names, cases in groupby(asked, itemgetter("replace")):
                with self._replaced(names) if names else nullcontext():
                    for each in cases:
                        self._answer(each)

    def _answer(self, asked: Mapping[str, Any]) -> None:
        driver = self._driver(asked["driver"])
        started = perf_counter()
        try:
            answer = self._asked(asked["question"], asked["arguments"], driver)
            while set(asked["replace"]) - {FLOAT32} and self._define_what_is_missing(asked, answer):
                answer = self._asked(asked["question"], asked["arguments"], driver)
        finally:
            self._end_copies()
        seconds = perf_counter() - started
        fields = {
            "id": asked["id"],
            "status": str(answer.status),
            "changed": list(answer.changed),
            "warned": list(answer.warned),
            "error": answer.error,
            "line": answer.line,
        }
        try:
            frame = encode({**fields, "value": answer.value})
        except ProtocolError as problem:
            frame = encode(
                {**fields, "status": str(Status.RAISED), "value": None, "error": str(problem)}
            )
        self._channel.send(frame + SECONDS.pack(seconds))

    def _asked(
        self, question: str, arguments: Mapping[str, Any], driver: Callable[..., Any] | None
    ) -> Answer:
        target, name = self._held.get(question, MISSING), self._asked_for.get(question, "")
        if target is MISSING and name in self._unfinished.defined:
            target = self._namespace[name]
        return ask(target, arguments, driver)

    def _define_what_is_missing(self, asked: Mapping[str, Any], answer: Answer) -> bool:
        """Whether a name is defined now whose cell a wrong function had kept from its end."""
        missing = _UNDEFINED.match(answer.error)
        name = missing[1] if missing else self._asked_for.get(asked["question"], "")
        if not missing and answer.status is not Status.MISSING:
            return False
        return name not in self._namespace and self._unfinished.define(name)

    def _end_copies(self) -> None:
        """Exit if this is a copy made by a student's `os.fork`: only one process may answer."""
        if os.getpid() != self._process:
            os._exit(0)

    def _driver(self, source: str) -> Callable[..., Any] | None:
        if not source:
            return None
        if source not in self._drivers:
            namespace: dict[str, Any] = {"np": np}
            exec(compile(source, "<driver>", "exec"), namespace)
            self._drivers[source] = namespace["drive"]
        return self._drivers[source]

    @contextmanager
    def _replaced(self, names: tuple[str, ...]) -> Iterator[None]:
        """Let some names of the notebook mean something else."""
        double = double_precision(self._namespace) if FLOAT32 in names else nullcontext()
        with self._functions_replaced([name for name in names if name != FLOAT32]), double:
            yield

    @contextmanager
    def _functions_replaced(self, names: Sequence[str]) -> Iterator[None]:
        """Have calls to some of the notebook's functions answered from outside."""
        namespace = self._namespace
        stand_ins = {name: self._calls.stand_in(name) for name in names}
        before = {name: namespace.get(name, MISSING) for name in stand_ins}
        namespace.update(stand_ins)
        try:
            with ExitStack() as answering:
                for name, each in stand_ins.items():
                    answering.enter_context(answering_as(before[name], each))
                yield
        finally:
            self._unfinished.undo()
            for name, value in before.items():
                if value is MISSING:
                    namespace.pop(name, None)
                else:
                    namespace[name] = value

    def _send_message(self, message: Message) -> None:
        self._channel.send(encode(message) + SECONDS.pack(0.0))

    def _receive_message(self) -> Message:
        message: Message = inward.receive(self._channel)
        return message


def _write(name: str, content: str | bytes) -> None:
    """Write one of the files beside the notebook, perhaps in a subfolder."""
    if folder := os.path.dirname(name):
        os.makedirs(folder, exist_ok=True)
    with open(name, "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
