"""Do the secret and one student's data stay out of everything that others can read?"""

from __future__ import annotations

import json
import os
import stat
import subprocess
from typing import Any

import pytest

from autograder.cli import demo
from autograder.course import directory
from autograder.dispatch import local
from autograder.grading import grade_class, pipeline
from autograder.grading.assignment import load_assignment
from autograder.questions import catalogue
from autograder.release import generate
from autograder.sandbox import mounts
from autograder.sandbox.inside.wire import Channel
from tests.command import autograder

pytestmark = [
    pytest.mark.slow,
    pytest.mark.bubblewrap,
]

ROSTER = """id,last_name,first_name,email
quokka-17,Quokkason,Quentin,quentin@quokka.example
zebu-23,Zebuson,Zoe,zoe@zebu.example
"""
OF_ONE = ("quokka", "Quokkason", "Quentin")
OF_OTHER = ("zebu", "Zebuson", "Zoe@", "zoe@")
LOOK = """
import os, sys
print(sorted(os.environ.items()))
print([p for p in {places!r} if os.path.exists(p)])
def opened(path):
    try:
        with open(path, "rb") as file:
            return [file.read(1)]
    except OSError:
        return []
of_first = ["/proc/1/environ", "/proc/1/maps", "/proc/1/mem"]
print(sum([opened(path) for path in of_first + [f"/proc/1/fd/{{n}}" for n in range(20)]], []))
found = [
    os.path.join(folder, name)
    for top in ("/tmp", "/home", "/root", "/grader", "/var", "/etc", "/dev/shm", "/srv", "/mnt")
    for folder, _, names in os.walk(top)
    for name in names
    if not folder.startswith(sys.base_prefix)  # Python may be installed below a home directory
]
print(found)
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory) -> tuple[directory.Course, str]:
    """A class of two, graded by the command under a careless umask; and all that it printed."""
    folder = tmp_path_factory.mktemp("privacy")
    (folder / "roster.csv").write_text(ROSTER)
    printed = ""
    before = os.umask(0)
    os.environ["A_TOKEN_OF_THE_GRADER"] = "canary-4711"
    try:
        opened = directory.init(folder / "course", folder / "roster.csv")
        generate.release(opened, catalogue.week(demo.WEEK))
        spy = demo.writes(relative_error=LOOK.format(places=[str(opened.root), str(folder)]))
        pupils = [demo.Pupil("quokka-17", spy), demo.Pupil("zebu-23", demo.HOSTILE["crashes"])]
        demo.hand_in(opened, pupils)
        for words in (
            ("grade", "week06"),
            ("feedback", "week06"),
            ("grade", "week06", "--force", "--json"),
        ):
            printed += autograder(opened.root, *words)
    finally:
        os.umask(before)
        del os.environ["A_TOKEN_OF_THE_GRADER"]
    return opened, printed


def secrets_of(opened: directory.Course) -> list[bytes]:
    """The secret as it stands in its file, and as it is in memory."""
    return [opened.secret.hex().encode(), opened.secret]


def test_is_the_secret_in_no_file_but_its_own_and_in_no_output(graded):
    opened, printed = graded
    holds = [
        path.relative_to(opened.root).as_posix()
        for path in opened.root.rglob("*")
        if path.is_file() and any(each in path.read_bytes() for each in secrets_of(opened))
    ]
    assert holds == [".autograder/secret"]
    assert opened.secret.hex() not in printed
    assert opened.secret.hex() not in repr(opened) and repr(opened.secret) not in repr(opened)


def test_does_nobody_read_of_another_student(graded):
    opened, _ = graded
    for student, others in (("quokka-17", OF_OTHER), ("zebu-23", OF_ONE)):
        for step in ("feedback", "autograded"):
            files = [path for path in (opened.root / step / student).rglob("*") if path.is_file()]
            assert files
            for path in files:
                text = path.read_text()
                assert not [word for word in others if word in text], path


def test_does_the_sandbox_show_only_what_it_is_given(graded):
    opened, _ = graded
    notebook = json.loads(opened.notebook("autograded", demo.STEM, "quokka-17").read_text())
    (cell,) = [c for c in notebook["cells"] if c["id"] == "solution-relative_error"]
    printed = "".join(part for output in cell["outputs"] for part in output.get("text", ""))
    variables, places, of_first, found = printed.strip().splitlines()
    own = {**mounts.environment("/tmp"), "PWD": "/tmp/work", "LC_CTYPE": "C.UTF-8"}
    assert set(dict(eval(variables))) <= set(own)
    assert "canary" not in printed
    assert places == of_first == "[]"
    inside = tuple(f"/grader/{name}" for _, name in mounts.own_files())
    beside = [p for p in eval(found) if not p.startswith(inside)]
    allowed = ("/tmp/.ipython/", "/tmp/.matplotlib/", "/tmp/work", "/etc/ld.so", "/etc/alternat")
    assert [path for path in beside if not path.startswith(allowed)] == []


def test_is_neither_secret_nor_name_nor_answer_sent_into_the_sandbox(graded, monkeypatch):
    opened, _ = graded
    assignment = load_assignment(opened, demo.WEEK)
    sent: list[bytes] = []
    commands: list[Any] = []
    send, popen = Channel.send, subprocess.Popen

    def recorded(self: Channel, frames: bytes, deadline: float | None = None) -> None:
        sent.append(bytes(frames))
        send(self, frames, deadline)

    def started(command: Any, **options: Any) -> Any:
        commands.append((command, options.get("env")))
        return popen(command, **options)

    monkeypatch.setattr(Channel, "send", recorded)
    monkeypatch.setattr("autograder.sandbox.worker.subprocess.Popen", started)
    handed_in = grade_class.submissions(opened, assignment)
    reports = list(
        local.run(handed_in, lambda s, box: pipeline.grade(s, assignment, box), workers=1)
    )
    assert len(reports) == 2 and len(sent) > 4 and commands
    everything = b"".join(sent) + repr(commands).encode()
    names = [*OF_ONE, *OF_OTHER, "canary", str(opened.root)]
    # The spy's own cell holds the course's path, which its author wrote there.
    assert not [n for n in names[:-1] if n.encode() in everything]
    assert not any(each in everything for each in secrets_of(opened))
    given = {
        leaf.tobytes()
        for probes in assignment.judge.probes.values()
        for probe in probes
        for leaf in leaves(probe.inputs)
    }
    answers = [
        leaf.tobytes()
        for probes in assignment.judge.probes.values()
        for probe in probes
        for leaf in leaves(probe.expected.value)
        # Of a few bytes, or equal to what was asked: a shape, a count, an input handed back.
        if leaf.nbytes >= 32 and leaf.any() and leaf.tobytes() not in given
    ]
    assert len(answers) > 50
    # What was asked is found, so what was expected would be.
    assert all(inputs in everything for inputs in given)
    # A wrong composed answer is asked again with right functions inside, whose values it may use.
    assert sum(answer in everything for answer in answers) == 0


def leaves(tree: Any) -> list[Any]:
    if isinstance(tree, dict):
        return [leaf for item in tree.values() for leaf in leaves(item)]
    if isinstance(tree, (list, tuple)):
        return [leaf for item in tree for leaf in leaves(item)]
    return [tree] if hasattr(tree, "nbytes") else []


def test_can_nobody_else_come_to_a_course_even_under_a_careless_umask(graded):
    opened, _ = graded
    kept = opened.root / ".autograder"
    for path in (opened.root, kept, *(kept / each / demo.STEM for each in ("reports", "answers"))):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700, path
    private = [
        kept / "secret",
        *(kept / "reports").rglob("*.json"),
        *(kept / "answers").rglob("*.answers"),
    ]
    assert len(private) == 5
    for path in private:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
