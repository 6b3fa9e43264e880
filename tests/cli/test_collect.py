"""Does the command `collect` say what became of every submission, safely for any terminal?"""

from __future__ import annotations

import os
import shutil
import sys

import pytest

from tests.intake.collect.difficult_class import (
    CLASS,
    enrol,
)
from tests.intake.exports import moodle_folder, write_zip


def test_does_no_file_name_steer_the_terminal(fresh_course, tmp_path, monkeypatch, capsys):
    from autograder.cli.main import main
    from autograder.course.directory import load

    enrol(load(fresh_course), CLASS)
    for name in (b"\x1b[2Jann", b"\xff\xfe", "\u202eeve[red]".encode()):
        folder = tmp_path / "in" / os.fsdecode(name)
        folder.mkdir(parents=True)
        (folder / "week06.ipynb").write_text("{}")
    arguments = ["autograder", "collect", "6", str(tmp_path / "in"), "--course", str(fresh_course)]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit):
        main()
    out = capsys.readouterr().out
    assert "Left out: \ufffd[2Jann" in out
    assert "\ufffdeve[red]" in out


@pytest.mark.parametrize("dry", [True, False])
def test_does_the_command_print_the_table_and_say_who_is_left_out(
    fresh_course, tmp_path, monkeypatch, capsys, dry
):
    from autograder.cli.main import main
    from autograder.course.directory import load

    enrol(load(fresh_course), CLASS)
    names = ("Ann Lee", "Anna Lee")
    files = {f"{moodle_folder(each, n)}/week06.ipynb": "{}" for n, each in enumerate(names)}
    source = write_zip(tmp_path / "a.zip", files)
    arguments = ["collect", "6", str(source), "--course", str(fresh_course)]
    monkeypatch.setattr(sys, "argv", ["autograder", *arguments, *(["--dry-run"] if dry else [])])
    monkeypatch.setenv("COLUMNS", "200")
    with pytest.raises(SystemExit) as end:
        main()
    out = capsys.readouterr().out
    assert end.value.code == 3
    assert "Left out: Anna Lee (participant 1): fits no student; most similar: ann (Ann Lee)" in out
    assert "moodle: 2 submissions: 1 new, 1 left out." in out
    assert "No submission from: bob, cem_2, dana." in out
    assert ("Nothing was changed" in out) == dry
    target = fresh_course / "submitted" / "ann" / "week06_backpropagation"
    assert (target / "week06_backpropagation.ipynb").exists() != dry
    shutil.rmtree(tmp_path)
