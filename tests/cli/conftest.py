"""How tests of the command line call it."""

from __future__ import annotations

import sys

import pytest

from autograder.cli.main import main


@pytest.fixture
def run(monkeypatch, capsys):
    """Run `autograder` with these arguments; its exit code, output and error text."""

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["autograder", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", "200")
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call
