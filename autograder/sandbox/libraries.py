"""The libraries that one week's notebooks may import, loaded once for all submissions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Libraries:
    """What a worker imports before it forks, and what notebooks may import.

    Attributes:
        preload: import statements that are executed once, so that no submission pays for them.
        names: import names of the libraries that notebooks may use in addition to NumPy, IPython,
            Matplotlib and scikit-learn. They are imported once, but not initialized: threads that
            a library starts do not survive a fork.
        rest: import names of further libraries that notebooks may use. They are imported by the
            notebooks that need them.
    """

    preload: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()

    @property
    def allowed(self) -> tuple[str, ...]:
        """Everything that notebooks may import in addition to the packages of every week."""
        return (*self.names, *self.rest)

    @property
    def statements(self) -> tuple[str, ...]:
        """Everything that the worker executes before its first submission."""
        return (*(f"import {name}" for name in self.names), *self.preload)
