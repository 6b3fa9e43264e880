"""The process that measures students' answers for the grader; see `bounded_measures`.

It runs the course's own code only, on data that a student chose. What does not end within its
limits ends this process.
"""

from __future__ import annotations

import json
import resource
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.answer import Answer, Status
from autograder.errors import ProtocolError
from autograder.questions import catalogue, run_network
from autograder.questions.catalogue import Week
from autograder.questions.define import TOO_LARGE, UNUSABLE
from autograder.sandbox.inside.processes import address_space
from autograder.sandbox.inside.wire import Channel, decode, encode
from course_lib.quiet import import_keras


def main() -> None:
    """Reply to requests until the grader closes the socket."""
    argument = json.loads(sys.argv[2])
    channel = Channel(socket.socket(fileno=argument["socket"]))
    if argument["weeks"]:
        catalogue.use(Path(argument["weeks"]))
    week = catalogue.week(argument["week"])
    if "keras" in week.libraries:
        import_keras()
    if runs_networks(week):
        run_network.load()
    _limit(resource.RLIMIT_AS, address_space() + argument["memory"])
    _limit(resource.RLIMIT_CORE, 0)
    channel.send(encode({"ready": True}))
    while True:
        try:
            number = decode(channel.receive_frame())["requests"]
            _limit(resource.RLIMIT_CPU, int(time.process_time()) + 1 + argument["seconds"])
            for _ in range(number):
                request = decode(channel.receive_frame())
                channel.send(reply(week, request))
        except (EOFError, OSError):
            return


def runs_networks(week: Week) -> bool:
    """Whether a measure of the week runs a student's network with scikit-learn."""
    modules = {sys.modules[question.module] for question in week.questions.values()}
    names = (value for module in modules for value in vars(module).values())
    return any(getattr(each, "__module__", "") == run_network.__name__ for each in names)


def reply(week: Week, request: Mapping[str, Any]) -> bytes:
    """The encoded reply to one request.

    Args:
        week: has the question.
        request: the name of the `question`; the answer's `value` and the case's inputs, `given`;
            and the `kind`: "measure" or "figure".
    """
    question = week.questions[request["question"]]
    answer = Answer(Status.RETURNED, request["value"])
    try:
        if request["kind"] == "figure":
            figures = question.figures(answer, request["given"])
            return encode({"figures": [list(pair) for pair in figures]})
        measured = question.measured(answer, request["given"])
        if measured.status is Status.RETURNED:
            return encode({"value": measured.value})
        return encode({"error": measured.error.removeprefix(UNUSABLE)})
    except ProtocolError as error:
        return encode({"error": str(error)})
    except MemoryError:
        return encode({"error": TOO_LARGE})


def _limit(kind: int, wanted: int) -> None:
    highest = resource.getrlimit(kind)[1]
    soft = wanted if highest == resource.RLIM_INFINITY else min(wanted, highest)
    resource.setrlimit(kind, (soft, highest))
