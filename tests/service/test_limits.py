"""Is one student's load bounded, and is everybody told honestly when to come again?"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from autograder.course.service_settings import ServiceSettings
from autograder.course.settings import Settings
from autograder.service import limits, queue, waits
from tests.service.conftest import STEM


def made(engine, tmp_path, **service):
    settings = Settings(service=ServiceSettings(**service))
    return limits.Limits(engine, tmp_path, lambda: settings)


def test_may_a_student_upload_so_often_an_hour_and_others_meanwhile(engine, tmp_path):
    found = made(engine, tmp_path, uploads_per_hour=3)
    for _ in range(3):
        found.take_upload("ada")
    with pytest.raises(limits.TooMany, match="try again in 1 hour|60 minutes") as error:
        found.take_upload("ada")
    assert error.value.reason == "uploads-per-hour"
    assert 3500 < error.value.after <= 3600
    found.take_upload("bob")


def test_are_the_attempts_of_a_week_counted(engine, tmp_path):
    assert made(engine, tmp_path).attempts_left("ada", STEM) is None
    found = made(engine, tmp_path, attempts=2)
    queue.accept(engine, "ada", STEM, b"{}", "page")
    assert found.attempts_left("ada", STEM) == 1
    queue.accept(engine, "ada", STEM, b"{}", "token")
    queue.accept(engine, "ada", STEM, b"{}", "page")
    assert found.attempts_left("ada", STEM) == 0
    assert found.attempts_left("ada", "week01_perceptron") == 2


def test_is_an_upload_refused_while_too_many_wait(engine, tmp_path):
    found = made(engine, tmp_path, longest_wait_minutes=1)
    for number in range(30):
        queue.accept(engine, f"s{number}", STEM, b"{}", "page")
    found.refuse_when_full()
    for number in range(20):
        queue.accept(engine, f"t{number}", STEM, b"{}", "page")
    with pytest.raises(limits.TooMany, match="It was not taken") as error:
        found.take_upload("ada")
    assert error.value.reason == "queue-full"
    assert error.value.after == pytest.approx(50 * waits.USUAL_SECONDS - 60, abs=3)


def test_is_an_upload_refused_while_the_disk_is_full(engine, tmp_path, monkeypatch):
    full = SimpleNamespace(free=limits.LEAST_FREE - 1)
    monkeypatch.setattr(limits.shutil, "disk_usage", lambda _: full)
    with pytest.raises(limits.TooMany, match="disk is nearly full"):
        made(engine, tmp_path).take_upload("ada")


def test_does_a_class_behind_one_address_get_in_and_a_flood_not(engine, tmp_path):
    found = made(engine, tmp_path)
    for _ in range(limits.LOGINS_A_MINUTE):
        found.take_login("192.0.2.1")
    with pytest.raises(limits.TooMany, match="wait a minute"):
        found.take_login("192.0.2.1")


def test_are_guesses_of_a_token_bounded_by_address(engine, tmp_path):
    found = made(engine, tmp_path)
    for _ in range(limits.TOKEN_TRIES_A_MINUTE):
        found.take_token_try("192.0.2.1")
    with pytest.raises(limits.TooMany):
        found.take_token_try("192.0.2.1")
    found.take_token_try("192.0.2.2")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "1 second"), (1.2, "2 seconds"), (90, "90 seconds"), (91, "2 minutes"), (7000, "2 hours")],
)
def test_is_a_time_never_told_shorter_than_it_is(seconds, words):
    assert limits.spoken(seconds) == words
