"""What one submission may use before it is stopped."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What one submission may use before it is stopped.

    Attributes:
        cell_seconds: wall time of one cell.
        question_seconds: wall time in which one case of a question must be answered.
        notebook_seconds: wall time of one process that runs the notebook and answers for it. A
            process that takes the place of a stopped one starts its own clock.
        memory: bytes that all processes of a submission may hold together.
        processes: how many processes a submission may have at once.
        output: characters of text that a cell may show; what exceeds them is cut.
        picture: characters of pictures, base64 encoded, that a cell may show.
        shown: bytes that the outputs of all cells may have together.
        answers: bytes that the answers to all cases of a question may have together.
        file_size: bytes of one file, and of all files together.
        files: how many files and directories a submission may make.
        restarts: how often the notebook is run again without the cell or question that stopped it.
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
    """A number of bytes as a person would say it: `2 GiB`, `300 MiB`."""
    for unit, factor in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if size >= factor:
            return f"{size / factor:.3g} {unit}"
    return f"{size} bytes"
