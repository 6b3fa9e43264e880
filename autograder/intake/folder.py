"""What a student's folder holds: its notebooks, and one sentence where none can be chosen.

Links are listed and never followed: one could lead to another student's file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from autograder.intake.file_kinds import ITSELF
from autograder.intake.file_names import is_checkpoint, is_clutter, is_notebook, shown

_NAMED = 3
_DEPTH = 4
_MOST_FILES = 1_000
# What collecting and nbgrader's exchange put beside the notebook, and the student's own functions.
_COMPANIONS = frozenset({"timestamp.txt", "submission_secret.txt", "earlier_weeks.py"})
_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".7z", ".rar", ".bz2", ".xz")


@dataclass(frozen=True)
class Contents:
    """What a folder holds that a student may have meant to hand in, in the order of the names.

    Attributes:
        notebooks: files with a notebook's name, without Jupyter's checkpoints of others.
        others: other files.
        special: links, pipes and devices, which are not read.
    """

    notebooks: tuple[Path, ...]
    others: tuple[Path, ...]
    special: tuple[Path, ...]


def contents(folder: Path, *, subfolders: bool = True) -> Contents:
    """A folder's files; those of its subfolders where it holds no notebook itself.

    Args:
        folder: the folder.
        subfolders: whether to look into them.

    Raises:
        OSError: when it cannot be read.
    """
    inside = _listed(folder, 1)
    return inside if inside.notebooks or not subfolders else _listed(folder, _DEPTH)


def _listed(folder: Path, depth: int) -> Contents:
    notebooks: list[Path] = []
    others: list[Path] = []
    special: list[Path] = []
    for path in islice(_files(folder, depth), _MOST_FILES):
        if path.is_symlink() or not path.is_file():
            special.append(path)
        else:
            (notebooks if is_notebook(path.name) else others).append(path)
    saved = [path for path in notebooks if not is_checkpoint(path.name)]
    return Contents(tuple(saved or notebooks), tuple(others), tuple(special))


def _files(folder: Path, depth: int) -> Iterator[Path]:
    paths = sorted(folder / name for name in os.listdir(folder) if not _is_beside(name))
    yield from (path for path in paths if path.is_symlink() or not path.is_dir())
    if depth > 1:
        for path in paths:
            if path.is_dir() and not path.is_symlink():
                yield from _files(path, depth - 1)


def _is_beside(name: str) -> bool:
    return is_clutter(name) or name.startswith(".") or name in _COMPANIONS


def about(folder: Path) -> str:
    """Why no notebook of a folder is graded, in one sentence with a next step.

    Raises:
        OSError: when it cannot be read.
    """
    if folder.is_symlink():
        return f"{shown(folder.name)} is a link, which is not followed. {ITSELF}"
    found = contents(folder)
    if found.notebooks:
        names = _and(folder, found.notebooks)
        return (
            f"The folder holds {len(found.notebooks)} notebooks, {names}, and none has the "
            "assignment's name. Next: leave the one that counts and take out the rest."
        )
    if found.others or found.special:
        names = _and(folder, (*found.others, *found.special))
        return f"The folder holds no notebook, only {names}. {_next_step(found)}"
    if any(map(is_clutter, os.listdir(folder))):
        return f"The folder holds no notebook, only what a system leaves beside one. {ITSELF}"
    return f"The folder holds no notebook: it is empty. {ITSELF}"


def _and(folder: Path, paths: tuple[Path, ...]) -> str:
    names = [_told(folder, path) for path in paths[:_NAMED]]
    if len(paths) > _NAMED:
        names.append(f"{len(paths) - _NAMED} more")
    return " and ".join([*([", ".join(names[:-1])] if names[1:] else []), names[-1]])


def _told(folder: Path, path: Path) -> str:
    name = shown(path.relative_to(folder).as_posix())
    if path.is_symlink():
        return f"{name} (a link, which is not followed)"
    if not path.is_file():
        return f"{name} (not a regular file)"
    return f"{name} (an archive)" if name.lower().endswith(_ARCHIVES) else name


def _next_step(found: Contents) -> str:
    if any(path.name.lower().endswith(_ARCHIVES) for path in found.others):
        return "Next: unpack the archive and hand in the .ipynb file that is in it."
    return ITSELF
