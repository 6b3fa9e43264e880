"""What the grader tells a student's process: pickles, which that process reads at once.

They travel this way only. Nothing that a student's process sends is ever unpickled (see `wire`);
what a forged pickle could do inside, the student's code can do there anyway.
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
