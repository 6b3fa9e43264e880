"""What the grader sends to a student's process: pickles.

They go in this direction only. Nothing that a student's process sends is ever unpickled (see
`wire`). Inside, a forged pickle could do no more than the student's code can do anyway.
"""

from __future__ import annotations

import pickle
from typing import Any

from autograder.sandbox.inside.wire import Channel, wrap


def write(message: Any) -> bytes:
    """The frame of a message to a student's process."""
    return wrap(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))


def receive(channel: Channel) -> Any:
    """The next message from the grader; only for the process inside the sandbox.

    Raises:
        EOFError: when the grader has closed the channel.
    """
    return pickle.loads(channel.receive_payload())
