"""What we use of nbgrader in Python: its tables, and how it reads times and tells a change.

Import it from here. Where nbgrader is not loaded yet, this loads it without what only its pages for
Jupyter need.
"""

from __future__ import annotations

# First, so that nbgrader finds it loaded.
import autograder.light_nbformat  # noqa: F401
from autograder.light_imports import later

# What nbgrader imports at once and no command of ours calls: the servers of its four pages, the
# web client of JupyterHub's users, and the unpacking of archives, which loads all of setuptools.
# Together they take most of a second.
with later(
    "nbgrader.server_extensions.assignment_list",
    "nbgrader.server_extensions.course_list",
    "nbgrader.server_extensions.validate_assignment",
    "nbgrader.server_extensions.formgrader",
    "requests",
    "setuptools",
    "setuptools.archive_util",
):
    from nbgrader import api

from nbgrader.utils import compute_checksum, parse_utc

__all__ = ["api", "compute_checksum", "parse_utc"]
