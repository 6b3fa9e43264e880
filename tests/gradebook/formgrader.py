"""nbgrader's formgrader as a running server, asked over HTTP as a browser asks it."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
TOKEN = "of-this-test"
SECONDS_TO_START = 120


class Formgrader:
    """The formgrader at this address."""

    def __init__(self, address: str) -> None:
        self.address = address

    def page(self, path: str) -> str:
        """The text of a page; an error status raises."""
        return self._ask("GET", path)

    def get(self, path: str) -> Any:
        """What a page's script asks for."""
        return json.loads(self._ask("GET", f"api/{path}"))

    def put(self, path: str, **fields: Any) -> Any:
        """What saving a field in a page sends."""
        return json.loads(self._ask("PUT", f"api/{path}", fields))

    def press(self, path: str) -> Any:
        """What a page's button sends."""
        return json.loads(self._ask("POST", f"api/{path}", {}))

    def _ask(self, method: str, path: str, fields: Any = None) -> str:
        request = urllib.request.Request(
            f"{self.address}/formgrader/{path}",
            None if fields is None else json.dumps(fields).encode(),
            {"Authorization": f"token {TOKEN}"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=300) as response:
            text: str = response.read().decode()
        return text


@contextlib.contextmanager
def running(root: Path, home: Path) -> Iterator[Formgrader]:
    """Start a Jupyter server in a course directory, with nothing of this machine's settings."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home.mkdir()
    settings = {
        f"JUPYTER_{what}_DIR": str(home / what.lower()) for what in ("CONFIG", "DATA", "RUNTIME")
    }
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    options += [f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={root}"]
    options += ["--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}"]
    log = home / "log"
    with log.open("w") as file:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", *options],
            cwd=root,
            env={**os.environ, **settings, "HOME": str(home), "PYTHONPATH": str(REPOSITORY)},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    formgrader = Formgrader(f"http://127.0.0.1:{port}")
    try:
        deadline = time.monotonic() + SECONDS_TO_START
        while True:
            try:
                assert formgrader.get("status") == {"status": True}
                break
            except urllib.error.URLError:
                assert server.poll() is None and time.monotonic() < deadline, log.read_text()
                time.sleep(0.2)
        yield formgrader
    finally:
        server.terminate()
        server.wait(60)
