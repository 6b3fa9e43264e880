"""A PostgreSQL server for tests: Debian's, or none, and then the tests say so and are skipped.

It is started in a temporary directory by an unprivileged user, and listens on a socket there and on
a free port of this machine.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.api import Base
from sqlalchemy import Column, MetaData, String, Table, create_engine, insert, select

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
MISSING = (
    "the driver psycopg is not installed"
    if importlib.util.find_spec("psycopg") is None
    else "PostgreSQL is not installed (Debian: apt-get install postgresql)"
    if not PROGRAMS
    else ""
)
PASSWORD = "correct horse"


class Server:
    """A server of the test's own: its socket trusts everybody, its port asks for a password."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        # PostgreSQL refuses to run as root.
        self.user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        if os.geteuid() != 0:
            self.user = []
        else:
            shutil.chown(folder, "nobody", "nogroup")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        options = ["-U", "grader", "-E", "UTF8", "--no-locale", "-N"]
        access = ["--auth-local=trust", "--auth-host=scram-sha-256"]
        self.run("initdb", "-D", str(self.data), *options, *access)

    def start(self) -> None:
        where = f"-k {self.folder} -p {self.port} -c listen_addresses=127.0.0.1"
        log = str(self.folder / "log")
        self.run("pg_ctl", "-D", str(self.data), "-w", "-o", where, "-l", log, "start")

    def stop(self, how: str = "immediate") -> None:
        self.run("pg_ctl", "-D", str(self.data), "-w", "-m", how, "stop")

    def new_database(self, name: str, *options: str) -> str:
        """Make a database; its URL through the socket."""
        self.run("createdb", *self.at_socket, *options, name)
        return self.url(name)

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://grader@/{name}?host={self.folder}&port={self.port}"

    def url_with_password(self, name: str) -> str:
        """The URL through the port; the user's password is PASSWORD, and not in it."""
        self.query("postgres", f"ALTER USER grader PASSWORD '{PASSWORD}'")
        return f"postgresql+psycopg://grader@127.0.0.1:{self.port}/{name}"

    def query(self, name: str, statement: str) -> None:
        self.run("psql", *self.at_socket, "-d", name, "-c", statement)

    @property
    def at_socket(self) -> list[str]:
        return ["-h", str(self.folder), "-p", str(self.port), "-U", "grader"]

    def run(self, program: str, *arguments: str) -> None:
        command = [*self.user, str(PROGRAMS[-1].with_name(program)), *arguments]
        done = subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=self.folder
        )
        assert done.returncode == 0, done.stderr


def move_gradebook(root: Path, url: str) -> None:
    """Give a course in which nothing is handed in a gradebook of its own at this URL."""
    source = create_engine(f"sqlite:///{root / 'gradebook.db'}")
    target = create_engine(url)
    tables = [
        *Base.metadata.sorted_tables,
        Table("alembic_version", MetaData(), Column("version_num", String(32))),
    ]
    with source.connect() as old, target.begin() as new:
        for table in tables:
            table.create(new)
            if rows := [dict(row) for row in old.execute(select(table)).mappings()]:
                new.execute(insert(table), rows)
    source.dispose()
    target.dispose()
    (root / "gradebook.db").unlink()
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text() + f"\nc.CourseDirectory.db_url = {url!r}\n")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A running server with databases of the module's own."""
    if MISSING:
        pytest.skip(MISSING)
    # A socket's path may have a hundred characters, so not below pytest's own folder.
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        made = Server(Path(folder))
        made.start()
        yield made
        made.stop("fast")
