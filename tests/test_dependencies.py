"""Is every library that the code imports declared, so that no install works by luck alone?"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("autograder", "course_lib")
# Keras's third backend works if it is there, and no extra of ours installs it.
OPTIONAL = {"torch"}
# Distributions that are not installed wherever the tests run, by what is imported from them.
ELSEWHERE = {"jax": {"jax"}}


def folded(name: str) -> str:
    """A distribution's name as package indexes compare names (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> dict[str, set[str]]:
    """The distributions that pyproject.toml names, by extra; "" for what everybody installs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = {"": project["dependencies"], **project["optional-dependencies"]}
    return {
        extra: {folded(re.split(r"[\[<>=!~; ]", each, maxsplit=1)[0]) for each in requirements}
        for extra, requirements in groups.items()
    }


@cache
def imported() -> dict[str, set[str]]:
    """Third-party modules by their first name, and the files that import them."""
    found: dict[str, set[str]] = {}
    for path in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for name in (name.partition(".")[0] for name in names):
                if name not in sys.stdlib_module_names and name not in PACKAGES:
                    found.setdefault(name, set()).add(str(path.relative_to(ROOT)))
    return found


@cache
def installed() -> dict[str, set[str]]:
    """The distributions that provide a module, by its first name."""
    return {
        name: {folded(each) for each in found} for name, found in packages_distributions().items()
    }


@pytest.mark.slow
def test_is_what_is_imported_declared():
    known = set().union(*declared().values())
    for name in imported().keys() - OPTIONAL:
        distributions = installed().get(name) or ELSEWHERE.get(name)
        assert distributions, f"nothing installed here provides {name}"
        files = ", ".join(sorted(imported()[name]))
        assert distributions & known, f"{files} import {name}: declare {' or '.join(distributions)}"


@pytest.mark.slow
def test_is_what_students_import_in_the_light_install():
    """course_lib's datasets and plots, and `check`, work without any extra."""
    light = declared()[""]
    for name, files in imported().items():
        if any(re.match(r"course_lib/(datasets|plots)\b|autograder/check", file) for file in files):
            assert installed()[name] & light, f"students need {name}"


def test_is_what_is_declared_pinned_together():
    """Does constraints.txt hold a version of all that `make` installs?"""
    pinned = {
        folded(line.partition("==")[0])
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if "==" in line
    }
    extras = declared()
    made = ("", "grading", "canvas", "cluster", "serve", "lti-test", "dev")
    tested = set().union(*(extras[each] for each in made))
    assert tested <= pinned
