"""Does everything hold in PostgreSQL too, also where two processes do the same at once?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from autograder.course.roster import Student
from autograder.lms.lti import contexts, keyset, people, tokens
from autograder.lms.lti.errors import Refused
from autograder.lms.lti.launch import Launch
from autograder.lms.lti.scores import Sent
from autograder.lms.lti.store import open_store
from tests.lms.lti.conftest import World
from tests.lms.lti.platform import Emulator
from tests.lms.lti.test_refusals import Attempt
from tests.lms.lti.test_services import scored
from tests.lms.lti.tool import Tool
from tests.postgresql import MISSING, server  # noqa: F401

pytestmark = [
    pytest.mark.slow,
    pytest.mark.beyond_sample,
    pytest.mark.skipif(bool(MISSING), reason=MISSING),
]


@pytest.fixture
def world(server):  # noqa: F811
    keyset.forget()
    tokens.forget()
    url = server.new_database("lti")
    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(open_store, [url] * 4)
    for each in others:
        each.dispose()
    with Tool(first).running() as tool, Emulator("moodle").running() as emulator:
        yield World(tool, emulator, tool.know(emulator, "moodle"))
    first.dispose()


def test_does_the_whole_core_run_there(world, now):
    assert isinstance(world.launch("2"), Launch)
    launch = world.launch("3")
    assert people.recognise(world.engine, launch, [Student("s01")], now).student == "s01"
    assert scored(world) == Sent()
    key = launch.context_key
    assert contexts.line_item_of(world.engine, key, "week06") == launch.line_item
    _is_let_in_once(world)
    _joins_once(world, launch, now)


def _is_let_in_once(world):
    """Of several copies of a message at once, one counts."""
    attempt = Attempt(world)
    login = attempt.login()
    token = attempt.token(login.nonce)

    def read(_: int) -> str:
        try:
            attempt.read(token, login.state)
        except Refused as error:
            return error.reason
        return "in"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(read, range(8))) == ["in", *["state-used"] * 7]


def _joins_once(world, launch, now):
    """Somebody who is new, in two tabs at once, is one person."""
    new = replace(launch, subject="140")
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: people.recognise(world.engine, new, [], now), range(8)))
    assert len({each.id for each in made}) == 1
