"""Run the benchmarks and write what they print into README.md.

    python -m benchmarks [WORD ...]

README.md is the list: each block there that begins with `$ ` is a command, run from the top of the
repository, and the lines below it are what it printed. Words choose the commands that hold one of
them. A command with a variable that is not set, such as $OTTER, is left as it is.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import os
import platform
import re
import string
import subprocess
import sys
from pathlib import Path

from autograder.dispatch import local

README = Path(__file__).with_name("README.md")
BLOCK = re.compile(r"^```text\n\$ (?P<command>.+)\n(?P<printed>(?:.*\n)*?)```$", re.MULTILINE)
PACKAGES = ("numpy", "nbgrader", "ipython", "sqlalchemy", "tensorflow-cpu", "keras", "distributed")


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("words", nargs="*", help="of the commands to run; all by default")
    words = options.parse_args().words
    failed = []
    for found in BLOCK.finditer(README.read_text()):
        command = found["command"]
        if words and not any(word in command for word in words):
            continue
        if missing := [name for name in variables(command) if name not in os.environ]:
            print(f"left out, since {', '.join(missing)} is not set: {command}")
            continue
        print(f"$ {command}", flush=True)
        result = run(command)
        print(result.stdout, flush=True)
        if result.returncode:
            print(result.stderr, file=sys.stderr)
            failed.append(command)
            continue
        # After each, so that a run that is stopped keeps what it had.
        write(found[0], f"```text\n$ {command}\n{result.stdout.rstrip()}\n\n{machine()}\n```")
    if failed:
        sys.exit(f"failed, and left as they were: {'; '.join(failed)}")


def variables(command: str) -> list[str]:
    """The environment variables that a command names."""
    return string.Template(command).get_identifiers()


def run(command: str) -> subprocess.CompletedProcess[str]:
    """Run one command with this Python, and keep what it prints."""
    words = [os.path.expandvars(word) for word in command.split()]
    if words[0] == "python":
        words[0] = sys.executable
    return subprocess.run(words, cwd=README.parent.parent, capture_output=True, text=True)


def write(before: str, after: str) -> None:
    """Put a block of README.md in the place of another."""
    README.write_text(README.read_text().replace(before, after))


def machine() -> str:
    """Where and when: figures of other machines differ, ratios taken in one run differ less."""
    versions = []
    for name in PACKAGES:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    today = datetime.datetime.now(datetime.UTC).date()
    return (
        f"{today}, {processor()}, {local.cores()} cores, load {os.getloadavg()[1]:.1f}, "
        f"{platform.system()} {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}\n{', '.join(versions)}"
    )


def processor() -> str:
    """The processor's name, as its maker calls it."""
    try:
        described = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine()
    named = re.search(r"^model name\s*:\s*(.+)$", described, re.MULTILINE)
    return named[1].strip() if named else platform.machine()


if __name__ == "__main__":
    main()
