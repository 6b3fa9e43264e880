"""A Canvas of one course and one assignment, over real HTTP on this machine.

It behaves as Canvas's source says: bulk updates run later and are followed by a Progress,
comments are appended, lists come in pages, a token that asks too often gets 429.
"""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

TOKEN = "a-token-of-the-tests"
COURSE, ASSIGNMENT = 7, 42


@dataclass
class Fault:
    """An answer in place of the usual one; with `done`, Canvas does the work all the same.

    Status 0 ends the connection without an answer.
    """

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: str = "an error page"
    done: bool = False


@dataclass
class FakeCanvas:
    """The state, which tests set and read."""

    users: list[dict[str, Any]]
    assignment: dict[str, Any] = field(default_factory=dict)
    post_faults: deque[Fault] = field(default_factory=deque)
    get_faults: deque[Fault] = field(default_factory=deque)
    polls: int = 2
    stop_after: int | None = None
    page: int = 40
    submissions: dict[int, dict[str, Any]] = field(default_factory=dict)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    uploads: dict[int, tuple[int, bytes]] = field(default_factory=dict)
    """The files for comments: for which user, and the content."""
    url: str = ""

    def __post_init__(self) -> None:
        self.assignment = {
            "id": ASSIGNMENT,
            "course_id": COURSE,
            "name": "Week 6",
            "points_possible": 110,
            **self.assignment,
        }
        for user in self.users:
            self.submissions[user["id"]] = {
                "user_id": user["id"],
                "score": None,
                "entered_score": None,
                "excused": False,
                "submission_comments": [],
            }

    def comments(self, user: int) -> list[str]:
        return [each["comment"] for each in self.submissions[user]["submission_comments"]]

    def posts(self) -> int:
        return sum(line.startswith("POST") for line in self.requests)

    def advance(self, job: dict[str, Any]) -> dict[str, Any]:
        """One look at a Progress: the work is done after some of them."""
        job["looks"] += 1
        if job["looks"] >= self.polls and job["workflow_state"] in ("queued", "running"):
            self._work(job)
        elif job["workflow_state"] == "queued":
            job["workflow_state"] = "running"
        return {name: job[name] for name in ("id", "workflow_state", "message")}

    def _work(self, job: dict[str, Any]) -> None:
        missing = []
        for count, (user, data) in enumerate(job["data"].items()):
            if self.stop_after is not None and count >= self.stop_after:
                job |= {"workflow_state": "failed", "message": "the job ran out of memory"}
                return
            if user in self.submissions:
                self._grade(self.submissions[user], data)
            else:
                missing.append(user)
        job["workflow_state"] = "failed" if missing else "completed"
        if missing:
            job["message"] = f"Couldn't find User(s) with API ids {missing}"

    def _grade(self, submission: dict[str, Any], data: dict[str, Any]) -> None:
        if "posted_grade" in data:
            submission["score"] = submission["entered_score"] = float(data["posted_grade"])
        if "text_comment" in data or "file_ids" in data:
            file = int(data.get("file_ids") or 0)
            owner, _ = self.uploads.get(file, (0, b""))
            # Canvas attaches only what was uploaded for this submission.
            attached = [{"id": file}] if owner == submission["user_id"] else []
            comment = data.get("text_comment", "See attached files")
            submission["submission_comments"].append({"comment": comment, "attachments": attached})
        if "rubric_assessment" in data:
            submission["rubric_assessment"] = {
                key: {"points": float(each["points"]), "comments": each.get("comments", "")}
                for key, each in data["rubric_assessment"].items()
            }


@contextmanager
def serving(fake: FakeCanvas):
    """Serve it on a free port of the loopback interface."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"fake": fake}))
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    fake: FakeCanvas
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *arguments: object) -> None:
        pass

    def do_GET(self) -> None:
        self._handle("GET", self.fake.get_faults)

    def do_POST(self) -> None:
        self._handle("POST", self.fake.post_faults)

    def _handle(self, method: str, faults: deque[Fault]) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        parts = urlsplit(self.path)
        self.fake.requests.append(f"{method} {parts.path}")
        if found := re.fullmatch(r"/store/(\d+)", parts.path):
            # The store is another server: the token is not for it.
            assert self.headers.get("Authorization") is None
            number = len(self.fake.uploads) + 1
            content = body.partition(b"text/html")[2].partition(b"\r\n\r\n")[2]
            self.fake.uploads[number] = int(found[1]), content.rpartition(b"\r\n--")[0]
            self._answer(201, {"id": number, "url": "/files"}, {})
            return
        form = parse_qsl(body.decode(), keep_blank_values=True)
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            errors = {"errors": [{"message": "Invalid access token."}]}
            self._answer(401, errors, {"WWW-Authenticate": 'Bearer realm="canvas-lms"'})
            return
        fault = faults.popleft() if faults else None
        if fault and not fault.done:
            self._answer(fault.status, fault.body, fault.headers)
            return
        status, body, headers = self._usual(method, parts.path, parse_qs(parts.query), form)
        if fault:
            status, body, headers = fault.status, fault.body, fault.headers
        self._answer(status, body, headers)

    def _usual(self, method: str, path: str, query: Any, form: Any) -> Any:
        fake = self.fake
        course = f"/api/v1/courses/{COURSE}"
        assignment = f"{course}/assignments/{ASSIGNMENT}"
        if method == "POST" and path == f"{assignment}/submissions/update_grades":
            job = {
                "id": len(fake.jobs) + 1,
                "workflow_state": "queued",
                "message": None,
                "looks": 0,
                "data": _grade_data(form),
            }
            fake.jobs.append(job)
            return 200, {"id": job["id"], "workflow_state": "queued", "message": None}, {}
        files = re.fullmatch(f"{assignment}/submissions/(\\d+)/comments/files", path)
        if method == "POST" and files:
            store = f"{fake.url}/store/{files[1]}"
            return 200, {"upload_url": store, "upload_params": {"content_type": "text/html"}}, {}
        if method == "GET":
            if path == course:
                return 200, {"id": COURSE, "name": "Networks"}, {}
            if path == assignment:
                return 200, fake.assignment, {}
            if path == f"{course}/search_users":
                return self._page(fake.users, path, query)
            if path == f"{assignment}/submissions":
                return self._page(list(fake.submissions.values()), path, query)
            if found := re.fullmatch(r"/api/v1/progress/(\d+)", path):
                return 200, fake.advance(fake.jobs[int(found[1]) - 1]), {}
        return 404, {"errors": [{"message": "The specified resource does not exist."}]}, {}

    def _page(self, items: list[Any], path: str, query: Any) -> Any:
        number = int(query.get("page", ["1"])[0])
        size = self.fake.page
        shown = items[(number - 1) * size : number * size]
        more = number * size < len(items)
        link = f'<{self.fake.url}{path}?page={number + 1}>; rel="next"'
        return 200, shown, {"Link": link} if more else {}

    def _answer(self, status: int, body: Any, headers: dict[str, str]) -> None:
        if not status:
            self.close_connection = True
            return
        content = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _grade_data(form: list[tuple[str, str]]) -> dict[int, dict[str, Any]]:
    """Rails' reading of `grade_data[5][rubric_assessment][_1][points]=3`."""
    data: dict[int, dict[str, Any]] = {}
    for name, value in form:
        top, *keys = re.findall(r"[^\[\]]+", name)
        assert top == "grade_data", name
        place: Any = data.setdefault(int(keys[0]), {})
        for key in keys[1:-1]:
            place = place.setdefault(key, {})
        place[keys[-1]] = value
    return data
