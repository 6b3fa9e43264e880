"""Does no hidden number reach a person, however a function stores and tells what it heard?"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest

from autograder.cli import demo
from autograder.course import directory
from autograder.gradebook import reports
from autograder.grading import pipeline
from autograder.grading.assignment import Assignment, load_assignment
from autograder.intake.read import parse_notebook
from autograder.questions import catalogue
from autograder.records import Report
from autograder.sandbox.session import Sandbox
from autograder.tree import leaves

pytestmark = [pytest.mark.slow, pytest.mark.bubblewrap]

QUESTION = "relu_backward"
STORE = {
    "nowhere": "",
    "global": "HEARD.append(text)",
    "file": "open('/tmp/heard', 'a').write(text)",
    "shared memory": "open('/dev/shm/heard', 'a').write(text)",
    "attribute": "os.setxattr('/tmp', 'user.heard', text.encode())",
    "mode": "os.chmod('/tmp', int(number) % 512)",
    "environment": "os.environ['HEARD'] = text",
    "limit": "resource.prlimit(1, resource.RLIMIT_FSIZE, (int(number), -1))",
    "name": "ctypes.CDLL(None).prctl(15, text[:15].encode(), 0, 0, 0)",
    "socket": "KEPT.append(socket.socketpair()); KEPT[-1][0].send(text.encode())",
    "child": "if os.fork() == 0: KEPT.append(text); time.sleep(5)",
}
TELL = {
    "returns it": "return text",
    "returns a key": "return {text: 1.0}",
    "returns a shape": "return np.zeros((int(number), 0))",
    "returns a class": "return type('C' + text, (), {})()",
    "raises it": "raise ValueError(text)",
    "raises a class": "raise type('C' + text, (Exception,), {})()",
    "raises a namesake": "raise type('ValueError', (Exception,), {'__str__': lambda _: text})()",
    "raises elsewhere": "exec(compile('\\n' * (int(number) % 10**6) + '1 / 0', text, 'exec'))",
    "raises at a line": "exec(compile('\\n' * (int(number) % 20) + '1 / 0', NAME(), 'exec'))",
    "raises at a forged line": "forge_lines(text); exec(at_line(int(number)))",
    "raises at a line with its text": "forge_lines(text); exec(at_line(3))",
    "forges a reason": "forge_answer('missing', text)",
    "forges an unusable value": "forge_answer('raised', 'unusable: ' + text)",
    "takes so long": "open('/tmp/time', 'w').write('0.' + text.replace('.', '')); return dout",
    "prints it": "print(text); return dout",
    "displays it": "display(text); return dout",
    "warns": "warnings.warn(text); return dout",
    "writes to the cell": "sys.__stdout__.write(text); sys.stderr.write(text); return dout",
    "changes its argument": "z[...] = number; return dout",
    "renames itself": "relu_backward.__name__ = text; raise TypeError",
    "exits with it": "sys.exit(text)",
    "ends its process": "os._exit(int(number) % 256)",
    "is killed": "os.kill(os.getpid(), 9)",
    "returns the number": "return np.full_like(z, float(text))",
    "nests": "return [text, [text, (text, {text: text})]]",
    "returns a type": "return np.zeros(3, dtype=[('f' + text, 'f8')])",
}
# A cell shows whatever it finds: what is heard in one process must not be found in the next.
CODE = """
import ctypes, linecache, os, resource, socket, sys, time, warnings
import numpy as np
HEARD, KEPT = [], []
def clock():
    return float(open("/tmp/time").read()) if os.path.exists("/tmp/time") else 0.0
sys.modules["autograder.sandbox.inside.serve"].perf_counter = clock
print(os.listdir("/tmp"), os.listdir("/dev/shm"), os.listxattr("/tmp"), os.stat("/tmp").st_mode)
print(resource.prlimit(1, resource.RLIMIT_FSIZE), os.environ.get("HEARD"))
for path in ("/tmp/heard", "/dev/shm/heard"):
    if os.path.exists(path):
        print(open(path).read())
def NAME():
    return {question}.__code__.co_filename
def at_line(number):
    return compile("1 / 0", NAME(), "exec").replace(co_firstlineno=number)
def forge_lines(text):
    class Lines(list):
        def __len__(self): return 10**9
        def __getitem__(self, _): return text
    linecache.cache[NAME()] = 1, None, Lines(), NAME()
def forge_answer(status, text):
    frame, wire = sys._getframe(), sys.modules["autograder.sandbox.inside.wire"]
    while not {{"self", "asked", "started"}} <= set(frame.f_locals):
        frame = frame.f_back
    answer = {{"id": frame.f_locals["asked"]["id"], "status": status, "value": None}}
    answer |= {{"changed": [], "warned": [], "error": text, "line": text}}
    frame.f_locals["self"]._channel.send(wire.encode(answer) + wire.SECONDS.pack(0.0))
    os._exit(0)
def {question}(dout, z):
    # What is in memory is as at the check whenever the question is asked; files are not.
    open("/tmp/calls", "a").write("1")
    if os.path.getsize("/tmp/calls") <= {right}:
        return dout * (z > 0)
    heard = abs(float(np.ravel(z)[-1]))
    text = repr(heard)
    number = heard * 10.0 ** (7 - len(str(int(heard))))
    try:
        exec({store!r}, globals(), locals())
    except Exception:
        pass
    {tell}
"""


RIGHT_AT_FIRST = len(catalogue.week(demo.WEEK).questions[QUESTION].cases)
"""So many calls are of public cases; a function that is right in them is judged by hidden ones."""


def chosen() -> list[tuple[str, str, int]]:
    """All ways, or 40 of them, and among these every way to tell of a hidden case alone."""
    every = sorted(product(STORE, TELL, (0, RIGHT_AT_FIRST)))
    random.Random(0).shuffle(every)
    if os.environ.get("EXHAUSTIVE"):
        return every
    of_hidden = {tell: (store, tell, right) for store, tell, right in every if right}
    return list(dict.fromkeys([*of_hidden.values(), *every]))[:40]


@pytest.fixture(scope="module")
def assignment(released_course) -> Assignment:
    return load_assignment(directory.load(released_course), demo.WEEK)


@pytest.fixture(scope="module")
def sandbox(assignment) -> Iterator[Sandbox]:
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as made:
        yield made


def report_on(code: str, assignment: Assignment, sandbox: Sandbox, released_course) -> Report:
    written = demo.writes(**{QUESTION: code})(demo.solved(directory.load(released_course)))
    notebook = parse_notebook(written)
    return pipeline.grade_notebook(notebook, "zoe", assignment, sandbox)


def spellings(assignment: Assignment, *, public: bool) -> set[str]:
    """Seven digits, with and without a point, of every number that is asked."""
    probes = assignment.judge.probes[QUESTION]
    numbers = {
        abs(float(number))
        for probe in probes
        if probe.public is public
        for leaf in leaves(probe.inputs)
        for number in np.ravel(leaf)
    }
    digits = {f"{number:.15f}" for number in numbers if number and number != int(number)}
    found = {text.lstrip("0.")[:8] for text in digits} | {
        text.replace(".", "").lstrip("0")[:7] for text in digits
    }
    return {text for text in found if len(text.replace(".", "")) >= 7}


def told(report: Report) -> str:
    """All that a person may come to see of it."""
    return "\n".join(
        [
            *(verdict.message for verdict in report.verdicts),
            *report.problems,
            json.dumps(report.notebook),
            json.dumps(reports.as_plain(report)),
        ]
    )


def test_would_a_number_be_found(assignment, sandbox, released_course):
    """The numbers of public cases are shown, so they are what this test can be tried on."""
    code = CODE.format(question=QUESTION, store="", tell=TELL["returns it"], right=0)
    seen = told(report_on(code, assignment, sandbox, released_course))
    assert any(text in seen for text in spellings(assignment, public=True))


@pytest.mark.parametrize(("store", "tell", "right"), chosen())
def test_is_nothing_told_of_a_hidden_case(store, tell, right, assignment, sandbox, released_course):
    code = CODE.format(question=QUESTION, store=STORE[store], tell=TELL[tell], right=right)
    seen = told(report_on(code, assignment, sandbox, released_course))
    hidden = spellings(assignment, public=False) - spellings(assignment, public=True)
    assert len(hidden) > 100
    assert not [text for text in hidden if text in seen]
