"""A submission of our own, which the warm parent serves to itself before it forks.

What Python does for the first time costs more than the same a second time: it fills caches, adapts
its code and resolves names. Once done in the warm parent, no student's process does it again, nor
copies the pages of memory in which that stands.
"""

from __future__ import annotations

import marshal
import socket

import numpy as np

from autograder.sandbox import inward
from autograder.sandbox.progress import Progress
from autograder.sandbox.serve import serve
from autograder.sandbox.shell import NotebookShell
from autograder.sandbox.wire import Channel

_OFTEN = 16
"""Python adapts a function to what it is called with after a few calls."""
_ANY = "x = 1\nx", "print(2)", "1 / 0", "1 +", "exit()"
_SOLUTION = '''
import numpy as np


def scaled(values, factor):
    """Adds up what its caller takes apart again."""
    return {"sum": (values * factor).sum(axis=0), "parts": [values @ values.T, 1.0]}


class Held:
    def __init__(self, data):
        self.data = data
'''
_CHOICE = "# One of three.\nchoice = 'a'"
_DRIVER = "def drive(function, values, factor):\n    return [function(values, factor), [1.0, 2.0]]"


def rehearse(shell: NotebookShell) -> None:
    """Run cells and ask functions as a submission does, and forget them."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(_notebook() + _asks())
        ours.shutdown(socket.SHUT_WR)
        serve(Channel(theirs), shell, Progress())
    shell.reset(new_session=True)
    shell.execution_count = 1


def _notebook() -> bytes:
    cells = [*_ANY, *[_SOLUTION, _CHOICE] * _OFTEN]
    steps: list[dict[str, object]] = [
        {"index": index, "run": source} for index, source in enumerate(cells)
    ]
    steps += [{"index": len(cells), "hold": name, "calls": name} for name in ("scaled", "choice")]
    settings = {"files": {}, "text": 10_000, "pictures": 0, "together": 1.0}
    return inward.write({"steps": steps, **settings})


def _asks() -> bytes:
    driver = marshal.dumps(compile(_DRIVER, "<driver>", "exec"))
    given = {"values": np.ones((3, 2)), "factor": 2.0}
    questions = [("scaled", b"", given), ("scaled", driver, given), ("choice", b"", {})]
    plain = {"id": 0, "replace": (), "long": False}
    return inward.write(
        [
            {"question": name, "driver": code, "arguments": arguments, **plain}
            for name, code, arguments in questions * _OFTEN
        ]
    )
