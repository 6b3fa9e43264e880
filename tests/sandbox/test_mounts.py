"""Does a notebook see what it needs and nothing of the grader, its machine or the network?"""

from __future__ import annotations

import ast
import shutil
import textwrap

import pytest

from autograder.answer import Status
from autograder.errors import SandboxError
from autograder.sandbox import mounts
from autograder.sandbox.session import Cell, Limits, Sandbox
from tests.sandbox.notebooks import run_cell, text_of


@pytest.mark.bubblewrap
@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("import os\nos.kill(1, 9); os.kill(1, 15); os.kill(1, 2)", ""),
        ("for n in range(100): open(f'/tmp/{n}', 'wb').write(bytes(10**6))", "OSError: [Errno 28]"),
        (
            "for n in range(99): open(f'/dev/shm/{n}', 'wb').write(bytes(10**6))",
            "OSError: [Errno 28]",
        ),
        ("import socket; socket.create_connection(('192.0.2.1', 80), 1)", "PermissionError"),
        ("open('/proc/1/mem', 'rb')", "FileNotFoundError"),
        ("open('/proc/1/environ', 'rb')", "FileNotFoundError"),
        ("import os; [os.readlink(f'/proc/1/fd/{n}') for n in range(9)]", "FileNotFoundError"),
        ("open('/proc/sys/vm/drop_caches', 'w')", "FileNotFoundError"),
        ("import tensorflow", "ModuleNotFoundError"),
        ("import keras", "ModuleNotFoundError"),
        ("import nbgrader", "ModuleNotFoundError"),
        ("import autograder.questions", "ModuleNotFoundError"),
        ("import course_lib.gradients", "ModuleNotFoundError"),
    ],
)
def test_walls(walled: Sandbox, source: str, error: str) -> None:
    """Are files, processes, the network and forbidden packages out of reach?"""
    result = run_cell(walled, source)
    assert result.status is Status.RETURNED
    assert result.error.startswith(error) and bool(result.error) == bool(error)


@pytest.mark.bubblewrap
def test_nothing_in_proc_can_be_written(walled: Sandbox) -> None:
    """Is the kernel out of reach even where the grader runs as root?"""
    source = """
        import os
        opened = []
        for root, _, names in os.walk("/proc"):
            for name in names:
                try:
                    os.close(os.open(os.path.join(root, name), os.O_WRONLY))
                    opened.append(os.path.join(root, name))
                except OSError:
                    pass
        assert not [path for path in opened if "/fd/" not in path], opened
    """
    result = run_cell(walled, textwrap.dedent(source))
    assert result.status is Status.RETURNED and result.error == ""


WALK = """
import os, re, stat
forbidden = re.compile(
    r"(^|[/_-])(tensorflow|keras|nbgrader|gradebook\\.db|jax)|autograder/questions|\\.npz$", re.I
)
# Type stubs that jedi carries, and the example data of SciPy, NumPy and Matplotlib.
known = re.compile(r"/typeshed/stubs/|^/site-packages/(scipy|numpy|matplotlib)/.*\\.npz$")
found, files = [], 0
for root, directories, names in os.walk("/"):
    if root == "/":
        directories[:] = [d for d in directories if d != "proc"]
    files += len(names)
    for name in directories + names:
        path = os.path.join(root, name)
        if forbidden.search(path) and not known.search(path):
            found.append(path)
for text in os.environ.items():
    found += [line for line in str(text).splitlines() if forbidden.search(line)]
open_files = []
for n in range(1_000):
    try:
        status = os.fstat(n)
        null = status.st_rdev == os.stat("/dev/null").st_rdev and stat.S_ISCHR(status.st_mode)
        socket, event = stat.S_ISSOCK(status.st_mode), not stat.S_IFMT(status.st_mode)
        open_files.append("socket" if socket else "event" if event else "null" if null else str(n))
    except OSError:
        pass
print(found, files > 1000, open_files)
"""


@pytest.mark.bubblewrap
def test_nothing_of_the_grader_is_in_sight(walled: Sandbox) -> None:
    """Is there no reference, question, database or Keras in files, environment or open files?"""
    with Sandbox(limits=Limits()) as sandbox, sandbox.open([Cell(0, WALK)]) as session:
        result = session.cells[0]
    assert result.error == ""
    found, _, rest = text_of(result).partition("] True ")
    assert found == "["
    # The streams and the channel, which begin with the submission.
    assert sorted(ast.literal_eval(rest)) == [*3 * ["null"], "socket"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"kernel/apparmor_restrict_unprivileged_userns": "1"}, "AppArmor"),
        ({"user/max_user_namespaces": "0"}, "switched off"),
        ({}, "inside a container"),
    ],
)
def test_refusals_have_a_next_step(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], words: str
) -> None:
    """Is a machine's refusal explained?"""
    monkeypatch.setattr(mounts, "kernel_setting", lambda name: settings.get(name, ""))
    reason = mounts.explain_refusal("bwrap: setting up uid map: Permission denied\n")
    assert "setting up uid map" in reason and words in reason and "Next:" in reason


def test_without_bubblewrap_there_is_a_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Is a missing bubblewrap one line for the person who reads it?"""
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SandboxError, match="not installed. Next: install it"):
        Sandbox()
    with pytest.raises(SandboxError, match="expected isolation"):
        Sandbox("docker")
