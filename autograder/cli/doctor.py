"""`autograder doctor`: what this machine and this course provide, and what is missing.

Isolation is measured, not inferred from settings: a cell runs in the sandbox and reports what it
can reach.
"""

from __future__ import annotations

import importlib.metadata
import json
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from autograder.cli.display import screen
from autograder.course import database as databases
from autograder.course import directory as courses
from autograder.errors import AutograderError, SandboxError
from autograder.output.files import is_shared
from autograder.sandbox import control_group, mounts, seccomp
from autograder.sandbox.limits import Limits, readable_size
from autograder.sandbox.session import Cell, Sandbox

SOMETHING_MISSING = 3
PACKAGES = {
    "numpy": "pip install numpy",
    "nbgrader": "pip install with the `grading` extra",
    "keras": "pip install with the `keras` extra; hidden cases are computed by Keras",
}
_TENSORFLOW = ("tensorflow", "tensorflow-cpu")
_USER_NAMESPACES = ("kernel/unprivileged_userns_clone", "user/max_user_namespaces")

# Runs in the sandbox as a student's cell does, and prints what it finds there.
_LOOK_AROUND = """
import ctypes, json, os, resource, socket

def exists(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True

def reaches_the_network():
    try:
        socket.create_connection(("192.0.2.1", 80), 0.5)
    except (PermissionError, FileNotFoundError):
        return False
    except OSError as error:
        return "unreachable" not in str(error)
    return True

libc = ctypes.CDLL(None)
capabilities = (ctypes.c_uint32 * 6)()
libc.capget((ctypes.c_uint32 * 2)(0x20080522, 0), capabilities)
print(json.dumps({
    "seccomp": libc.prctl(21, 0, 0, 0, 0),
    "capabilities": any(capabilities),
    "processes": sum(map(exists, range(1, 1_000))),
    "network": reaches_the_network(),
    "memory": resource.getrlimit(resource.RLIMIT_AS)[0],
    "file size": resource.getrlimit(resource.RLIMIT_FSIZE)[0],
    "core": resource.getrlimit(resource.RLIMIT_CORE)[0],
}))
"""


@dataclass(frozen=True)
class Finding:
    """The result of one check; a failed one has a `next_step`."""

    what: str
    good: bool
    found: str
    next_step: str = ""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(doctor)


def doctor(
    course: Annotated[
        Path | None,
        typer.Option(help="A course directory (default: the current one, if it is a course)."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Check this machine's isolation, the installed packages, and who can read the course.

    Exit code 3 means that something is missing; its line has the next step.
    """
    here = Path(".")
    root = course or (here if (here / courses.CONFIG_FILE).is_file() else None)
    findings = examine(root)
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], indent=1))
    else:
        for finding in findings:
            mark = "ok     " if finding.good else "missing"
            line = f"{mark}  {finding.what}: {finding.found}"
            screen.print(escape(line), highlight=False, soft_wrap=True)
            if finding.next_step:
                screen.print(escape(f"         Next: {finding.next_step}"), soft_wrap=True)
    if not all(finding.good for finding in findings):
        raise typer.Exit(SOMETHING_MISSING)


def examine(root: Path | None) -> list[Finding]:
    """Check this machine, and the course at `root` if there is one."""
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
            "`sysctl kernel.apparmor_restrict_unprivileged_userns=0`, which lifts the restriction "
            "for all programs",
        )
    off = [name for name in _USER_NAMESPACES if mounts.kernel_setting(name) == "0"]
    if off:
        setting = off[0].replace("/", ".")
        value = "10000" if "max" in setting else "1"
        return Finding(
            what, False, f"disabled by {setting}", f"as root run `sysctl {setting}={value}`"
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
        f"{step.rstrip('.')}. Until then only `--isolation process` is available: process limits "
        "without a sandbox, which is not safe for other people's submissions",
    )


def _version_of_bubblewrap() -> str:
    try:
        said = subprocess.run(["bwrap", "--version"], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return "bubblewrap"
    return said.stdout.strip() or "bubblewrap"


def _inside() -> list[Finding]:
    """What a cell in the sandbox can reach."""
    limits = Limits()
    try:
        with Sandbox("bubblewrap", limits) as sandbox, sandbox.open([Cell(0, _LOOK_AROUND)]) as ran:
            (output,) = ran.cells[0].outputs
            seen = json.loads(output["text"])
    except (SandboxError, ValueError, KeyError) as error:
        return [Finding("sandbox", False, f"no cell runs in it ({error})", "please report this")]
    return [_walls(seen), _nested(), _filter(seen), _limits(seen, limits), _kernel_memory()]


def _walls(seen: dict[str, Any]) -> Finding:
    if not seen["network"] and not seen["capabilities"]:
        found = f"no network, no capabilities, {seen['processes']} processes in sight of a cell"
        return Finding("sandbox", True, found)
    found = "a cell can reach the network or has capabilities"
    step = "check that bwrap is your distribution's own and is not set-uid"
    return Finding("sandbox", False, found, step)


def _nested() -> Finding:
    what = "nested namespaces"
    if mounts.nested_namespaces_available():
        return Finding(
            what, True, "allowed: each submission has its own, and one sandbox serves all"
        )
    return Finding(
        what,
        False,
        "not allowed here, so each submission gets a sandbox of its own, which takes a second more",
        "as root run `sysctl user.max_user_namespaces=10000`; in a container, allow `unshare`. "
        "Grading is as safe without them",
    )


def _filter(seen: dict[str, Any]) -> Finding:
    if seen["seccomp"] == 2:
        return Finding("system-call filter", True, "seccomp is on")
    found = "seccomp is off" if seccomp.filter_program() else "there is none for this processor"
    step = "use a kernel with CONFIG_SECCOMP_FILTER, on x86-64 or arm64"
    return Finding("system-call filter", False, found, step)


def _limits(seen: dict[str, Any], limits: Limits) -> Finding:
    if seen["memory"] <= 0 or seen["file size"] > limits.file_size or seen["core"]:
        return Finding("limits", False, "the kernel does not apply them", "see `ulimit -a`")
    found = (
        f"memory {readable_size(limits.memory)}, files {readable_size(limits.file_size)}, "
        f"{limits.processes} processes, {limits.cell_seconds:g} s per cell, "
        f"{limits.notebook_seconds:g} s per notebook, no core files"
    )
    return Finding("limits", True, found)


def _kernel_memory() -> Finding:
    """Whether the memory that no process owns is limited; nothing is missing where it is not."""
    found = (
        "limited by a control group around each sandbox"
        if control_group.is_available()
        else "no control group can be made here, so only the numbers of processes and descriptors "
        "bound it (see docs/security.md)"
    )
    return Finding("kernel memory", True, found)


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
    yield _graders(root)


def _gradebook(db_url: str) -> Finding:
    """Which database the grades are in; `courses.load` has checked that it answers."""
    if databases.holds_password(db_url):
        found = f"{databases.described(db_url)}: {courses.CONFIG_FILE} holds its password"
        step = f"{databases.password_step(db_url)} and remove it from {courses.CONFIG_FILE}"
        return Finding("gradebook", False, found, step)
    return Finding("gradebook", True, databases.answer(db_url))


def _private(what: str, path: Path, root: Path) -> Finding:
    """Whether only the owner can read it, or the group of graders in a shared course."""
    shared = is_shared(root)
    others = 0o007 if shared else 0o077
    mode = stat.S_IMODE(path.stat().st_mode)
    enclosed = not root.stat().st_mode & others
    good = not mode & others or (enclosed and what != "secret")
    wanted = ("770" if path.is_dir() else "660") if shared else ("700" if path.is_dir() else "600")
    found = f"mode {mode & 0o777:o}"
    if mode & others and enclosed:
        found += ", inside a private directory"
    return Finding(
        what,
        good,
        found if good else f"{found}: others on this machine can read it",
        "" if good else f"chmod {wanted} {path}",
    )


def _graders(root: Path) -> Finding:
    """Whether several accounts may grade: each file is then its group's, as the directory is."""
    what = "graders"
    if not is_shared(root):
        owner = _name_of(root.stat().st_uid)
        return Finding(what, True, f"{owner} alone (docs/instructor.md says how to share a course)")
    group = root.stat().st_gid
    for path in (root, *root.rglob("*")):
        if path.is_symlink():
            continue
        found = path.stat()
        needed = 0o2070 if path.is_dir() else 0o040
        if found.st_gid != group or found.st_mode & needed != needed:
            step = f"chgrp -R {group} {root} && chmod -R g+rwX {root} && "
            step += f"find {root} -type d -exec chmod g+s {{}} +"
            return Finding(what, False, f"the group of graders cannot use {path}", step)
    return Finding(what, True, f"everybody in the group {_group_name(group)}")


def _name_of(user: int) -> str:
    import pwd  # missing on Windows, as is grp

    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def _group_name(group: int) -> str:
    import grp

    try:
        return grp.getgrgid(group).gr_name
    except KeyError:
        return str(group)
