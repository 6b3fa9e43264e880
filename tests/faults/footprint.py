"""What a grader holds at one moment, and a class in which some mean it harm."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

from autograder.cli import demo
from autograder.cli.demo import Pupil
from autograder.course.directory import Course
from autograder.sandbox.limits import Limits
from tests.attacks.attack import Attack, every_attack

SHORT = Limits(
    cell_seconds=4, question_seconds=2, notebook_seconds=12, memory=500 * 2**20, restarts=2
)
"""So that what hangs costs seconds and not minutes."""


@dataclass(frozen=True)
class Footprint:
    """What this process and all that it started hold.

    Attributes:
        memory: bytes in this process alone; its sandboxes have limits of their own.
        descriptors: open files and sockets of this process.
        processes: how many it has started that still live.
        files: files and folders in the place for temporary ones.
    """

    memory: int
    descriptors: int
    processes: int
    files: int


def footprint(temporary: Path) -> Footprint:
    """What this process holds now, with `temporary` as its place for temporary files."""
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return Footprint(
        resident,
        # Listing them opens one.
        len(os.listdir("/proc/self/fd")) - 1,
        len(descendants(os.getpid())),
        sum(len(folders) + len(files) for _, folders, files in os.walk(temporary)),
    )


def descendants(ancestor: int) -> set[int]:
    """The processes that one has started, directly or not, and that still live."""
    parents: dict[int, int] = {}
    for name in filter(str.isdecimal, os.listdir("/proc")):
        try:
            stat = Path(f"/proc/{name}/stat").read_text(errors="replace").rpartition(")")[2]
        except OSError:
            continue
        parents[int(name)] = int(stat.split()[1])
    family = {ancestor}
    while grown := {n for n, parent in parents.items() if parent in family} - family:
        family |= grown
    return family - {ancestor}


def attacks(names: Sequence[str] = ()) -> list[Attack]:
    """The attacks that are handed in as notebooks: these, or all of them."""
    found = [attack for attack in every_attack() if not attack.upload]
    return [attack for attack in found if attack.name in names] if names else found


def hand_in_class(course: Course, count: int, hostile: Sequence[Attack], share: int) -> int:
    """Hand in a class of `count`, in which every `share`-th pupil tries one of the attacks.

    Returns:
        How many of them are hostile.
    """
    kinds = cycle(hostile)
    members: list[Pupil] = []
    beside: dict[str, Any] = {}
    for number, pupil in enumerate(demo.harmless(count)):
        if number % share == share - 1:
            attack = next(kinds)
            # Among the others, as submissions are graded in the order of their names.
            name = f"{pupil.name}-{attack.name}"
            members.append(Pupil(name, attack.edit, hostile=True))
            beside[name] = attack.beside
        else:
            members.append(pupil)
    demo.hand_in(course, members)
    for name, write in beside.items():
        if write:
            write(course.folder("submitted", demo.STEM, name))
    return len(beside)
