"""Says what is missing for this course's notebooks: run `python check_setup.py`.

In a notebook, run `%run check_setup.py`. It changes nothing. It needs nothing but a Python, also
one that is too old for the course.
"""

import importlib.metadata
import os
import re
import sys

OLDEST, TOO_NEW = (3, 11), (3, 14)
NEEDED = {"numpy": "2.1", "matplotlib": "3.9", "scikit-learn": "1.5", "ipython": "8.20"}
CHECKS = "nn-course-check"
STRANGER = "autograder"


def version(name: str) -> str:
    """The version of an installed package; an empty text if it is not installed."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def numbers(text: str) -> "list[int]":
    """A version as numbers that can be compared."""
    return [int(each) for each in re.findall(r"\d+", text.partition("-py3")[0])]


def wheels() -> "list[str]":
    """The names of the course's files beside this one, the newest last."""
    folder = os.path.dirname(os.path.abspath(__file__))
    found = [name for name in os.listdir(folder) if re.match(r"nn_course_check-.*\.whl$", name)]
    return sorted(found, key=numbers)


def report() -> "tuple[list[str], list[str]]":
    """What was found, as lines, and what to do, as lines; the latter is empty if all is well."""
    found: list[str] = []
    to_do: list[str] = []
    to_install: list[str] = []
    python = ".".join(map(str, sys.version_info[:3]))
    if OLDEST <= sys.version_info[:2] < TOO_NEW:
        found.append("ok       Python " + python)
    else:
        found.append("missing  Python 3.11, 3.12 or 3.13; this one is " + python)
        to_do.append("Install Python 3.12 from https://www.python.org, and make the environment of")
        to_do.append("START-HERE.md again with it.")
    for name, oldest in NEEDED.items():
        have = version(name)
        if have and numbers(have) >= numbers(oldest):
            found.append("ok       " + name + " " + have)
        else:
            state = "this one is " + have if have else "it is not installed"
            found.append("missing  " + name + " " + oldest + " or newer; " + state)
            to_install.append('"' + name + ">=" + oldest + '"')
    have, beside = version(CHECKS), wheels()
    folder = os.path.dirname(os.path.abspath(__file__))
    if have and not any(numbers(name) > numbers(have) for name in beside):
        found.append("ok       " + CHECKS + " " + have)
    elif beside:
        state = "a newer one lies here" if have else "it lies here and is not installed"
        found.append("missing  " + CHECKS + "; " + state)
        to_install.append('"' + os.path.join(folder, beside[-1]) + '"')
    else:
        found.append("missing  " + CHECKS + "; its file nn_course_check-....whl is not here either")
        to_do.append(
            "Put the file nn_course_check-....whl, which came with the notebook, into this"
        )
        to_do.append("this folder, and run this again.")
    if version(STRANGER):
        found.append("wrong    " + STRANGER + ": a stranger's package, which hides the course's")
        to_do.append('"' + sys.executable + '" -m pip uninstall ' + STRANGER)
    if to_install:
        to_do.append('"' + sys.executable + '" -m pip install ' + " ".join(to_install))
    return found, to_do


def main() -> int:
    """Print the report; the exit code is 1 if something is missing."""
    found, to_do = report()
    print("This is the Python at " + sys.executable + "\n")
    print("\n".join(found))
    print("\nNothing is missing." if not to_do else "\nTo do, in a terminal:\n" + "\n".join(to_do))
    return 1 if to_do else 0


if __name__ == "__main__":
    code = main()
    if "IPython" not in sys.modules:
        sys.exit(code)
