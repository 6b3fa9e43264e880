"""Grading on another machine: what is sent there and back, all of it plain data.

    once per worker       settings, notebooks, seeds and reference answers of the hidden cases,
                          and the week's questions where they are the course's own
    for each submission   its bytes; no student is named
    back                  the report, as JSON

The course's secret is never sent. A worker has one seed for each hidden case, from which neither
the secret nor another week's cases can be derived.
"""

from __future__ import annotations

import atexit
import base64
import importlib.metadata
import json
import platform
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

import autograder
import course_lib
from autograder.errors import ClusterError, SandboxError
from autograder.gradebook import reports
from autograder.grading import pipeline
from autograder.grading.assignment import Assignment
from autograder.judging.judge import Probe
from autograder.light_imports import from_dict
from autograder.questions import catalogue, places, references
from autograder.records import Report, Submission
from autograder.sandbox.limits import Limits
from autograder.sandbox.mounts import isolation_available
from autograder.sandbox.session import Sandbox

_GRADED = "graded"
"""Stands in for a result's key, which is not sent: the result may be kept under that key."""


@dataclass(frozen=True)
class Portable:
    """An assignment in the form in which it is sent to another machine.

    Args:
        settings: JSON.
        values: the hidden cases' expected answers, an `.npz` file's content.
    """

    settings: str
    values: bytes

    @property
    def name(self) -> str:
        """A digest of the assignment and its settings."""
        return blake2b(self.settings.encode() + self.values, digest_size=16).hexdigest()

    def prepare(self) -> None:
        """Load everything that submissions share.

        Raises:
            ClusterError: when this machine's versions differ from the sender's.
            SandboxError: when the sender's isolation is not available here.
        """
        wanted = self._settings["versions"]
        here = versions(wanted)
        for package, version in wanted.items():
            if here[package] != version:
                raise ClusterError(
                    f"it has {package} {here[package]}, the grader has {version}; install the "
                    "grader's versions there"
                )
        if self._settings["isolation"] == "bubblewrap":
            reason = isolation_available()
            if reason != "bubblewrap":
                raise SandboxError(reason)
        assert self._assignment.asks

    def sandbox(self) -> Sandbox:
        """A sandbox with the sender's isolation and limits."""
        limits = Limits(**self._settings["limits"])
        return Sandbox(self._settings["isolation"], limits, self._assignment.libraries)

    def do(self, content: pipeline.Content, sandbox: Sandbox) -> bytes:
        """Grade one submission.

        Args:
            content: the submission's bytes (see `pipeline.read`).
            sandbox: what `sandbox` returned.

        Returns:
            The report as `pack_report` encodes it.

        Raises:
            SandboxError: when the sandbox itself fails; another one may try.
        """
        nobody = Submission("", self._assignment.week.name, Path(), key=_GRADED)
        return pack_report(pipeline.grade_content(nobody, content, self._assignment, sandbox))

    @cached_property
    def _settings(self) -> dict[str, Any]:
        return dict(json.loads(self.settings))

    @cached_property
    def _assignment(self) -> Assignment:
        settings = self._settings
        released, source = (from_dict(settings[name]) for name in ("released", "source"))
        if own := settings["own_week"]:
            catalogue.use(_written(settings["week"], own))
        week = catalogue.week(settings["week"])
        made = Assignment(
            week,
            released,
            source,
            own=settings["own"],
            run_experiments=settings["run_experiments"],
            not_as_asked=settings["not_as_asked"],
            decided=settings["decided"],
            former=settings["former"],
            tests=settings["tests"],
            companions={
                name: base64.b64decode(content) for name, content in settings["companions"].items()
            },
        )
        expected = references.unpack(self.values)
        for name, case, seed in settings["seeds"]:
            question = week.questions[name]
            described = question.cases[case]
            inputs = references.draw(question, described, bytes.fromhex(seed))
            hidden = Probe(case, False, described.weight, inputs, expected[f"{name}:{case}"])
            made.judge.probes[name].append(hidden)
        return made


def portable(assignment: Assignment, isolation: str, limits: Limits) -> Portable:
    """Prepare an assignment to be sent to another machine, without the secret.

    Args:
        assignment: what all submissions share.
        isolation: "bubblewrap" or "process".
        limits: what each submission may use.
    """
    hidden = [
        (name, probe)
        for name, probes in assignment.judge.probes.items()
        for probe in probes
        if not probe.public
    ]
    settings = {
        "versions": versions(["autograder", "Python", "numpy", *_libraries(assignment)]),
        "week": assignment.week.stem,
        "own_week": _own_week(assignment.week),
        "isolation": isolation,
        "limits": asdict(limits),
        "own": assignment.own,
        "run_experiments": assignment.run_experiments,
        "not_as_asked": assignment.not_as_asked,
        "released": assignment.released,
        "source": assignment.source,
        "decided": dict(assignment.decided),
        "former": dict(assignment.former),
        "tests": dict(assignment.tests),
        "companions": {
            name: base64.b64encode(content).decode()
            for name, content in assignment.companions.items()
        },
        "seeds": [
            (name, probe.case, _seed(assignment, name, probe.case)) for name, probe in hidden
        ],
    }
    values = {f"{name}:{probe.case}": probe.expected for name, probe in hidden}
    return Portable(json.dumps(settings, sort_keys=True), references.pack(values))


def pack_report(report: Report) -> bytes:
    """A report with its notebook and recorded answers, as JSON."""
    answers = base64.b64encode(report.answers).decode()
    return json.dumps([reports.as_plain(report), report.notebook, answers]).encode()


def unpack_report(submission: Submission, packed: bytes) -> Report:
    """The report on a submission.

    Args:
        submission: names the student, whom the worker does not know.
        packed: what `pack_report` returned on the worker.
    """
    plain, notebook, answers = json.loads(packed)
    found = reports.from_plain(plain)
    return replace(
        found,
        student=submission.student,
        key=submission.key if found.key == _GRADED else "",
        notebook=None if notebook is None else from_dict(notebook),
        answers=base64.b64decode(answers),
    )


def _own_week(week: catalogue.Week) -> dict[str, str]:
    """The files of a course's own week, which a worker does not have; empty for the package's."""
    if not week.own:
        return {}
    files = places.read_week(week.folder)
    return {name: base64.b64encode(content).decode() for name, content in files.items()}


def _written(stem: str, files: Mapping[str, str]) -> Path:
    """Write a week's files into a folder of weeks that this process deletes when it ends."""
    weeks = Path(tempfile.mkdtemp(prefix="autograder-weeks-"))
    atexit.register(shutil.rmtree, weeks, ignore_errors=True)
    (weeks / stem).mkdir()
    for name, content in files.items():
        (weeks / stem / name).write_bytes(base64.b64decode(content))
    return weeks


def versions(names: Iterable[str]) -> dict[str, str]:
    """Versions of packages on this machine, by name; "none" for those not installed.

    Args:
        names: distributions, or "Python", or "autograder", whose version includes a digest of
            its source files.
    """
    return {name: _version(name) for name in names}


def _version(name: str) -> str:
    if name == "autograder":
        return f"{autograder.__version__} ({_sources()})"
    if name == "Python":
        return ".".join(platform.python_version_tuple()[:2])
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "none"


def _sources() -> str:
    """A digest of the grader's own files, since one version number may cover several states."""
    digest = blake2b(digest_size=6)
    for package in (autograder, course_lib):
        for path in sorted(_files(Path(package.__path__[0]))):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    yield from folder.rglob("*.py")
    yield from folder.rglob("*.npz")


def _libraries(assignment: Assignment) -> list[str]:
    return [name for name in assignment.week.libraries if _version(name) != "none"]


def _seed(assignment: Assignment, name: str, case: str) -> str:
    question = assignment.week.questions[name]
    return references.seed_of(question, question.cases[case], assignment.secret).hex()
