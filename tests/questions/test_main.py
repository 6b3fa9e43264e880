"""Does `python -m autograder.questions` say in one line what is wrong with its arguments?"""

from __future__ import annotations

import subprocess
import sys


def test_is_an_unknown_week_one_line():
    command = [sys.executable, "-m", "autograder.questions", "week66"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("autograder: There is no week 'week66'; did you mean 'week")
