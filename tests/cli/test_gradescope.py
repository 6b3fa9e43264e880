"""Does `gradescope-zip` say what it wrote and what must stay private?"""

from __future__ import annotations

import sys
from pathlib import Path

from autograder.cli.main import main
from autograder.lms.gradescope import build_zip


def test_does_the_command_pass_on_its_options_and_print_what_the_zip_holds(
    fresh_course, monkeypatch, capsys
):
    asked = []

    def build(course, week, output):
        asked.append((course.root, week, output))
        return build_zip.Built(output, 3 * 2**20, ("numpy.whl",), 90.0)

    monkeypatch.setattr(build_zip, "build", build)
    arguments = ["gradescope-zip", "6", "--course", str(fresh_course), "--output", "a[b].zip"]
    monkeypatch.setattr(sys, "argv", ["autograder", *arguments])
    try:
        main()
    except SystemExit as end:
        assert not end.code
    assert asked == [(fresh_course, "6", Path("a[b].zip"))]
    out = capsys.readouterr().out
    assert "Wrote a[b].zip, 3 MB." in out
    assert "1 wheels for Python 3.11" in out and "90 points" in out
    assert "upload it to Gradescope only" in out
