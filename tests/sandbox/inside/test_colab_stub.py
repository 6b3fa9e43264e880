"""Does a cell that was written for Colab go on where there is no Colab?"""

from __future__ import annotations

import pytest

from autograder.sandbox.session import Libraries, Sandbox
from tests.sandbox.notebooks import LIMITS, run_cell, text_of

CELLS = [
    "from google.colab import drive\ndrive.mount('/content/drive', force_remount=True)",
    "from google.colab import files\nassert files.upload() == {}\nfiles.download('a.txt')",
    "from google.colab import userdata\nkey = userdata.get('KEY')",
    "from google.colab.patches import cv2_imshow\ncv2_imshow(3)",
    "import google.colab.output\ngoogle.colab.output.clear()",
    "import google.colab as colab\ncolab.drive.flush_and_unmount()",
    "from google.colab import auth, output, data_table\nauth.authenticate_user()",
    "%cd /content/drive/MyDrive",
]


@pytest.mark.parametrize("cell", CELLS)
def test_does_it_go_on(sandbox: Sandbox, cell: str) -> None:
    result = run_cell(sandbox, f"{cell}\nprint('after')")
    assert result.error == "" and text_of(result).endswith("after\n")


def test_is_a_notebook_that_looks_for_colab_told_that_it_is_elsewhere(sandbox: Sandbox) -> None:
    cell = "import sys\nassert 'google.colab' not in sys.modules"
    assert run_cell(sandbox, cell).error == ""


@pytest.mark.bubblewrap
@pytest.mark.slow
def test_is_it_beside_what_keras_needs_of_the_same_name() -> None:
    """TensorFlow's `google.protobuf` shares the package's name."""
    pytest.importorskip("tensorflow")
    with Sandbox("bubblewrap", LIMITS, Libraries((), ("google",))) as opened:
        source = "import google.protobuf\nfrom google.colab import drive\ndrive.mount('/content')"
        assert run_cell(opened, source).error == ""
