"""What one submission may use before it is stopped."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What one submission may use before it is stopped.

    Attributes:
        cell_seconds: wall time of one cell.
        question_seconds: wall time for one case of a question.
        notebook_seconds: wall time of a process that runs the notebook and then answers questions.
            A process that replaces a stopped one has this time again. Once stopped cases and the
            runs after them have taken this time together, a question is not asked its other cases
            after one was stopped.
        memory: bytes that all processes of a submission may use together.
        processes: processes that a submission may have at once.
        output: characters of text that a cell may show; the rest is cut.
        picture: characters of base64-encoded pictures that a cell may show.
        shown: bytes of the outputs of all cells together.
        answers: bytes of the answers to all cases of one question together.
        file_size: bytes of one file, and of all files together.
        files: files and directories that a submission may create.
        restarts: how often the notebook is run again without the cell or question that stopped it.
            A question that stopped it for the first time is asked its other cases, and not counted.
    """

    cell_seconds: float = 20.0
    question_seconds: float = 5.0
    notebook_seconds: float = 60.0
    memory: int = 2 * 2**30
    processes: int = 64
    output: int = 100_000
    picture: int = 2_000_000
    shown: int = 20_000_000
    answers: int = 32 * 2**20
    file_size: int = 64 * 2**20
    files: int = 50_000
    restarts: int = 8


def readable_size(size: int) -> str:
    """A number of bytes for people to read: `2 GiB`, `300 MiB`."""
    for unit, factor in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if size >= factor:
            return f"{size / factor:.3g} {unit}"
    return f"{size} bytes"
