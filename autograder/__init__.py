"""Neural Networks from Scratch: the grader. A student needs only `check`."""

__version__ = "0.1.0"

from autograder.check import check

__all__ = ["__version__", "check"]
