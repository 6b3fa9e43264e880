"""Is a wheel one that pip installs and removes, and the same on every machine?"""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from email.parser import Parser

import pytest

from autograder.release.student_package.wheel_file import file_name, write_wheel

HEADERS = [("Requires-Dist", "numpy>=2.1"), ("Requires-Python", ">=3.11")]
FILES = {"a_folder/module.py": b"VALUE = 1\n", "a_folder/data.bin": bytes(range(256))}


@pytest.mark.slow
def test_does_pip_install_what_was_put_in(tmp_path):
    wheel = tmp_path / file_name("a-package", "1.0.post2")
    wheel.write_bytes(write_wheel("a-package", "1.0.post2", HEADERS, FILES))
    target = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--no-compile", "--target", str(target), str(wheel)], check=True)
    for path, content in FILES.items():
        assert (target / path).read_bytes() == content
    text = (target / "a_package-1.0.post2.dist-info" / "METADATA").read_text()
    metadata = Parser().parsestr(text)
    assert (metadata["Name"], metadata["Version"]) == ("a-package", "1.0.post2")
    assert metadata["Requires-Dist"] == "numpy>=2.1"


def test_do_equal_files_give_equal_bytes():
    first, second = (write_wheel("a-package", "1.0", HEADERS, FILES) for _ in range(2))
    assert first == second


def test_does_a_command_have_its_entry_point():
    wheel = write_wheel("a-package", "1.0", HEADERS, FILES, {"say": "package.module:run"})
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        text = archive.read("a_package-1.0.dist-info/entry_points.txt").decode()
    assert text == "[console_scripts]\nsay = package.module:run\n"
