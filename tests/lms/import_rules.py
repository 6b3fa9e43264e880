"""What each LMS does with an uploaded file: strict models, written from what is known of the LMSs.

Nothing here uses the package. Each model exports its own file, and imports one as its LMS does:
what it skips, what it overrides, what it creates without a word, and what it refuses. `changes` are
the points that an import has written.

Sources: Canvas's importer (canvas-lms, lib/gradebook_importer.rb); the documentation of Brightspace
and Blackboard.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field


class Refused(Exception):
    """The LMS does not take the file."""


@dataclass
class Lms:
    """Items by id with title and points, people by login, and grades by login and item."""

    items: dict[str, tuple[str, float]]
    people: dict[str, tuple[str, str]]
    grades: dict[tuple[str, str], str] = field(default_factory=dict)
    created: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)

    def write(self, login: str, item: str, value: str) -> None:
        self.grades[login, item] = value


class Canvas(Lms):
    """Points Possible are set from row 2; unknown titles become assignments."""

    INFO = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")

    def export(self, delimiter: str = ",", comma: bool = False) -> bytes:
        header = [*self.INFO, "Notes", *(f"{t} ({n})" for n, (t, _) in self.items.items())]
        possible = [f"{points:.2f}" for _, points in self.items.values()]
        if comma:
            possible = [each.replace(".", ",") for each in possible]
        rows = [[*header, "Final Score"]]
        rows.append(["    Points Possible", "", "", "", "", "", *possible, "(read only)"])
        for number, (login, (last, first)) in enumerate(self.people.items()):
            cells = [self.grades.get((login, item), "") for item in self.items]
            who = [f"{last}, {first}", str(900 + number), f"sis{number}", login, "A"]
            rows.append([*who, "", *cells, "55"])
        return _written(rows, delimiter, "\n").encode()

    def load(self, content: bytes) -> None:
        text = content.decode("utf-8-sig")
        first = text.partition("\n")[0]
        delimiter = ";" if first.count(";") > first.count(",") else ","
        header, *rows = _read(text, delimiter)
        if header[:2] != ["Student", "ID"] or "Section" not in header:
            raise Refused("no gradebook")
        start = header.index("Section") + 1
        points = next((row for row in rows if "points possible" in row[0].lower()), None)
        columns = {}
        for place in range(start, len(header)):
            possible = points[place] if points else ""
            if "read only" in possible or header[place] in ("Notes", "Final Score"):
                continue
            columns[place] = item = self._item(header[place])
            if number := _number(possible):
                self.items[item] = self.items[item][0], number
        for row in rows:
            if row is points or not any(row):
                continue
            login = self._person(row)
            for place, item in columns.items() if login else ():
                self._grade(login, item, row[place])

    def _item(self, header: str) -> str:
        found = re.fullmatch(r"(.*) \((\d+)\)", header)
        if found and found[2] in self.items:
            return found[2]
        same = [n for n, (title, _) in self.items.items() if title == header]
        if same:
            return same[0]
        number = str(5000 + len(self.created))
        self.items[number] = header, 0.0
        self.created.append(header)
        return number

    def _person(self, row: list[str]) -> str:
        for number, (login, (last, first)) in enumerate(self.people.items()):
            known = (str(900 + number), f"sis{number}", login)
            if any(cell and cell == mine for cell, mine in zip(row[1:4], known, strict=True)):
                return login
            if not any(row[1:4]) and row[0] == f"{last}, {first}":
                return login
        self.unmatched.append(row[0])
        return ""

    def _grade(self, login: str, item: str, cell: str) -> None:
        before = self.grades.get((login, item), "")
        if cell.upper() in ("EX", "N/A") or cell == before:
            return
        old, new = _number(before), _number(cell)
        if old is not None and new is not None and round(old, 2) == round(new, 2):
            return
        if cell and new is None:
            raise Refused(f"{cell!r} is no grade")
        # An emptied cell empties the grade.
        self.write(login, item, cell)


class Brightspace(Lms):
    """Only `Points Grade` columns of known items; each line closes with `#`."""

    def export(self) -> bytes:
        header = ["OrgDefinedId", "Username", "Last Name", "First Name", "Email"]
        header += [f"{t} Points Grade <Numeric MaxPoints:{p:g}>" for t, p in self.items.values()]
        rows = [[*header, "Calculated Final Grade Numerator", "End-of-Line Indicator"]]
        for number, (login, (last, first)) in enumerate(self.people.items()):
            cells = [self.grades.get((login, item), "") for item in self.items]
            rows.append([f"#{7000 + number}", f"#{login}", last, first, "", *cells, "", "#"])
        return _written(rows, ",", "\r\n").encode("utf-8-sig")

    def load(self, content: bytes) -> None:
        header, *rows = _read(content.decode("utf-8-sig"), ",")
        if header[-1] != "End-of-Line Indicator":
            raise Refused("no closing column")
        key = header.index("Username")
        for row in rows:
            if len(row) != len(header) or row[-1] != "#":
                raise Refused("a line without its end")
            login = row[key].removeprefix("#")
            if login not in self.people:
                self.unmatched.append(login)
                continue
            for title, cell in zip(header, row, strict=True):
                found = re.fullmatch(r"(.*) Points Grade(?: <.*>)?", title)
                if not found or not cell:
                    continue
                items = [n for n, (name, _) in self.items.items() if name == found[1]]
                if len(items) != 1:
                    raise Refused(f"no item {found[1]!r}")
                if _number(cell) is None or "," in cell:
                    raise Refused(f"{cell!r} is no grade")
                if cell != self.grades.get((login, items[0]), ""):
                    self.write(login, items[0], cell)


class Blackboard(Lms):
    """Keyed on user name and column id; a column without a known id becomes a text column."""

    def export(self) -> bytes:
        header = ["Last Name", "First Name", "Username", "Student ID", "Last Access"]
        header += [f"{t} [Total Pts: {p:g} Score] |{n}" for n, (t, p) in self.items.items()]
        rows = [header]
        for login, (last, first) in self.people.items():
            cells = [self.grades.get((login, item), "") for item in self.items]
            rows.append([last, first, login, "", "2026-11-01", *cells])
        return b"\xff\xfe" + _written(rows, "\t", "\n", csv.QUOTE_ALL).encode("utf-16-le")

    def load(self, content: bytes) -> None:
        if not content.startswith(b"\xff\xfe"):
            raise Refused("not UTF-16")
        header, *rows = _read(content[2:].decode("utf-16-le"), "\t")
        key = header.index("Username")
        for place, title in enumerate(header):
            found = re.search(r"\|(\d+)$", title)
            if found is None:
                if place > 4:
                    self.created.append(title)
                continue
            if found[1] not in self.items:
                raise Refused(f"no column {found[1]}")
            for row in rows:
                if row[key] not in self.people:
                    self.unmatched.append(row[key])
                elif row[place] != self.grades.get((row[key], found[1]), ""):
                    if _number(row[place]) is None:
                        raise Refused(f"{row[place]!r} is no grade")
                    self.write(row[key], found[1], row[place])


GRADESCOPE = {
    "score": (int, float),
    "execution_time": (int, float),
    "output": str,
    "output_format": str,
    "test_output_format": str,
    "test_name_format": str,
    "visibility": str,
    "stdout_visibility": str,
    "extra_data": dict,
    "tests": list,
    "leaderboard": list,
}
GRADESCOPE_TEST = {
    "score": (int, float),
    "max_score": (int, float),
    "status": str,
    "name": str,
    "name_format": str,
    "number": str,
    "output": str,
    "output_format": str,
    "visibility": str,
    "tags": list,
    "extra_data": dict,
}
VISIBLE = ("visible", "hidden", "after_due_date", "after_published")
FORMATS = ("text", "html", "simple_format", "md", "ansi")


def gradescope_score(results: dict[str, object]) -> float:
    """The score that Gradescope shows for a results.json; `Refused` if it would fail."""
    _fields(results, GRADESCOPE)
    tests = results.get("tests", [])
    assert isinstance(tests, list)
    for test in tests:
        _fields(test, GRADESCOPE_TEST)
        if test.get("status", "passed") not in ("passed", "failed"):
            raise Refused("an unknown status")
    if "score" in results:
        return float(results["score"])  # type: ignore[arg-type]
    if not tests:
        raise Refused("neither a score nor tests")
    return sum(float(test.get("score", 0)) for test in tests)


def _fields(found: dict[str, object], known: dict[str, object]) -> None:
    for name, value in found.items():
        if name not in known:
            raise Refused(f"an unknown field {name!r}")
        if not isinstance(value, known[name]) or isinstance(value, bool):  # type: ignore[arg-type]
            raise Refused(f"{name} is {value!r}")
        if name.endswith("visibility") and value not in VISIBLE:
            raise Refused(f"{name} is {value!r}")
        if name.endswith("_format") and value not in FORMATS:
            raise Refused(f"{name} is {value!r}")


def rfc4180(content: bytes) -> list[dict[str, str]]:
    """The lines of a plain CSV file, for a reader that knows only the standard."""
    text = content.decode("utf-8-sig")
    if not text.endswith("\r\n"):
        raise Refused("the last line has no end")
    header, *rows = _read(text, ",")
    if any(len(row) != len(header) for row in rows):
        raise Refused("a line with too few or too many cells")
    return [dict(zip(header, row, strict=True)) for row in rows]


def _number(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def _written(rows: list[list[str]], delimiter: str, ending: str, quoting: int = 0) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, lineterminator=ending, quoting=quoting).writerows(rows)
    return buffer.getvalue()


def _read(text: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    return [row for row in reader if row]
