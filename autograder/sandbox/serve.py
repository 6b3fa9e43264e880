"""One submission, inside: run its cells, hold its functions, then answer for them.

Questions are asked only after the notebook has been sealed, so that nothing asked can appear in
its outputs, and each function is asked as it stood at its check.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograder.calling import MISSING, Status, Tree, ask, to_tree
from autograder.errors import ProtocolError
from autograder.sandbox.shell import NotebookShell
from autograder.sandbox.wire import SECONDS, Channel, decode, encode

Held = dict[str, Any]


def serve(channel: Channel, shell: NotebookShell) -> None:
    """Serve one submission until the outside closes its channel."""
    held = _run_notebook(channel, shell, channel.receive())
    drivers: dict[str, Callable[..., Any]] = {}
    while True:
        try:
            count = channel.receive()["asks"]
            # All are taken off the channel before the first is answered: an answer that fills
            # the channel while questions are still being sent would stop both sides.
            frames = [channel.receive_frame() for _ in range(count)]
        except EOFError:
            return
        for frame in frames:
            _answer(channel, shell, held, drivers, decode(frame))


def _run_notebook(channel: Channel, shell: NotebookShell, notebook: Tree) -> Held:
    held: Held = {}
    for name, text in notebook["files"].items():
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)
    if notebook["files"]:
        sys.path.append(os.getcwd())
    for step in notebook["steps"]:
        if "hold" in step:
            held[step["hold"]] = shell.user_ns.get(step["calls"], MISSING)
            continue
        started = time.perf_counter()
        with _one_process():
            outputs, error = shell.run(step["run"], notebook["text"], notebook["pictures"])
        seconds = time.perf_counter() - started
        result = {"cell": step["index"], "error": error, "seconds": seconds}
        try:
            frame = encode({**result, "outputs": outputs})
        except ProtocolError as problem:
            frame = encode({**result, "error": error or str(problem), "outputs": []})
        channel.send(frame)
    channel.send(encode({"sealed": True}))
    return held


def _answer(
    channel: Channel,
    shell: NotebookShell,
    held: Held,
    drivers: dict[str, Callable[..., Any]],
    asked: Tree,
) -> None:
    target = held.get(asked["question"], MISSING)
    driver = _driver(drivers, asked["driver"])
    with _one_process(), _replaced(channel, shell.user_ns, asked["replace"]):
        started = time.perf_counter()
        answer = ask(target, asked["arguments"], driver)
        seconds = time.perf_counter() - started
    fields = {
        "id": asked["id"],
        "status": str(answer.status),
        "value": answer.value,
        "changed": list(answer.changed),
        "warned": list(answer.warned),
        "error": answer.error,
        "line": answer.line,
    }
    try:
        frame = encode(fields)
    except ProtocolError as problem:
        raised = {"status": str(Status.RAISED), "value": None, "error": str(problem)}
        frame = encode({**fields, **raised})
    channel.send(frame + SECONDS.pack(seconds))


@contextmanager
def _one_process() -> Iterator[None]:
    """End the copies of this process that a student's `os.fork` leaves: only one may answer."""
    own = os.getpid()
    try:
        yield
    finally:
        if os.getpid() != own:
            os._exit(0)


def _driver(drivers: dict[str, Callable[..., Any]], source: str) -> Callable[..., Any] | None:
    if not source:
        return None
    if source not in drivers:
        namespace: dict[str, Any] = {"np": np}
        exec(compile(source, "<driver>", "exec"), namespace)
        drivers[source] = namespace["drive"]
    return drivers[source]


@contextmanager
def _replaced(channel: Channel, namespace: dict[str, Any], names: list[str]) -> Iterator[None]:
    """Let some of the notebook's functions be answered from outside for a while."""
    before = {name: namespace.get(name, MISSING) for name in names}
    namespace.update({name: _answered_outside(channel, name) for name in names})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is MISSING:
                namespace.pop(name, None)
            else:
                namespace[name] = value


def _answered_outside(channel: Channel, name: str) -> Callable[..., Any]:
    def call(*arguments: Any, **keywords: Any) -> Any:
        positional = [to_tree(argument) for argument in arguments]
        by_name = {key: to_tree(value) for key, value in keywords.items()}
        frame = encode({"call": name, "arguments": positional, "keywords": by_name})
        channel.send(frame + SECONDS.pack(0.0))
        reply = channel.receive()
        if "error" in reply:
            raise RuntimeError(f"{name}: {reply['error']}")
        value = reply["value"]
        return tuple(value) if isinstance(value, list) else value

    return call
