"""The mutants of the package's solutions; `autograder.release.mutants` makes them."""

from autograder.release.mutants import Mutant, mutants

__all__ = ["Mutant", "mutants"]
