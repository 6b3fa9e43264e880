"""What a student waits for: `import autograder`, the first check, and every later one.

python -m benchmarks.check_speed
"""

from __future__ import annotations

import subprocess
import sys

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


def main() -> None:
    runs = []
    for _ in range(7):
        result = subprocess.run(
            [sys.executable, "-c", CODE], capture_output=True, text=True, check=True
        )
        runs.append([float(number) for number in result.stdout.split()])
    for name, *seconds in zip(NAMES, *runs, strict=True):
        print(f"{name:22} median {sorted(seconds)[len(seconds) // 2]:.3f} s")


if __name__ == "__main__":
    main()
