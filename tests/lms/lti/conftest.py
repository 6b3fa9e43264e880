"""A tool and the platforms that send people to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from autograder.lms.lti import keys, keyset, tokens
from autograder.lms.lti.platforms import Platform
from autograder.lms.lti.store import open_store
from tests.lms.lti.platform import Emulator
from tests.lms.lti.tool import Browser, Tool


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = open_store(tmp_path / "service.db")
    yield made
    made.dispose()


class World:
    """One platform with one link, and the tool."""

    def __init__(self, tool: Tool, emulator: Emulator, platform: Platform) -> None:
        self.tool, self.emulator, self.platform = tool, emulator, platform
        self.engine = tool.engine
        self.link = emulator.records.add_link("2", "Week 06", {"week": "week06"})

    def launch(self, user: str = "2", link: str = "1", browser: Browser | None = None) -> Any:
        """Somebody opens a link; the launch or the refusal that comes of it."""
        launches, refusals = len(self.tool.launches), len(self.tool.refusals)
        url = f"{self.emulator.base}/launch?user={user}&link={link}"
        (browser or Browser()).open(url)
        if len(self.tool.refusals) > refusals:
            return self.tool.refusals[-1]
        assert len(self.tool.launches) == launches + 1, self.emulator.complaints
        return self.tool.launches[-1]

    def deep_link(self, user: str = "2") -> Any:
        """Somebody picks content; the launch or the refusal that comes of it."""
        launches, refusals = len(self.tool.launches), len(self.tool.refusals)
        Browser().open(f"{self.emulator.base}/deep-link?user={user}&context=2")
        if len(self.tool.refusals) > refusals:
            return self.tool.refusals[-1]
        assert len(self.tool.launches) == launches + 1, self.emulator.complaints
        return self.tool.launches[-1]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database for all tests of a file; each platform in it is another."""
    made = open_store(tmp_path_factory.mktemp("lti") / "service.db")
    keys.published(made)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def tool(store: Engine) -> Iterator[Tool]:
    with Tool(store).running() as running:
        yield running


@pytest.fixture
def worlds(tool: Tool) -> Iterator[Any]:
    """Makes platforms, each known to the tool: worlds("canvas"), worlds(quirks=["pages"])."""
    with ExitStack() as stack:

        def made(personality: str = "strict", quirks: Any = (), family: str = "") -> World:
            _forget(tool.engine)
            emulator = stack.enter_context(Emulator(personality, quirks).running())
            usual = "other" if personality == "strict" else personality
            return World(tool, emulator, tool.know(emulator, family or usual))

        yield made


@pytest.fixture
def world(worlds: Any) -> World:
    """The strict platform."""
    return worlds()


def _forget(engine: Engine) -> None:
    """Leave nothing of earlier platforms, so that the first instructor's course is connected."""
    from sqlalchemy import delete

    from autograder.lms.lti.tables import PLATFORMS

    keyset.forget()
    tokens.forget()
    with engine.begin() as connection:
        connection.execute(delete(PLATFORMS))
