"""Virtual environments that are made without a network, and wheels to install in them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from autograder.release.student_package.wheel_file import file_name, write_wheel

NAME = "nn-course-check"


def bare(root: Path) -> Path:
    """A virtual environment with nothing in it, not even pip.

    Returns:
        Its Python.
    """
    command = [sys.executable, "-m", "venv", "--without-pip", str(root)]
    subprocess.run(command, check=True)
    return root / "bin" / "python"


def packages(python: Path) -> Path:
    """Where the packages of an environment lie."""
    return next((python.parents[1] / "lib").glob("python*/site-packages"))


def lend(python: Path, *names: str) -> None:
    """Put distributions of this environment, and all that they need, into another one."""
    into = packages(python)
    for name in closure(names):
        for file in metadata.distribution(name).files or ():
            top = file.parts[0]
            # What lies outside, such as a command, is no module.
            target = into / top
            if top not in ("..", "__pycache__") and not target.exists():
                target.symlink_to(metadata.distribution(name).locate_file(top))


def lend_jupyter(python: Path) -> None:
    """Give another environment the commands and pages of JupyterLab and Notebook 7."""
    lend(python, "jupyterlab", "ipykernel", "notebook")
    for path in Path(sys.executable).parent.glob("jupyter*"):
        lines = path.read_text().splitlines()
        target = python.parent / path.name
        target.write_text("\n".join([f"#!{python}", *lines[1:], ""]))
        target.chmod(0o755)
    share = python.parents[1] / "share" / "jupyter"
    share.mkdir(parents=True, exist_ok=True)
    (share / "labextensions").mkdir()
    for name in ("lab", "kernels", "labextensions/@jupyter-notebook"):
        (share / name).symlink_to(Path(sys.prefix, "share", "jupyter", name))


def closure(names: Iterable[str]) -> set[str]:
    """Distributions and what they need, as far as it is installed here."""
    found: set[str] = set()
    seen: set[tuple[str, str]] = set()
    waiting = [Requirement(name) for name in names]
    while waiting:
        wanted = waiting.pop()
        for extra in ("", *wanted.extras):
            if (wanted.name, extra) in seen:
                continue
            seen.add((wanted.name, extra))
            try:
                needs = metadata.requires(wanted.name) or []
            except metadata.PackageNotFoundError:
                continue
            found.add(wanted.name)
            each = map(Requirement, needs)
            waiting += [n for n in each if not n.marker or n.marker.evaluate({"extra": extra})]
    return found


def small_wheel(folder: Path, version: str) -> Path:
    """A students' package whose `check` says its version."""
    files = {
        "autograder/__init__.py": f"def check(): return {version!r}\n".encode(),
        "course_lib/__init__.py": b"",
    }
    path = folder / file_name(NAME, version)
    path.write_bytes(write_wheel(NAME, version, (), files))
    return path


def pretend(python: Path, *modules: str) -> None:
    """Empty modules in place of libraries."""
    for name in modules:
        (packages(python) / f"{name}.py").touch()
