"""What stands between submissions and this machine, found out by trying, and what is missing."""

from __future__ import annotations

import importlib.metadata
import json
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course import database as databases
from autograder.course import directory as courses
from autograder.errors import AutograderError, SandboxError
from autograder.sandbox import mounts, seccomp
from autograder.sandbox.limits import Limits, readable_size
from autograder.sandbox.session import Cell, Sandbox

PACKAGES = {
    "numpy": "pip install numpy",
    "nbgrader": "pip install with the `grading` extra",
    "keras": "pip install with the `keras` extra; hidden cases are computed by Keras",
}
_TENSORFLOW = ("tensorflow", "tensorflow-cpu")
_USER_NAMESPACES = ("kernel/unprivileged_userns_clone", "user/max_user_namespaces")

# Runs in the sandbox as a student's cell would, and prints what it meets there.
_LOOK_AROUND = """
import json, os, resource
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status") if ":\\t" in line)
print(json.dumps({
    "seccomp": status["Seccomp"].strip(),
    "capabilities": int(status["CapEff"], 16),
    "processes": sum(name.isdecimal() for name in os.listdir("/proc")),
    "network": [line.split(":")[0].strip() for line in open("/proc/net/dev") if ":" in line],
    "memory": resource.getrlimit(resource.RLIMIT_AS)[0],
    "file size": resource.getrlimit(resource.RLIMIT_FSIZE)[0],
    "core": resource.getrlimit(resource.RLIMIT_CORE)[0],
}))
"""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `next_step` where it is not as it should be."""

    what: str
    good: bool
    found: str
    next_step: str = ""


def examine(root: Path | None) -> list[Finding]:
    """Everything that can be said of this machine, and of the course at `root` if there is one."""
    findings = [_user_namespaces(), _bubblewrap()]
    if findings[-1].good:
        findings += _inside()
    findings += _packages()
    if root is not None:
        findings += _course(root.absolute())
    return findings


def _user_namespaces() -> Finding:
    what = "user namespaces"
    if mounts.kernel_setting("kernel/apparmor_restrict_unprivileged_userns") == "1":
        works = mounts.isolation_available() == "bubblewrap"
        found = "AppArmor restricts them to programs with a profile (Ubuntu's default)"
        if works:
            return Finding(what, True, f"{found}; bubblewrap may use them here")
        return Finding(
            what,
            False,
            f"{found}, and bubblewrap has none",
            "as root write /etc/apparmor.d/bwrap with the profile in docs/security.md and run "
            "`apparmor_parser -r /etc/apparmor.d/bwrap`, or run "
            "`sysctl kernel.apparmor_restrict_unprivileged_userns=0`, which lifts it for all "
            "programs",
        )
    off = [name for name in _USER_NAMESPACES if mounts.kernel_setting(name) == "0"]
    if off:
        setting = off[0].replace("/", ".")
        value = "10000" if "max" in setting else "1"
        return Finding(
            what, False, f"switched off by {setting}", f"as root run `sysctl {setting}={value}`"
        )
    return Finding(what, True, "allowed")


def _bubblewrap() -> Finding:
    reason = mounts.isolation_available()
    if reason == "bubblewrap":
        return Finding("bubblewrap", True, f"{_version_of_bubblewrap()} works here")
    found, _, step = reason.partition(" Next: ")
    return Finding(
        "bubblewrap",
        False,
        found.rstrip("."),
        f"{step.rstrip('.')}. Until then only `--isolation process` is to be had: limits, and no "
        "walls; it is not for other people's submissions",
    )


def _version_of_bubblewrap() -> str:
    try:
        said = subprocess.run(["bwrap", "--version"], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return "bubblewrap"
    return said.stdout.strip() or "bubblewrap"


def _inside() -> list[Finding]:
    """What a cell in the sandbox meets."""
    limits = Limits()
    try:
        with Sandbox("bubblewrap", limits) as sandbox, sandbox.open([Cell(0, _LOOK_AROUND)]) as ran:
            (output,) = ran.cells[0].outputs
            seen = json.loads(output["text"])
    except (SandboxError, ValueError, KeyError) as error:
        return [Finding("sandbox", False, f"it runs no cell ({error})", "report this, please")]
    return [_walls(seen), _filter(seen), _limits(seen, limits)]


def _walls(seen: dict[str, Any]) -> Finding:
    good = set(seen["network"]) <= {"lo"} and seen["capabilities"] == 0
    met = "no network, no capabilities" if good else f"the network {seen['network']} or powers"
    found = f"a cell in it meets {met}, and {seen['processes']} processes"
    step = "" if good else "see that bwrap is the distribution's own and not set-uid"
    return Finding("sandbox", good, found, step)


def _filter(seen: dict[str, Any]) -> Finding:
    if seen["seccomp"] == "2":
        return Finding("system-call filter", True, "seccomp is on")
    found = "seccomp is off" if seccomp.filter_program() else "none is written for this processor"
    step = "use a kernel with CONFIG_SECCOMP_FILTER, on x86-64 or arm64"
    return Finding("system-call filter", False, found, step)


def _limits(seen: dict[str, Any], limits: Limits) -> Finding:
    if seen["memory"] <= 0 or seen["file size"] > limits.file_size or seen["core"]:
        return Finding("limits", False, "the kernel does not apply them", "see `ulimit -a`")
    found = (
        f"memory {readable_size(limits.memory)}, files {readable_size(limits.file_size)}, "
        f"{limits.processes} processes, {limits.cell_seconds:g} s a cell, "
        f"{limits.notebook_seconds:g} s a notebook, no core files"
    )
    return Finding("limits", True, found)


def _packages() -> Iterator[Finding]:
    for name, step in PACKAGES.items():
        version = _version(name)
        yield Finding(name, bool(version), version or "not installed", "" if version else step)
    version = next(filter(None, map(_version, _TENSORFLOW)), "")
    step = PACKAGES["keras"]
    yield Finding("tensorflow", bool(version), version or "not installed", "" if version else step)


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _course(root: Path) -> Iterator[Finding]:
    try:
        course = courses.load(root)
    except AutograderError as error:
        yield Finding("course", False, str(error), "see the line above")
        return
    yield Finding("course", True, f"{course.course_id} in {root}")
    yield _gradebook(course.db_url)
    for what, path in (
        ("secret", root / courses.SECRET_FILE),
        ("reports and references", root / ".autograder"),
        ("course directory", root),
        *((path.name, path) for path in sorted(root.glob("*.db"))),
    ):
        yield _private(what, path, root)


def _gradebook(db_url: str) -> Finding:
    """Which database the grades are in; `load` has found that it answers."""
    if databases.holds_password(db_url):
        found = f"{databases.described(db_url)}: {courses.CONFIG_FILE} holds its password"
        step = f"{databases.password_step(db_url)} and take it out of {courses.CONFIG_FILE}"
        return Finding("gradebook", False, found, step)
    return Finding("gradebook", True, databases.answer(db_url))


def _private(what: str, path: Path, root: Path) -> Finding:
    """Whether nobody else can come to it: by its own mode, or by that of the course around it."""
    mode = stat.S_IMODE(path.stat().st_mode)
    walled = not stat.S_IMODE(root.stat().st_mode) & 0o077
    good = not mode & 0o077 or (walled and what != "secret")
    wanted = "700" if path.is_dir() else "600"
    found = f"mode {mode:o}" + (", in a directory of your own" if mode & 0o077 and walled else "")
    return Finding(
        what,
        good,
        found if good else f"{found}: others on this machine can read it",
        "" if good else f"chmod {wanted} {path}",
    )
