"""Attacks against ours, plain nbgrader and otter-grader; writes benchmarks/attacks.md.

    python -m benchmarks.attacks [--otter VENV] [--only NAME ...] [--workers 2]

Plain nbgrader runs in its own configuration, on the same week with its checks written as asserts
on the public cases: a fresh copy of its course for every attack, with a neighbour who is graded
after the attacker. It gives submissions the rights of whoever grades, so that bubblewrap contains
each of its runs here, without network; what even that could not bound is not run, and the table
says so. Otter-grader is installed by hand, in a virtual environment of its own.
"""

from __future__ import annotations

import argparse
import copy
import os
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.cli import demo
from autograder.course import directory
from autograder.course.directory import Course
from autograder.grading import grade_class, pipeline
from autograder.grading.assignment import Assignment, load_assignment
from autograder.intake.collect.by_student import LEFT_OUT
from autograder.intake.collect.collect import collect
from autograder.records import Report
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import Sandbox
from benchmarks import demo_class, otter, plain_nbgrader
from benchmarks.attack_outcomes import NOT_DONE, SECONDS, Outcome, contained, hand_in
from benchmarks.plain_course import BIN, make_plain_course
from tests.attacks import archives
from tests.attacks.attack import ATTACKER, NEIGHBOUR, PLACE, Attack, blank, every_attack

TABLE = Path(__file__).with_name("attacks.md")
LONGER = 20
"""Seconds more than an honest submission's that are worth a word."""
LIMITS = Limits(cell_seconds=2, question_seconds=1, notebook_seconds=8, restarts=3)


@dataclass(frozen=True)
class Fair:
    """What a grader gives to the honest: nothing answered, all but PLACE, and everything."""

    nothing: float
    rest: float
    full: float

    def earned(self, attack: Attack) -> float:
        """What this attack's author should get here."""
        if attack.gains[0]:
            return self.full
        return self.nothing if attack.honest == "nothing" else self.rest


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--otter", type=Path, help="a virtual environment with otter-grader 7")
    options.add_argument("--only", nargs="*", default=[], help="names of attacks")
    options.add_argument("--workers", type=int, default=2)
    chosen = options.parse_args()
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    attacks = [a for a in every_attack() if not chosen.only or a.name in chosen.only]
    with tempfile.TemporaryDirectory() as folder:
        ours, plain = Path(folder, "ours"), Path(folder, "plain")
        made = demo_class.make(ours, 1)
        make_plain_course(made, plain, with_experiments=False, partial_credit=["relative_error"])
        shutil.rmtree(plain / "submitted")
        columns = [
            our_column(ours, attacks),
            column(attacks, plain_nbgrader.Course(plain, Path(folder)), chosen.workers),
        ]
        if chosen.otter:
            opened = directory.load(ours)
            assignment, complete = load_assignment(opened, demo.WEEK), demo.solved(opened)
            place = Path(folder, "otter")
            grader = otter.Course(assignment, chosen.otter, place, contained, complete)
            columns.append(column(attacks, grader, chosen.workers))
        else:
            columns.append(["not run"] * len(attacks))
    text = table(attacks, columns)
    if chosen.only:
        print(text)
    else:
        TABLE.write_text(text, encoding="utf-8")
        print(f"Wrote {TABLE}")


def our_column(root: Path, attacks: list[Attack]) -> list[str]:
    """Every attack in one sandbox, a neighbour's right notebook after each."""
    opened = directory.load(root)
    assignment = load_assignment(opened, demo.WEEK)
    complete = demo.solved(opened)
    fair = Fair(0.0, 74.0, 80.0)
    cells = []
    archives.enrol(opened)
    with Sandbox("bubblewrap", assignment.limits(LIMITS), assignment.libraries) as sandbox:
        for attack in attacks:
            content = attack.edit(copy.deepcopy(complete))
            if attack.upload:
                earned, said = our_collection(opened, attack.upload(content), complete)
            else:
                report = our_grade(opened, assignment, sandbox, attack, content)
                earned, said = report.points, reason(report)
                hand_in(opened, NEIGHBOUR, demo.to_bytes(complete))
            found = grade_class.submissions(opened, assignment)
            innocent = next(each for each in found if each.student == NEIGHBOUR)
            neighbour = pipeline.grade(innocent, assignment, sandbox).points
            words = verdict(attack, Outcome(earned, neighbour), fair)
            cells.append(f"{words}: {said}")
            print(f"ours   {attack.name:32} {cells[-1]}", flush=True)
    return cells


def our_grade(
    opened: Course, assignment: Assignment, sandbox: Sandbox, attack: Attack, content: bytes
) -> Report:
    """One attack, found in the folder of submissions and graded as any other."""
    submission = hand_in(opened, ATTACKER, content)
    if attack.beside:
        attack.beside(submission.path.parent)
    found = grade_class.submissions(opened, assignment)
    return pipeline.grade(next(s for s in found if s.student == ATTACKER), assignment, sandbox)


def our_collection(
    opened: Course, archive: tuple[str, bytes], complete: Any
) -> tuple[float | None, str]:
    """The points of an archive that is handed in as one student's work, and what is said of it."""
    shutil.rmtree(opened.root / "submitted", ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        source = archives.download(Path(folder, "class.zip"), archive, demo.to_bytes(complete))
        lines = collect(opened, demo.STEM, demo.WEEK, source).lines
    left_out = [line for line in lines if line.result == LEFT_OUT]
    return (0.0, f"left out: {left_out[0].note}.") if left_out else (None, "collected")


def reason(report: Report) -> str:
    """The one sentence that ours recorded about it."""
    lost = [v for v in report.verdicts if not v.right and v.question == PLACE]
    said = [
        report.unreadable,
        *report.problems,
        *(v.message.partition("\n")[2].partition("\n")[0] for v in lost),
    ]
    return next((line for line in said if line), "the answer is right")


def column(attacks: list[Attack], grader: Any, workers: int) -> list[str]:
    """What a grader makes of every attack that may be run outside of our sandbox."""
    empty = copy.deepcopy(grader.complete)
    blank(empty)
    rest = copy.deepcopy(grader.complete)
    demo.answer_cell(rest, PLACE).source = "raise NotImplementedError"
    honest = [grader.grade(demo.to_bytes(each)) for each in (empty, rest, grader.complete)]
    fair = Fair(*(outcome.points or 0.0 for outcome in honest))
    usual = max(outcome.seconds for outcome in honest)
    print(grader.name, fair, f"{usual:.0f} s", flush=True)
    if not fair.full:
        sys.exit(f"{grader.name} gives a right notebook no points: its column would say nothing")

    def run(attack: Attack) -> str:
        if attack.danger:
            return f"not run: {attack.danger}"
        try:
            content = attack.edit(copy.deepcopy(grader.complete))
        except (KeyError, AttributeError):
            return "does not apply"
        outcome = grader.grade(content, attack.beside, attack.upload)
        words = verdict(attack, outcome, fair, usual, has_neighbour=grader.name != "otter")
        print(f"{grader.name:8} {attack.name:32} {words} {outcome}", flush=True)
        return words

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(run, attacks))


def verdict(
    attack: Attack, outcome: Outcome, fair: Fair, usual: float = 0, *, has_neighbour: bool = True
) -> str:
    """An outcome in words: harm to others first, then what its author gained or lost."""
    if outcome.note.startswith(NOT_DONE):
        return outcome.note
    words = [outcome.note] if outcome.note else []
    longer = outcome.seconds - usual
    if longer > LONGER:
        words.append(f"takes {round(longer, -1):.0f} s longer")
    if not has_neighbour:
        pass
    elif outcome.neighbour is None:
        words.append("**its neighbour has no grade**")
    elif outcome.neighbour != fair.full:
        words.append(f"**its neighbour has {outcome.neighbour:g} of {fair.full:g}**")
    earned = fair.earned(attack)
    if outcome.points is None:
        words.append("its own grade is lost")
    elif outcome.points > earned:
        words.append(f"**{outcome.points:g} points for {earned:g}**")
    elif outcome.points < earned and not attack.costs:
        words.append(f"{outcome.points:g} points for {earned:g}")
    elif outcome.points == earned:
        words.append("no gain")
    return "; ".join(words) or "no gain"


def table(attacks: list[Attack], columns: list[list[str]]) -> str:
    """The whole file."""
    lines = [
        "# Attacks",
        "",
        "Made by `python -m benchmarks.attacks`. `no gain`: its author has what was earned, and",
        "the neighbour what was earned too. `A points for B`: A were given where B were earned.",
        "After ours stands the reason that it recorded. Each is a few lines in `tests/attacks/`.",
        "",
        *INTRODUCTION,
    ]
    group = ""
    for attack, cells in zip(attacks, zip(*columns, strict=True), strict=True):
        if attack.group != group:
            group = attack.group
            lines += ["", f"## {group.capitalize()}", "", HEADER, "| --- | --- | --- | --- |"]
        shown = [brief(cell).replace("|", "\\|").replace("<", "&lt;") for cell in cells]
        lines.append(f"| `{attack.name}` {attack.tries} | {' | '.join(shown)} |")
    gains = [f"- `{a.name}`: {a.gains[1]}" for a in attacks if a.gains[0]]
    return "\n".join([*lines, "", "## What is no forgery", "", *gains, "", *MITIGATED, ""])


def brief(cell: str) -> str:
    """Some attacks make the reason long."""
    return cell if len(cell) <= LONGEST else f"{cell[:LONGEST]}…"


LONGEST = 240
HEADER = "| attack | ours | plain nbgrader 0.9.6 | otter-grader 7 |"
INTRODUCTION = [
    "Plain nbgrader was run inside bubblewrap, since it contains nothing itself; otter-grader by",
    "`otter run`, which uses no container, because its own containers need Docker. With Docker an",
    "attack on otter's host ends at the container; what happens inside it, to the points, does not",
    "change. Attacks on folders are handed to otter as the notebook alone. An archive reaches",
    "ours through `collect`, nbgrader through its `zip_collect`, and otter as the file that it",
    "runs, with 256 MB of temporary files. One of nbgrader's checks gives partial credit: it ends",
    "in a number.",
    f"`takes N s longer` is told from {LONGER} s on; no run was given more than {SECONDS} s.",
]
MITIGATED = [
    "## What ours only mitigates",
    "",
    "- Whether a call changed its arguments, and whether NumPy warned, is seen in the student's",
    "  own process, which could deny it. The values themselves are compared outside.",
    "- An answer may be right or wrong as a hidden input wishes, and raise a chosen exception at",
    "  a chosen line of its cell: a few bits of the hidden cases, for the question's points.",
    "  Numbers, names and words of hidden cases are never shown.",
    "- SciPy and scikit-learn can be imported, since the data sets need them; they hold forward",
    "  functions and finite differences, and no reference values.",
    "- Questions without arguments (a choice) have one answer, which a student can also guess.",
    "- Kernel memory that no process owns (pipes, sockets) is bounded by a control group around",
    "  each sandbox. Where none can be made, about 20 MB a process are left.",
]


if __name__ == "__main__":
    sys.exit(main())
