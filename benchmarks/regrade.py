"""Regrading a class from recorded answers, after a question was corrected: the whole command.

python -m benchmarks.regrade [--submissions 1000]
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograder.cli import demo
from benchmarks import demo_class

REPOSITORY = Path(__file__).resolve().parent.parent
QUESTION = "dense_backward"
MISTAKE = "bias-gradient-one-number"


def timed(package: Path, root: Path, *options: str) -> tuple[float, float, str]:
    """Wall and CPU seconds of `autograder grade`, and the last thing that it said."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "grade", demo.WEEK, "--course", str(root), *options],
        env={**os.environ, "PYTHONPATH": str(package), "COLUMNS": "200"},
        cwd=package,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, done.stdout.strip().splitlines()[-1]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--submissions", type=int, default=1000)
    count = options.parse_args().submissions
    with tempfile.TemporaryDirectory() as folder:
        root, package = Path(folder, "course"), Path(folder, "copy")
        for name in ("autograder", "course_lib"):
            shutil.copytree(REPOSITORY / name, package / name)
        demo_class.make(root, count)

        def show(what: str, *options: str) -> None:
            wall, cpu, said = timed(package, root, *options)
            each = 1000 * cpu / count
            print(f"{what}: {wall:.1f} s, {cpu:.1f} s of CPU, {each:.1f} ms of it each\n  {said}")

        questions = package / "autograder" / "questions" / demo.STEM
        show("everything is run")
        kept = size(root / ".autograder" / "answers") / count
        print(f"  kept answers: {kept / 1024:.0f} KiB each")
        show("nothing has changed")
        show(f"{QUESTION}, as it is", "--question", QUESTION)
        edit(questions / f"{QUESTION}.py", f'"{MISTAKE}"', '"another-name"')
        show(f"{QUESTION}, a mistake renamed", "--question", QUESTION)
        edit(package / "autograder" / "judging" / "wording.py", "cases are right.", "cases agree.")
        show("all questions, a new message for everybody")


if __name__ == "__main__":
    main()
