"""What one week's warm parent is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Flavour:
    """What a warm parent has loaded before it forks, and what its notebooks may import.

    Attributes:
        preload: import statements that it executes once, so that no submission pays for them.
        libraries: what notebooks see beside NumPy, IPython, Matplotlib and scikit-learn, by the
            names under which they are imported. They are loaded once too, and not initialised:
            threads that a library starts would not survive the fork.
    """

    preload: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()

    @property
    def statements(self) -> tuple[str, ...]:
        """Everything that the warm parent executes before its first submission."""
        return (*(f"import {name}" for name in self.libraries), *self.preload)
