"""Neural Networks from Scratch: the grader. A student needs only `check`."""

__version__ = "0.1.0"

from autograder.check import check
from autograder.notebook import again, check_all, explain, submit

__all__ = ["__version__", "again", "check", "check_all", "explain", "submit"]
