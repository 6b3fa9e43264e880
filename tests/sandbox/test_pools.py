"""Does what a process makes after `fill` lie together, however full of gaps its memory was?"""

from __future__ import annotations

import subprocess
import sys

# One in twenty of many objects goes, so that each size has many pools with a little room. Counted
# by the page, since pages are what a new process copies.
PAGES_TOUCHED = """
import sys
from autograder.sandbox import pools

def bytes_of(size, number):
    return [bytes(size - 33) for _ in range(number)]

sizes = range(48, 513, 16)
made = {size: bytes_of(size, 3_000) for size in sizes}
for some in made.values():
    del some[::20]
if sys.argv[1] == "filled":
    pools.fill()
pages = 0
for size in sizes:
    pages += len({id(each) >> 12 for each in bytes_of(size, 2**12 // size)})
print(pages / len(sizes))
"""


def pages_a_size(way: str) -> float:
    """On how many pages one page of new objects lies, on average over the sizes."""
    command = [sys.executable, "-c", PAGES_TOUCHED, way]
    return float(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def test_are_new_objects_together_once_pools_are_full() -> None:
    assert pages_a_size("as they are") > 8
    assert pages_a_size("filled") < 4
