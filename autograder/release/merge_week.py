"""The files of an adapted week and those of a newer package become one week: git merges them.

Git does so in a temporary repository, so that it also follows a file that one side has renamed.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError
from autograder.questions.conflicts import conflicts_in

_BASE, _YOURS, _PACKAGE = "base", "yours", "package"
_CONFLICTS = 1
_PERSON = {
    f"GIT_{role}_{field}": "autograder"
    for role in ("AUTHOR", "COMMITTER")
    for field in ("NAME", "EMAIL")
}

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class MergedFiles:
    """What a merge has made.

    Args:
        files: the merged files by name; those in `conflicts` have git's marks in them.
        conflicts: for each file that both sides changed at the same place, the lines of the marks.
        notes: a sentence for each file that one side removed and the other changed, and for
            whatever else git has left to a person.
    """

    files: dict[str, bytes]
    conflicts: dict[str, list[int]]
    notes: tuple[str, ...]


def merge_files(base: Files, yours: Files, package: Files, label: str) -> MergedFiles:
    """Apply to the instructor's files what has changed in the package's.

    Args:
        base: the package's files that the instructor's were copied from.
        yours: the instructor's files.
        package: the package's files now.
        label: what the marks call the package's lines.

    Raises:
        CourseError: when git is not installed, or fails.
    """
    # An editor on Windows may have changed every line's end; that alone is no conflict.
    windows = {name for name, content in yours.items() if _has_windows_lines(content)}
    unix = {
        name: content.replace(b"\r\n", b"\n") if name in windows else content
        for name, content in yours.items()
    }
    with tempfile.TemporaryDirectory() as folder:
        repository = _Repository(Path(folder))
        # The last one written is what git finds checked out.
        commits = {
            name: repository.commit(name, files)
            for name, files in ((_BASE, base), (_PACKAGE, package), (_YOURS, unix))
        }
        said = repository.merge(commits, label)
        undecided = repository.undecided()
        merged = repository.files()
    notes = []
    for name in sorted(undecided):
        if not conflicts_in(merged.get(name, b"")):
            notes.append(_note(name, undecided[name], said))
        if _is_removed(undecided[name]):
            merged.pop(name, None)
    files = {
        name: content.replace(b"\n", b"\r\n") if name in windows else content
        for name, content in sorted(merged.items())
    }
    marked = {name: lines for name, content in files.items() if (lines := conflicts_in(content))}
    return MergedFiles(files, marked, tuple(dict.fromkeys(notes)))


def _has_windows_lines(content: bytes) -> bool:
    return b"\r\n" in content and content.count(b"\r\n") == content.count(b"\n")


def _is_removed(sides: set[str]) -> bool:
    """Whether the instructor removed a file that the package changed."""
    return sides == {_BASE, _PACKAGE}


def _note(name: str, sides: set[str], said: list[str]) -> str:
    if _is_removed(sides):
        return f"{name}: you removed it and the package changed it; it stays removed"
    if sides == {_BASE, _YOURS}:
        return f"{name}: the package removed it and you changed it; yours stays"
    told = [line for line in said if name in line and line.startswith("CONFLICT")]
    return told[0] if told else f"{name}: git cannot merge it; look at it"


class _Repository:
    """A repository in which one merge is done, apart from the settings of this account's git."""

    _STAGES = {"1": _BASE, "2": _YOURS, "3": _PACKAGE}

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._side = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        alone = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "LC_ALL": "C"}
        alone |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_ATTR_NOSYSTEM": "1"}
        self._environment = kept | alone | _PERSON
        self._git("init", "--quiet", "--template=", "repository")
        self._environment["GIT_DIR"] = str(folder / "repository" / ".git")

    def commit(self, name: str, files: Files) -> str:
        """Write one side's files; the commit that holds them."""
        self._side = self._folder / name
        self._environment["GIT_WORK_TREE"] = str(self._side)
        self._side.mkdir()
        for file, content in files.items():
            (self._side / file).write_bytes(content)
        self._git("add", "--all", "--force")
        return self._git("commit-tree", self._git("write-tree").strip(), "-m", name).strip()

    def merge(self, commits: Mapping[str, str], label: str) -> list[str]:
        """Merge into the files written last; what git said."""
        labels = {
            f"GITHEAD_{commits[_YOURS]}": _YOURS,
            f"GITHEAD_{commits[_PACKAGE]}": label,
        }
        sides = (commits[_BASE], "--", commits[_YOURS], commits[_PACKAGE])
        return self._git("merge-recursive", *sides, allowed=_CONFLICTS, **labels).splitlines()

    def undecided(self) -> dict[str, set[str]]:
        """The files that git has left to a person, and the sides that have them."""
        found: dict[str, set[str]] = {}
        for entry in self._git("ls-files", "--unmerged", "-z").split("\0")[:-1]:
            stage, name = entry.split("\t")
            found.setdefault(name, set()).add(self._STAGES[stage[-1]])
        return found

    def files(self) -> dict[str, bytes]:
        """The merged files."""
        return {path.name: path.read_bytes() for path in self._side.iterdir()}

    def _git(self, *words: str, allowed: int = 0, **more: str) -> str:
        environment = self._environment | more
        try:
            done = subprocess.run(
                ["git", *words], cwd=self._side, env=environment, capture_output=True, check=False
            )
        except FileNotFoundError:
            raise CourseError(
                "git is not installed, and is needed to keep your edits; install it, "
                "for example with `apt install git`"
            ) from None
        if not 0 <= done.returncode <= allowed:
            reason = " ".join(done.stderr.decode("utf-8", "replace").split())
            raise CourseError(f"git cannot merge your edits: {reason}; nothing was changed")
        return done.stdout.decode("utf-8", "surrogateescape")
