"""Does `course.toml` say what a course is like, and is nothing in it silently without effect?"""

from __future__ import annotations

import re
import zoneinfo
from datetime import UTC, datetime
from pathlib import Path

import pytest
from traitlets.config import Config

from autograder.course import directory
from autograder.course.settings import EXAMPLE, FILE, Settings, configure, read_settings
from autograder.errors import CourseError

UNCOMMENTED = re.sub(r"^# (?=[a-z_]+\d* = |\[)", "", EXAMPLE, flags=re.MULTILINE)


def written(folder: Path, text: str) -> Path:
    (folder / FILE).write_text(text, encoding="utf-8")
    return folder


def test_has_a_course_without_the_file_the_usual_settings(tmp_path):
    assert read_settings(tmp_path) == Settings()


def test_does_the_example_change_nothing_until_a_line_is_uncommented(tmp_path):
    assert read_settings(written(tmp_path, EXAMPLE)) == Settings()


def test_does_every_example_work_once_it_is_uncommented(tmp_path):
    found = read_settings(written(tmp_path, UNCOMMENTED))
    assert found.title == "Neural Networks from Scratch"
    assert found.weeks == ("week01", "week02", "week06")
    assert (found.language, found.not_as_asked, found.late) == ("en", 0.67, "zero")
    assert found.package_url == "https://example.edu/nn_course_check.whl"
    # Summer time ends between the two.
    assert found.due["week01"] == datetime(2026, 10, 22, 21, 59, tzinfo=UTC)
    assert found.due["week02"] == datetime(2026, 10, 29, 22, 59, tzinfo=UTC)
    assert found.drop == {"week06": ("relu_backward",)}
    assert found.full_credit == {"week06": ("tanh_backward",)}
    assert found.counts("week06") and not found.counts("week07")
    assert found.counted(["week01_a", "week06_b", "week07_c"]) == ["week01_a", "week06_b"]
    assert Settings(weeks=("week02", "week01")).counted(["week01_a", "week02_b"]) == [
        "week02_b",
        "week01_a",
    ]
    # Every key is in the example, so that an instructor finds it.
    assert all(f"{name} = " in EXAMPLE or f"[{name}]" in EXAMPLE for name in vars(found))


def test_needs_a_time_with_its_offset_no_time_zone(tmp_path):
    found = read_settings(written(tmp_path, "[due]\nweek06 = 2026-11-12T23:59:00+01:00"))
    assert found.due["week06"] == datetime(2026, 11, 12, 22, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("\ntitel = 'x'", 2, "there is no setting 'titel'; did you mean 'title'?"),
        ("x = 1", 1, "Expected: the keys are title, weeks, language"),
        ("drop = ['relu']", 1, 'expected a line for each week, such as week06 = ["relu_back'),
        ("[drop]\nweek06 = 'relu'", 2, "drop.week06 is 'relu'; expected a line for each week"),
        ("[full_credit]\nsix = ['relu']", 2, "expected a week's name before the ="),
        ("title = 7", 1, "title is 7; expected some words in quotes"),
        ("title = ' '", 1, "title is ' '; expected some words"),
        ("weeks = 'week01'", 1, "weeks is 'week01'; expected week names in their order"),
        ("weeks = ['week01', 'week01']", 1, "each once"),
        ("weeks = ['6']", 1, "'6'; expected week names"),
        ("weeks = ['week99']", 1, "'week99'; expected a week of this course"),
        ("\n\nlanguage = 'deutsch'", 3, "language is 'deutsch'; expected a language tag"),
        ("not_as_asked = 67", 1, "not_as_asked is 67; expected a number from 0 to 1"),
        ("not_as_asked = true", 1, "expected a number from 0 to 1"),
        ("not_as_asked = nan", 1, "expected a number from 0 to 1"),
        ("timezone = 'Europe/Berln'", 1, "did you mean 'Europe/Berlin'"),
        ("timezone = 1", 1, "expected a time zone"),
        ("timezone = '../etc/passwd'", 1, "expected a time zone"),
        ("late = 'half'", 1, """late is 'half'; expected "none" """),
        ("late = [1]", 1, "late is [1]; expected"),
        ("package_url = 'http://a.edu/b.whl'", 1, 'expected an address such as "https://exam'),
        ("package_url = 7", 1, "package_url is 7; expected an address"),
        ("due = 2026-11-12", 1, "expected a section [due]"),
        ("[due]\n6 = 2026-11-12T23:59:00", 2, "due.6 is '6'; expected a week's name"),
        ("[due]\nweek99 = 2026-11-12T23:59:00", 2, "expected the name of a week"),
        (
            "title = 'x'\n[due]\nweek06 = 2026-11-12",
            3,
            "due.week06 is '2026-11-12'; expected a day",
        ),
        ("[due]\nweek06 = 'Friday'", 2, "due.week06 is 'Friday'; expected a day and a time"),
        ("[due]\nweek06 = 2026-11-12T23:59:00", 2, "but in no time zone; add a line such as"),
        ("weeks = ['week01']\n[due]\nweek02 = 2026-11-12T23:59:00Z", 3, "not among the weeks"),
        ("[late]\npolicy = 'zero'", 1, "late is {'policy': 'zero'}; expected"),
    ],
    ids=lambda given: given[:20] if isinstance(given, str) else "",
)
def test_is_what_cannot_be_used_refused_with_its_line(text, line, words, tmp_path):
    with pytest.raises(CourseError) as refused:
        read_settings(written(tmp_path, text))
    assert f"{FILE}, line {line}: " in str(refused.value) and words in str(refused.value)


@pytest.mark.parametrize("content", [b"title = ", b"title = '\xff'", b"title = 'a'\ntitle = 'b'"])
def test_is_a_file_that_is_not_toml_refused_in_a_sentence(content, tmp_path):
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(CourseError, match=rf"{FILE} cannot be read: .+"):
        read_settings(tmp_path)


def test_is_a_machine_without_time_zones_told_what_to_install(tmp_path, monkeypatch):
    def none_here(name):
        raise zoneinfo.ZoneInfoNotFoundError(name)

    monkeypatch.setattr(zoneinfo, "ZoneInfo", none_here)
    monkeypatch.setattr(zoneinfo, "available_timezones", set)
    with pytest.raises(CourseError, match="this machine knows none; or run `pip install tzdata`"):
        read_settings(written(tmp_path, "timezone = 'Europe/Berlin'"))


def test_may_an_editor_begin_the_file_with_a_byte_order_mark(tmp_path):
    (tmp_path / FILE).write_bytes(b"\xef\xbb\xbftitle = 'x'")
    assert read_settings(tmp_path).title == "x"


def test_is_nbgrader_told_what_its_own_commands_need(tmp_path):
    config = Config()
    configure(config, written(tmp_path, "late = 'zero'\nlanguage = 'de'"))
    assert config.LateSubmissionPlugin.penalty_method == "zero"
    assert config.HTMLExporter.language_code == "de"
    untouched = Config()
    configure(untouched, written(tmp_path, ""))
    assert not untouched


def test_does_a_new_course_have_the_file_and_do_its_settings_hold(tmp_path):
    root = directory.init(tmp_path / "nn").root
    assert (root / FILE).read_text(encoding="utf-8") == EXAMPLE
    written(root, "title = 'Netze'\nlate = 'zero'")
    opened = directory.load(root)
    assert opened.settings.title == "Netze"
    assert opened.config.LateSubmissionPlugin.penalty_method == "zero"
    # As nbgrader reads it, without us.
    from traitlets.config import PyFileConfigLoader

    config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    assert config.LateSubmissionPlugin.penalty_method == "zero"


def test_does_nbgrader_share_what_a_shared_course_holds(tmp_path):
    for mode, shared in ((0o2770, True), (0o700, False), (0o2750, False)):
        tmp_path.chmod(mode)
        config = Config()
        configure(config, tmp_path)
        assert bool(config.CourseDirectory.get("groupshared")) == shared
