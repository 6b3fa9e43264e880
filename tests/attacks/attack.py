"""What an attack is, and the list of all of them.

An attack is a submission that tries one way to points without the right answer, or to harm the
grader, its host or another student. Every module beside this one adds some to `ATTACKS`:

    cheat(...)  nothing is answered; its code stands in the first answer cell; it has earned 0
    harm(...)   everything is answered, but for one question whose cell holds its code
    forge(...)  a function that changes the notebook, or the folder that is handed in
    pack(...)   a function that makes an archive, handed in to a platform in place of the notebook
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.cli.demo import STEM, answer_cell, to_bytes

PLACE = "relu_backward"
"""The question whose answer cell holds an attack's code."""

ATTACKER, NEIGHBOUR = "mallory", "zoe"
"""Whose submission it is, and who is graded after them."""

Edit = Callable[[Any], bytes]
NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Attack:
    """One hostile submission.

    Attributes:
        name: what it is called in the table and as a test.
        tries: one line, what it is after.
        group: the module that it stands in.
        edit: makes the file to hand in from a notebook in which everything is answered.
        honest: "nothing" or "the rest": what its author has earned. The rest is all but PLACE.
        costs: further questions of its own that it may spoil.
        beside: writes more into the folder that is handed in.
        upload: makes the archive that a platform receives, from the notebook that `edit` makes.
    danger: why it is not run where nothing contains it; empty where it may be.
        gains: for what no grader can tell from an answer: the points, with the reason why.
    """

    name: str
    tries: str
    group: str
    edit: Edit
    honest: str = "nothing"
    costs: Sequence[str] = ()
    beside: Callable[[Path], None] | None = None
    upload: Callable[[bytes], tuple[str, bytes]] | None = None
    danger: str = ""
    gains: tuple[float, str] = (0.0, "")


ATTACKS: list[Attack] = []


def cheat(
    group: str,
    name: str,
    tries: str,
    code: str,
    answers: Mapping[str, str] = NOTHING,
    **options: Any,
) -> None:
    """Nothing is answered; the code stands in PLACE's cell, further `answers` in their own."""

    def edit(notebook: Any) -> bytes:
        blank(notebook)
        for question, answer in {**answers, PLACE: code}.items():
            answer_cell(notebook, question).source = answer.strip("\n")
        return to_bytes(notebook)

    ATTACKS.append(Attack(name, tries, group, edit, **options))


def harm(group: str, name: str, tries: str, code: str, **options: Any) -> None:
    """Everything is answered, but for one question whose cell holds the code."""

    def edit(notebook: Any) -> bytes:
        answer_cell(notebook, PLACE).source = code.strip("\n")
        return to_bytes(notebook)

    ATTACKS.append(Attack(name, tries, group, edit, "the rest", **options))


def forge(group: str, tries: str, **options: Any) -> Callable[[Callable[[Any], Any]], Any]:
    """Register a function that changes an unanswered notebook; it may return the file's bytes."""

    def register(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def edit(notebook: Any) -> bytes:
            if options.get("honest", "nothing") == "nothing":
                blank(notebook)
            made = change(notebook)
            return made if isinstance(made, bytes) else to_bytes(notebook)

        name = change.__name__.strip("_").replace("_", "-")
        ATTACKS.append(Attack(name, tries, group, edit, **options))
        return change

    return register


def pack(group: str, suffix: str, tries: str) -> Callable[[Callable[[bytes], bytes]], Any]:
    """Register a function from an unanswered notebook to the archive that is handed in."""

    def register(make: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
        def edit(notebook: Any) -> bytes:
            blank(notebook)
            return to_bytes(notebook)

        def upload(notebook: bytes) -> tuple[str, bytes]:
            return f"{STEM}{suffix}", make(notebook)

        name = make.__name__.strip("_").replace("_", "-")
        ATTACKS.append(Attack(name, tries, group, edit, upload=upload))
        return make

    return register


def blank(notebook: Any) -> None:
    """Put every stub back, so that nothing is answered."""
    for cell in notebook.cells:
        if "stub" in cell.metadata:
            cell.source = cell.metadata.pop("stub")


def every_attack() -> list[Attack]:
    """All attacks, in the order of their groups."""
    from tests.attacks import (
        archives,
        exhaust,
        folders,
        fool,
        look,
        notebooks,
        protocol,
        weapons,
    )

    assert all((fool, protocol, look, notebooks, folders, archives, exhaust, weapons))
    return ATTACKS
