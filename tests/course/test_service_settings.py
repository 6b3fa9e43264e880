"""Is what course.toml says of the service read, and everything else there refused by name?"""

from __future__ import annotations

import pytest

from autograder.course.service_settings import ServiceSettings
from autograder.course.settings import FILE, read_settings
from autograder.errors import CourseError


def read(tmp_path, text):
    (tmp_path / FILE).write_text(f'title = "T"\n[service]\n{text}\n')
    return read_settings(tmp_path).service


def test_is_there_a_service_of_usual_settings_without_the_section(tmp_path):
    assert read_settings(tmp_path).service == ServiceSettings()


def test_is_every_setting_read(tmp_path):
    found = read(
        tmp_path,
        'address = "https://nn.example.edu/"\nnew_students = true\ngrades = "so far"\n'
        "attempts = 10\nuploads_per_hour = 5\nlargest_mb = 3\nlongest_wait_minutes = 90",
    )
    assert found == ServiceSettings("https://nn.example.edu", True, "so far", 10, 5, 3, 90)
    assert found.largest_bytes == 3 * 2**20


@pytest.mark.parametrize("address", ["http://localhost:8000", "http://127.0.0.1:8000"])
def test_may_a_service_be_tried_on_this_machine_without_a_certificate(tmp_path, address):
    assert read(tmp_path, f'address = "{address}"').address == address


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('address = "http://nn.example.edu"', "https://nn.example.edu"),
        ('address = "nn.example.edu"', "https://nn.example.edu"),
        ('address = "https://nn.example.edu?x=1"', "https://nn.example.edu"),
        ("address = 8000", "https://nn.example.edu"),
        ('new_students = "yes"', "true or false"),
        ('grades = "all"', '"final" or "so far"'),
        ("attempts = -1", "a number of uploads"),
        ("attempts = true", "a number of uploads"),
        ("uploads_per_hour = 0", "from 1 to 1000"),
        ("largest_mb = 500", "from 1 to 20"),
        ("longest_wait_minutes = 1.5", "from 1 to 1440"),
        ("port = 80", "one of address, new_students"),
    ],
)
def test_is_a_line_that_cannot_be_used_named(tmp_path, line, expected):
    with pytest.raises(CourseError) as error:
        read(tmp_path, line)
    assert expected in str(error.value)
    assert f"line 3: service.{line.split()[0]} is " in str(error.value)


def test_is_a_service_that_is_no_section_refused(tmp_path):
    (tmp_path / FILE).write_text('service = "on"\n')
    with pytest.raises(CourseError, match=r"a section \[service\]"):
        read_settings(tmp_path)
