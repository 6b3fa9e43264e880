"""Does `autograder lti` register an LMS, and say which step fails?"""

from __future__ import annotations

import json
import re

import pytest
import typer

from autograder.cli.main import app
from autograder.course.enrolment import enrol
from autograder.course.roster import Student
from autograder.lms.lti import keyset, people, platforms, tokens
from autograder.lms.lti.differences import FILE
from autograder.lms.lti.refusals import REFUSALS
from autograder.lms.lti.store import open_course_store
from tests.conftest import REPOSITORY
from tests.lms.lti.platform import Emulator
from tests.lms.lti.tool import Browser, Tool
from tests.tiny_course import course  # noqa: F401

AT = ("--at", "https://nn.example.edu")


@pytest.fixture
def lti(course, run):  # noqa: F811
    keyset.forget()
    tokens.forget()

    def call(command: str, *arguments: object) -> tuple[int, str, str]:
        return run("lti", command, "--course", course.root, *arguments)

    return call


@pytest.mark.parametrize("family", ["moodle", "canvas", "brightspace", "blackboard", "other"])
def test_is_it_said_what_to_enter_in_the_lms(lti, family):
    code, out, _ = lti("add", family, "https://lms.example", *AT)
    assert code == 0
    for path in ("/lti/login", "/lti/launch", "/lti/keys", "/lti/register?code="):
        assert f"https://nn.example.edu{path}" in out
    assert f"Next: autograder lti add {family} https://lms.example --client-id ID" in out


def test_does_an_lms_go_from_add_to_list(lti):
    assert "No LMS is registered" in lti("list")[1]
    code, out, _ = lti("add", "moodle", "https://m.example/", "--client-id", "abc")
    assert code == 0 and "Next: autograder lti deployment 1 DEPLOYMENT_ID" in out
    assert "has the deployments 7" in lti("deployment", 1, "7")[1]
    out = lti("list")[1]
    for word in ("moodle", "https://m.example", "abc", "7"):
        assert word in out
    assert "Forgot moodle" in lti("remove", 1, "--yes")[1]
    assert "No LMS is registered" in lti("list")[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "moddle", "https://m.example", *AT), "did you mean 'moodle'"),
        (("add", "moodle", "http://m.example", *AT), "https://"),
        (("add", "moodle", "https://m.example"), "[service]"),
        (("add", "moodle", "https://m.example", "--at", "http://nn.example"), "https://"),
        (("add", "other", "https://m.example", "--client-id", "c"), "--keyset-url"),
        (("test",), "no LMS is registered"),
        (("test", "7"), "autograder lti list"),
        (("deployment", "7", "1"), "autograder lti list"),
        (("connect", "7"), "autograder lti list"),
        (("link", "7", "ada"), "autograder roster add"),
        (("invite",), "[service]"),
    ],
)
def test_is_every_wrong_call_a_sentence(lti, arguments, said):
    code, _, err = lti(*arguments)
    assert code == 1 and said in err and "Traceback" not in err


def test_does_the_guide_name_commands_and_reasons_that_exist():
    """docs/lti.md: every `autograder lti …`, and every reason in its table."""
    guide = (REPOSITORY / "docs" / "lti.md").read_text(encoding="utf-8")
    group = typer.main.get_command(app).commands["lti"]
    named = set(re.findall(r"autograder lti ([a-z-]+)", guide))
    assert named and named <= set(group.commands)
    table = re.findall(r"^\| `([a-z`, -]+)` \|", guide, re.MULTILINE)
    reasons = {each for row in table for each in re.split(r"[`, ]+", row)}
    assert len(reasons) > 8 and reasons <= set(REFUSALS)


def test_does_every_message_name_commands_that_exist():
    group = typer.main.get_command(app).commands["lti"]
    text = " ".join(text for _, text in REFUSALS.values())
    text += FILE.read_text(encoding="utf-8")
    assert set(re.findall(r"autograder lti ([a-z-]+)", text)) <= set(group.commands)


def test_are_keys_shown_and_rotated(lti):
    assert ": signs" in lti("keys")[1]
    assert "signs from" in lti("keys", "--rotate")[1]
    out = lti("keys")[1]
    assert out.count("signs") == 2
    pem = lti("keys", "--pem")[1]
    assert pem.startswith("-----BEGIN PUBLIC KEY-----") and "PRIVATE" not in pem
    assert ": signs\n" in lti("keys", "--rotate", "--wait", "0")[1]


def test_does_canvas_get_its_json(lti):
    made = json.loads(lti("canvas-json", *AT)[1])
    assert made["target_link_uri"] == "https://nn.example.edu/lti/launch"


@pytest.mark.slow
def test_does_the_checkup_fail_with_the_step(lti, course, run):  # noqa: F811
    """A Moodle that may not fetch our keys, and then one that may."""
    engine = open_course_store(course)
    with Tool(engine).running() as tool, Emulator("moodle", ["keyset-is-blocked"]).running() as lms:
        platform = tool.know(lms, "moodle")
        code, out, _ = lti("test", platform.id, "--at", tool.base)
        assert code == 1
        assert "FAILED an access token" in out and "HTTP security" in out
        assert "ok     our keys, at our own address" in out
        platforms.remove(engine, platform.id)
    with Tool(engine).running() as tool, Emulator("moodle").running() as lms:
        platform = tool.know(lms, "moodle")
        lms.records.add_link("2", "Week 06", {"week": "week06"})
        Browser().open(f"{lms.base}/launch?user=2&link=1")
        Browser().open(f"{lms.base}/launch?user=3&link=1")
        code, out, _ = lti("test", "--at", tool.base)
        assert code == 0 and "class list of Neural Networks: 4 people" in out
        assert "connected: Neural Networks (2)" in lti("list")[1]
        enrol(course, [Student("x", "Lovelace", "Ada")])
        out = lti("roster", 1)[1]
        assert "2 learners; 0 were linked" in out and "--link" in out and "--enrol" in out
        assert "1 were linked" in lti("roster", 1, "--link")[1]
        out = lti("roster", 1, "--enrol")[1]
        assert "linked" in out and "new" in out and "2 learners; 1 were linked now" in out
        assert "s12" in run("roster", "list", "--course", course.root)[1]
        assert "is not connected any more" in lti("connect", 1, "--undo")[1]
        for launch in tool.launches:
            people.recognise(engine, launch, [], tool.now())
    enrol(course, [Student("ada")])
    assert "Ada Lovelace" in lti("people")[1]
    number = next(each.id for each in people.every(engine) if each.subject == "3")
    assert "Ada Lovelace is ada now" in lti("link", number, "ada")[1]
    assert "is nobody now" in lti("link", number, "--undo")[1]
    assert "did you mean 'ada'" in lti("link", 2, "adda")[2]
    assert lti("link", 2)[0] == 2
    assert lti("roster", 1)[0] == 1
    engine.dispose()
