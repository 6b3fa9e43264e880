"""Use up what is shared: time, memory, files, processes, output; or stay for the next student."""

from __future__ import annotations

import json
from typing import Any

from tests.attacks.attack import cheat, forge, harm

GROUP = "use everything up"
UNCONTAINED = "nothing would contain it"

harm(GROUP, "endless-loop", "computes forever", "while True:\n    pass")
harm(
    GROUP,
    "endless-answer",
    "answers the public cases and computes forever on the others",
    "calls = []\ndef relu_backward(dout, z):\n    while True:\n        calls.append(1)",
    costs=("whatever needs memory after it",),
)
harm(
    GROUP,
    "sleeps-and-ignores-signals",
    "sleeps forever and ignores every signal that can be ignored",
    """
import signal, time
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
while True:
    try:
        time.sleep(10**6)
    except BaseException:
        pass
""",
)
harm(
    GROUP,
    "stops-itself",
    "stops its own process, and the first one of the sandbox, so that nobody answers",
    "import os, signal\nos.kill(1, signal.SIGSTOP)\nos.kill(os.getpid(), signal.SIGSTOP)",
    danger="it would stop the first process that it reaches",
)
harm(
    GROUP,
    "kills-everything",
    "kills every process that it may",
    "import os\nos.kill(1, 9)\nos.kill(-1, 9)",
    danger=UNCONTAINED,
)
harm(
    GROUP,
    "memory-bomb",
    "takes memory until none is left",
    "import numpy as np\nhoard = []\nwhile True:\n    hoard.append(np.ones(10**6))",
    danger=UNCONTAINED,
    costs=("whatever needs memory after it",),
)
harm(
    GROUP,
    "memory-of-ended-threads",
    "takes memory in processes whose first thread has ended, where few look for it",
    """
import ctypes, os, platform, threading, time
def hoard():
    kept = b"x" * 10**9
    time.sleep(1000)
for _ in range(5):
    if os.fork() == 0:
        threading.Thread(target=hoard).start()
        ctypes.CDLL(None).syscall({"x86_64": 60}.get(platform.machine(), 93), 0)
time.sleep(1000)
""",
    danger=UNCONTAINED,
)
harm(GROUP, "fork-bomb", "forks forever", "import os\nwhile True:\n    os.fork()",
     danger=UNCONTAINED)  # fmt: skip
harm(
    GROUP,
    "thread-bomb",
    "starts threads forever",
    """
import threading, time
threading.stack_size(32768)
while True:
    threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
""",
    danger=UNCONTAINED,
)
harm(
    GROUP,
    "one-endless-file",
    "writes one file without end",
    "with open('/tmp/endless', 'wb') as file:\n    while True:\n        file.write(bytes(2**20))",
    danger=UNCONTAINED,
)
harm(
    GROUP,
    "fills-the-disk",
    "fills every place that can be written, for itself and for the next student",
    """
for place in ("/tmp", "/dev/shm", "/var/tmp"):
    try:
        for number in range(10**6):
            open(f"{place}/{number}", "wb").write(bytes(2**20))
    except OSError as error:
        print(error)
""",
    danger=UNCONTAINED,
)
harm(
    GROUP,
    "empty-files-without-end",
    "makes empty files until the file system has no place for another",
    "number = 0\nwhile True:\n    number += 1\n    open(f'/tmp/{number}', 'w').close()",
    danger=UNCONTAINED,
)
harm(
    GROUP,
    "nested-directories",
    "leaves 20,000 nested directories, which ordinary clearing cannot delete",
    "import os\nfor _ in range(20_000):\n    os.mkdir('d')\n    os.chdir('d')",
    danger=UNCONTAINED,
)
harm(
    GROUP,
    "opens-everything",
    "opens files until no descriptor is left",
    "kept = []\nwhile True:\n    kept.append(open('/dev/null'))",
)
harm(
    GROUP,
    "300,000-lines",
    "prints 300,000 lines",
    "for number in range(300_000):\n    print('all work and no play', number)",
)
harm(
    GROUP,
    "one-endless-line",
    "prints and shows 100 million characters at once",
    "print('x' * 10**8)\n'x' * 10**8",
)
harm(
    GROUP,
    "waits-for-the-next",
    "leaves a process behind that waits for the next student and kills what it finds",
    """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            time.sleep(0.05)
            for name in os.listdir("/proc"):
                if name.isdecimal() and int(name) not in (1, os.getpid()):
                    os.kill(int(name), 9)
    os._exit(0)
""",
    danger=UNCONTAINED,
    costs=("everything",),
)
harm(
    GROUP,
    "exit",
    "ends the kernel with exit(), upon which other graders delete what was graded",
    "exit()",
)
harm(GROUP, "os-exit", "ends the process at once", "import os\nos._exit(0)")
harm(
    GROUP,
    "crashes-at-every-question",
    "answers every question by ending the process, for the most restarts",
    """
import os
class Crash:
    def __init__(self, *a, **k): os._exit(1)
    def __call__(self, *a, **k): os._exit(1)
import builtins
builtins.len = builtins.isinstance = Crash
""",
    costs=("everything",),
)
harm(
    GROUP,
    "hangs-at-every-second-case",
    "answers one case and hangs at the next, in every process, so that no question is given up",
    """
import sys
asked = 0
def watch(frame, event, argument):
    global asked
    if event == "call" and frame.f_code.co_name == "_call":
        asked += 1
        while asked > 1:
            pass
sys.setprofile(watch)
""",
    costs=("everything",),
)
harm(
    GROUP,
    "reads-the-keyboard",
    "waits for somebody to type",
    "import sys\nsys.stdin.read()\ninput('points? ')",
)
harm(
    GROUP,
    "deep-recursion",
    "runs out of the stack, with the interpreter's own limit lifted",
    "import sys\nsys.setrecursionlimit(10**9)\ndef f(n):\n    return [f(n + 1)]\nf(0)",
)


@forge(GROUP, "shows two megabytes of picture in each of 100 cells", honest="nothing",
       danger="it takes minutes")  # fmt: skip
def album(notebook: Any) -> None:
    from nbformat.v4 import new_code_cell

    show = (
        "from IPython.display import publish_display_data as show\n"
        "show({'image/png': 'A' * 1_900_000}, {})"
    )
    notebook.cells += [new_code_cell(show) for _ in range(100)]


LENT = """
import numpy as np
def relu_backward(dout, z):
    return 0 * z
wrong = relu_backward
def mlp_loss_and_grads(X, y, params):
    if relu_backward is not wrong:
        {}
    return 0.0, dict(params)
"""
cheat(
    GROUP,
    "large-follow-through",
    "asks the solution's function, called for follow-through, for 10 gigabytes, by broadcasting",
    LENT.format("relu_backward(np.ones((36_000, 1)), np.ones((1, 36_000)))"),
    danger="plain nbgrader has no follow-through",
)
harm(
    GROUP,
    "warns-on-stderr",
    "is right and warns on stderr, which costs the points elsewhere",
    """
import warnings
def relu_backward(dout, z):
    warnings.warn("a harmless note", stacklevel=2)
    return dout * (z > 0)
""",
    gains=(6.0, "It is right: other graders take its points away."),
)
harm(
    GROUP,
    "picture-of-spaces",
    "shows a picture of spaces, at whose check for base64 the grader and the class wait",
    """
from IPython.display import publish_display_data
for kind in ("image/png", "image/jpeg", "image/gif"):
    publish_display_data({kind: " " * 600_000 + "!"})
""",
)


@forge(GROUP, "attaches a picture of spaces, at whose check the grader and the class wait")
def attachment_of_spaces(notebook: Any) -> None:
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.attachments = {"a.png": {"image/png": " " * 200_000 + "!"}}


@forge(GROUP, "hands in an old format with tags that are all compared, and an endless heading")
def old_format(notebook: Any) -> bytes:
    tags = [number if number % 2 else str(number) for number in range(100_000)]
    heading = {"cell_type": "heading", "level": 10**11, "metadata": {"tags": tags}, "source": "x"}
    sheet = {"cells": [heading], "metadata": {}}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [sheet]}
    return json.dumps(old).encode()


# What follows spoils what all submissions of a sandbox once shared.
harm(
    GROUP,
    "limits-of-process-one",
    "lowers the limits of the process that everybody is forked from",
    """
import resource
for kind in (resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU):
    resource.prlimit(1, kind, (1, 1))
""",
    danger=UNCONTAINED,
)
harm(
    GROUP,
    "priority-of-process-one",
    "makes the process that everybody is forked from the last that the kernel runs",
    """
import os
os.setpriority(os.PRIO_PROCESS, 1, 19)
os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0))
os.sched_setaffinity(1, [max(os.sched_getaffinity(0))])
""",
    danger=UNCONTAINED,
)
harm(
    GROUP,
    "closes-the-temporary-folder",
    "empties /tmp and /dev/shm and takes every right to them away, for good",
    """
import os, shutil
os.chdir("/")
for place in ("/tmp", "/dev/shm"):
    for name in os.listdir(place):
        shutil.rmtree(f"{place}/{name}", ignore_errors=True)
    os.setxattr(place, "user.left", b"for the next")
    acl = "0200000001000000ffffffff04000000ffffffff20000000ffffffff"
    os.setxattr(place, "system.posix_acl_default", bytes.fromhex(acl))
    os.chmod(place, 0)
""",
    danger=UNCONTAINED,
)
harm(
    GROUP,
    "memory-of-sockets",
    "fills the buffers of socket pairs, in ten processes: memory that is nobody's",
    """
import os, socket, time
for _ in range(9):
    if os.fork() == 0:
        break
kept = []
try:
    while True:
        pair = socket.socketpair()
        kept.append(pair)
        for end in pair:
            end.setblocking(False)
            try:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**24)
            except OSError:
                pass
            try:
                while True:
                    end.send(bytes(2**16))
            except BlockingIOError:
                pass
except OSError:
    pass
""",
    danger=UNCONTAINED,
    costs=("whatever needs a process of its own after it",),
)
