"""Is Keras imported in silence, and is stderr heard again afterwards?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

NOISY = "import os; os.write(2, b'a note about this processor\\n')\n"
KERAS = NOISY + (
    "import tensorflow\nclass ops:\n    convert_to_tensor = staticmethod(tensorflow.constant)\n"
)
TENSORFLOW = NOISY + "def constant(value):\n    os.write(2, b'a note at the first tensor\\n')\n"


def run(folder: Path, tensorflow: str, code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a Python that finds our own noisy Keras and TensorFlow first."""
    (folder / "keras.py").write_text(KERAS)
    (folder / "tensorflow.py").write_text(tensorflow)
    return subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(folder)!r})\n{code}"],
        capture_output=True,
        text=True,
    )


def test_are_notes_dropped_while_it_is_imported_and_heard_afterwards(tmp_path):
    result = run(
        tmp_path,
        TENSORFLOW,
        "import os; from course_lib.quiet import import_keras\n"
        "assert import_keras() is import_keras() is sys.modules['keras']\n"
        "os.write(2, b'heard'); print('also', file=sys.stderr)",
    )
    assert (result.returncode, result.stderr) == (0, "heardalso\n")


@pytest.mark.parametrize("failure", ["raise ImportError('none')", "raise RuntimeError('none')"])
def test_is_a_failed_import_told(tmp_path, failure):
    result = run(
        tmp_path, NOISY + failure, "from course_lib.quiet import import_keras\nimport_keras()"
    )
    assert result.returncode == 1
    assert result.stderr.startswith("Traceback") and result.stderr.endswith("Error: none\n")
