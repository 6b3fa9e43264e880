"""Who and what is in the emulated platform: people, courses, links, columns and grades."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"


@dataclass
class User:
    """Somebody with an account."""

    id: str
    kind: str
    login: str
    given: str
    family: str
    email: str
    number: str
    roles: list[str]
    password: str = "open"


def people() -> dict[str, User]:
    """The usual people, by their ids."""
    learner, teacher = f"{MEMBERSHIP}#Learner", f"{MEMBERSHIP}#Instructor"
    rows = [
        User("2", "teacher", "grace", "Grace", "Hopper", "grace@example.org", "t1", [teacher]),
        User("3", "student", "s01", "Ada", "Lovelace", "ada@example.org", "s01", [learner]),
        User(
            "14",
            "student",
            "s12",
            "Åsa",
            "Lind/Berg & Co.",
            "asa@example.org",
            "s12",
            [learner],
        ),
        User(
            "5",
            "assistant",
            "alan",
            "Alan",
            "Turing",
            "alan@example.org",
            "a1",
            [f"{MEMBERSHIP}/Instructor#TeachingAssistant"],
        ),
    ]
    return {row.id: row for row in rows}


@dataclass
class Link:
    """A place in a course that opens the tool."""

    id: str
    context: str
    title: str
    custom: dict[str, str]
    column: int | None
    target: str = ""


@dataclass
class Grade:
    """What a column holds for one person."""

    score: float | None
    comments: list[str]
    time: datetime
    final: bool = True
    attempts: int = 0


@dataclass
class Column:
    """A line item."""

    number: int
    context: str
    body: dict[str, Any]
    grades: dict[str, Grade] = field(default_factory=dict)


@dataclass
class Place:
    """A course."""

    id: str
    title: str = "Neural Networks"
    label: str = "NN"


@dataclass
class Records:
    """All of it."""

    users: dict[str, User] = field(default_factory=people)
    contexts: dict[str, Place] = field(
        default_factory=lambda: {"2": Place("2"), "9": Place("9", "Another course", "AC")}
    )
    links: dict[str, Link] = field(default_factory=dict)
    columns: dict[int, Column] = field(default_factory=dict)

    def add_column(self, context: str, **body: Any) -> Column:
        """A new column of a course."""
        number = 8 + len(self.columns)
        self.columns[number] = Column(number, context, body)
        return self.columns[number]

    def add_link(
        self, context: str, title: str, custom: dict[str, str], maximum: float | None = 100.0
    ) -> Link:
        """A new link, with a column unless its maximum is None."""
        number = str(1 + len(self.links))
        column = None
        if maximum is not None:
            body = {"label": title, "scoreMaximum": maximum, "resourceLinkId": number}
            week = custom.get("week", "")
            column = self.add_column(context, **body, resourceId=week, tag=week).number
        self.links[number] = Link(number, context, title, custom, column)
        return self.links[number]
