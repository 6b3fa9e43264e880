"""What a student waits for: installing, `import autograder`, the first check, every later one.

python -m benchmarks.check_speed [--install]

The students' package is that of all weeks. `--install` also installs it with pip into a new
virtual environment, with what it requires from the package index.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
import venv
import zipfile
from pathlib import Path

from autograder.questions import catalogue
from autograder.release.student_package.wheel_file import file_name, write_wheel
from autograder.release.student_package.write import HEADERS, NAME, contents

CODE = """
import time
started = time.perf_counter()
import numpy as np
numpy_ready = time.perf_counter()
import autograder
imported = time.perf_counter()

def relu_backward(dout, z):
    return dout * (z > 0)

import contextlib, io
with contextlib.redirect_stdout(io.StringIO()):
    autograder.check("relu_backward")
    first = time.perf_counter()
    autograder.check("relu_backward")
later = time.perf_counter()
print(imported - started, imported - numpy_ready, first - imported, later - first)
"""
NAMES = ("import, with NumPy", "import, beyond NumPy", "first check", "later check")
# Every question of the package, with an answer that is wrong in all of its cases.
EVERY = """
import contextlib, io, time
import autograder
from autograder.questions import packaged

def wrong(*arguments):
    return 0.125

slowest = []
with contextlib.redirect_stdout(io.StringIO()):
    for week in packaged.index().values():
        for name, calls in week.items():
            globals()[calls] = wrong
            for _ in range(2):
                started = time.perf_counter()
                autograder.check(name)
                seconds = time.perf_counter() - started
            slowest.append((seconds, name))
slowest.sort()
print(len(slowest), slowest[len(slowest) // 2][0], *slowest[-1])
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--install", action="store_true", help="Also install the package.")
    install = parser.parse_args().install
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = folder / file_name(NAME, "1.0")
        files = contents([catalogue.week(stem) for stem in catalogue.stems()])
        wheel.write_bytes(write_wheel(NAME, "1.0", HEADERS, files))
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder / "package")
        print(f"the students' package: {wheel.stat().st_size / 2**20:.1f} MiB")
        for title, path in (("the whole grader", ""), ("the students' package", "package")):
            print(title)
            _show(str(folder / path) if path else "")
        count, median, longest, question = _run(EVERY, str(folder / "package"))
        print(
            f"  second check of each of {count} questions: median {float(median):.3f} s, ", end=""
        )
        print(f"longest {float(longest):.3f} s ({question})")
        if install:
            _install(wheel, folder / "venv")


def _show(path: str) -> None:
    runs = [[float(number) for number in _run(CODE, path)] for _ in range(7)]
    for name, *seconds in zip(NAMES, *runs, strict=True):
        print(f"  {name:22} median {sorted(seconds)[len(seconds) // 2]:.3f} s")


def _run(code: str, path: str) -> list[str]:
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": path},
        cwd=path or None,
    )
    return result.stdout.split()


def _install(wheel: Path, place: Path) -> None:
    venv.create(place, with_pip=True)
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    pip = [place / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-cache-dir"]
    subprocess.run([*pip, str(wheel)], check=True)
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"  installed with pip, without a cache: {seconds:.0f} s, of these {cpu:.0f} s of CPU")


if __name__ == "__main__":
    main()
