"""A small web server in a thread, and the requests and replies of those that use it."""

from __future__ import annotations

import json
import socket
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Request:
    """What came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        """The fields of a posted form."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies that the browser sent."""
        jar = SimpleCookie(self.headers.get("cookie", ""))
        return {name: morsel.value for name, morsel in jar.items()}


@dataclass
class Reply:
    """What goes out."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    broken: bool = False
    """Close the connection in place of an answer."""


def page(text: str, status: int = 200) -> Reply:
    """An HTML page."""
    body = f"<!DOCTYPE html><title>page</title><body>{text}</body>".encode()
    return Reply(status, body, {"Content-Type": "text/html; charset=utf-8"})


def as_json(value: Any, status: int = 200, kind: str | None = "application/json") -> Reply:
    """A JSON answer."""
    headers = {"Content-Type": kind} if kind else {}
    return Reply(status, json.dumps(value).encode(), headers)


def redirect(url: str) -> Reply:
    """Send the browser elsewhere."""
    return Reply(302, b"", {"Location": url})


def posting(url: str, fields: Mapping[str, str]) -> Reply:
    """A page with a form that posts itself."""
    inputs = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields.items()
    )
    form = f'<form method="post" action="{escape(url)}" data-auto>{inputs}</form>'
    return page(f"{form}<script>document.forms[0].submit()</script>")


@contextmanager
def served(answer: Callable[[Request], Reply], port: int = 0) -> Iterator[str]:
    """Serve on loopback; the server's address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            parts = urlsplit(self.path)
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            body = self.rfile.read(length)
            try:
                reply = answer(Request(self.command, parts.path, query, self.headers, body))
            except Exception:
                traceback.print_exc()
                reply = page("the test's own server failed", 500)
            if reply.broken:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status != 204:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = do_PUT = do_DELETE = _answer

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
