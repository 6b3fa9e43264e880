"""A student's machine: the released folder alone, and the steps of START-HERE as they stand."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder.course import directory
from autograder.release.start_here.write import GUIDE
from tests.owner.term import command
from tests.release.start_here import environments

TOKEN = "of-a-test"
LIBRARIES = ("numpy", "matplotlib", "scikit-learn", "ipython")


def received(root: Path, week: str) -> Path:
    """Release a week with --zip, and unpack that file where no clone is.

    Returns:
        The unpacked folder.
    """
    course = root / "course"
    directory.init(course)
    command(course, "release", week, "--zip")
    (packed,) = (course / "release").glob("*.zip")
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(root / "student")
    (folder,) = (root / "student").iterdir()
    return folder


def steps(folder: Path) -> list[str]:
    """The commands of START-HERE for pip, in their order."""
    text = (folder / GUIDE).read_text(encoding="utf-8")
    part = text.partition("With pip:")[2].partition("With [uv]")[0]
    return re.findall(r"^\d\. `(.+)`$", part, flags=re.MULTILINE)


def environment(root: Path) -> dict[str, str]:
    """The variables of a student who has a Python, and no index to ask."""
    python = root / "python"
    python.mkdir(exist_ok=True)
    if not (python / "python3").exists():
        (python / "python3").symlink_to(Path(sys.executable).resolve())
    return {
        "PATH": f"{python}:/usr/bin:/bin",
        "HOME": str(root),
        "PIP_NO_INDEX": "1",
        "JUPYTER_CONFIG_DIR": str(root / "config"),
        "IPYTHONDIR": str(root / "ipython"),
    }


def install(root: Path, folder: Path) -> Path:
    """Do the steps up to the last one.

    Returns:
        The environment's Python.
    """
    make, put, _ = steps(folder)
    subprocess.run(make, shell=True, cwd=folder, env=environment(root), check=True)
    python = folder / "nn" / "bin" / "python"
    # In place of the index: what pip then finds to be satisfied.
    environments.lend(python, *LIBRARIES)
    environments.lend_jupyter(python)
    subprocess.run(f"{put} --quiet", shell=True, cwd=folder, env=environment(root), check=True)
    return python


@contextmanager
def served(root: Path, folder: Path) -> Iterator[str]:
    """Do the last step, without a browser of its own.

    Yields:
        The server's address.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = root / "config" / "jupyter_server_config.json"
    config.parent.mkdir(exist_ok=True)
    settings = {
        "port": port,
        "open_browser": False,
        "allow_root": os.geteuid() == 0,
        "jpserver_extensions": {"notebook": True},
    }
    page = {"expose_app_in_browser": True}
    values = {"ServerApp": settings, "IdentityProvider": {"token": TOKEN}}
    values |= {"LabApp": page, "JupyterNotebookApp": page}
    config.write_text(json.dumps(values))
    log = (root / "server.log").open("w")
    server = subprocess.Popen(
        f"exec {steps(folder)[-1]}",
        shell=True,
        cwd=folder,
        env=environment(root),
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/api/status?token={TOKEN}", server)
        yield address
    finally:
        server.terminate()
        server.wait()
        log.close()


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        assert server.poll() is None, "the server has ended"
        try:
            urllib.request.urlopen(address, timeout=10).close()
            return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError(address)
