"""Does Ctrl-C end a busy run at once, with what is graded kept and nothing left running?"""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

from autograder.cli import demo
from autograder.course import directory
from tests.faults.a_class import (
    PATIENCE,
    command_in_a_terminal,
    in_a_loop,
    leftovers,
    report_files,
    rows,
    wait_until,
)
from tests.faults.footprint import descendants

pytestmark = [
    pytest.mark.slow,
    pytest.mark.bubblewrap,
]

HARMLESS = 6
ENDLESS = 30  # at 20 s each: ten times longer than anybody waits below


# `tests/cli/test_main.py` stops a small class.
@pytest.mark.beyond_sample
@pytest.mark.parametrize("isolation", ["bubblewrap", "process"])
def test_does_ctrl_c_end_a_busy_run(released_course, tmp_path, isolation):
    root = Path(shutil.copytree(released_course, tmp_path / "course"))
    # Some that are graded at once, and then many that are never done.
    endless = demo.HOSTILE["cell-never-ends"]
    later = [demo.Pupil(f"zz-{number:02}", endless) for number in range(ENDLESS)]
    demo.hand_in(directory.load(root), [*demo.harmless(HARMLESS), *later])
    words = ["grade", "week06", "-j", "2", "--course", str(root), "--isolation", isolation]
    process = command_in_a_terminal(*words)
    try:
        wait_until(lambda: len(in_a_loop(descendants(process.pid))) == 2, "both are busy")
        inside = descendants(process.pid)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        _, err = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    assert process.returncode == 130, err
    assert "Traceback" not in err
    done = len(report_files(root))
    words = f"Stopped. {done} of {HARMLESS + ENDLESS} submissions are graded and saved; run the"
    assert words in " ".join(err.split())
    wait_until(lambda: not [n for n in inside if Path(f"/proc/{n}").exists()], "all have ended")
    assert not leftovers(root)
    assert len(rows(directory.load(root).db_url)["submission"]) == done >= HARMLESS
