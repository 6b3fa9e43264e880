"""Does Brightspace get its own export back with one column filled, and its closing column?"""

from __future__ import annotations

import pytest

from autograder.errors import CourseError
from autograder.lms import brightspace
from tests.lms.filled_class import rows, student, week

ITEM = "Week 6 Points Grade <Numeric MaxPoints:50 Weight:10>"
EQUAL = ITEM.replace("50", "100")
OTHER = "Week 5 Points Grade <Numeric MaxPoints:100>"
D2L = f"OrgDefinedId,Username,Last Name,First Name,Email,{OTHER},{ITEM},End-of-Line Indicator\r\n"


def only(export):
    return next(iter(export.files.values()))


def test_does_brightspace_get_its_own_file_back(tmp_path):
    class_ = [student(0, 80.0), student(1, 33.3), student(2, None)]
    lines = [
        f'#{each.student},#login{n},"{each.last_name}",{each.first_name},,7,,#\r\n'
        for n, each in enumerate(class_)
    ]
    path = tmp_path / "grades.csv"
    path.write_bytes((D2L + "".join(lines)).encode("utf-8-sig"))
    made = brightspace.export([week(tmp_path, class_)], template=path, column="Week 6")
    expected = D2L + "".join(
        line.replace(",7,,#", f",7,{grade},#")
        for line, grade in zip(lines, ("40", "16.65", ""), strict=True)
    )
    assert only(made).decode("utf-8-sig") == expected
    assert "Rescaled" in " ".join(made.notes) and not made.problems


def test_is_a_missing_closing_column_said(tmp_path):
    path = tmp_path / "grades.csv"
    path.write_text(f"Username,{EQUAL}\ns0000,\n")
    made = brightspace.export([week(tmp_path, [student(0)])], template=path)
    assert "End-of-Line" in made.problems[0]


def test_is_a_short_row_refused(tmp_path):
    path = tmp_path / "grades.csv"
    path.write_text(f"Username,{EQUAL},End-of-Line Indicator\ns0000\n")
    with pytest.raises(CourseError, match="1 cells, expected 3"):
        brightspace.export([week(tmp_path, [student(0)])], template=path)


def test_is_a_student_found_by_either_key_without_its_mark(tmp_path):
    path = tmp_path / "grades.csv"
    path.write_text(f"OrgDefinedId,{EQUAL},End-of-Line Indicator\n#s0000,,#\ns0001,,#\n")
    class_ = [student(0, 80.0), student(1, 60.0)]
    made = brightspace.export([week(tmp_path, class_)], template=path)
    assert [row[1] for row in rows(only(made))[1:]] == ["80", "60"] and not made.problems


@pytest.mark.parametrize("header", ["Last Name,First Name", "Email,Week 6"])
def test_is_a_file_without_a_key_refused_with_the_next_step(tmp_path, header):
    path = tmp_path / "grades.csv"
    path.write_text(f"{header}\nx,y\n")
    with pytest.raises(CourseError, match="OrgDefinedId or Username.*Next: export"):
        brightspace.export([week(tmp_path, [student(0)])], template=path)


FRENCH = (
    "Id. organisation,Nom d'utilisateur,Nom,Prénom,Courriel,"
    "Semaine 5 Note en points <Numérique Points max. :100 Poids:10>,"
    "Week 6 Note en points <Numérique Points max. :100 Poids:10>,"
    "Week 6 Remarque <Texte>,Indicateur de fin de ligne\r\n"
)


def test_are_columns_in_another_language_found_by_place_and_content(tmp_path):
    class_ = [student(0, 80.0), student(1, 33.3), student(2, 50.0)]
    path = tmp_path / "grades.csv"
    names = [f'"{each.last_name}",{each.first_name}' for each in class_]
    people = [
        "#s0000,#ada," + names[0] + ",",
        "#x,#jo,X,Y,s0001@uni.example",
        ",," + names[2] + ",",
    ]
    path.write_text(FRENCH + "".join(f'{each},"7,5",,good,#\r\n' for each in people))
    made = brightspace.export([week(tmp_path, class_)], template=path)
    assert [row[6] for row in rows(only(made))[1:]] == ["80", "33.3", "50"] and not made.problems
    filled = brightspace.export([week(tmp_path, class_)], template=path, column="Semaine 5")
    assert [row[5] for row in rows(only(filled))[1:]] == ["80", "33,3", "50"]


def test_is_a_column_in_another_language_asked_for_where_it_may_be_another(tmp_path):
    """Weighted points stand in a column of their own, whose name is not known either."""
    path = tmp_path / "grades.csv"
    both = FRENCH.replace("Semaine 5 Note en points", "Week 6 Note pondérée")
    for header in (
        both,
        FRENCH.replace("Semaine 5 Note en points <Numérique Points max. :100", "A <"),
    ):
        path.write_text(header + "#s0000,#ada,L,A,,,,,#\r\n")
        with pytest.raises(CourseError, match="Next: name it with --column"):
            brightspace.export([week(tmp_path, [student(0)])], template=path)
    titled = "Week 6 Note en points"
    path.write_text(both + "#s0000,#ada,L,A,,,,,#\r\n")
    made = brightspace.export([week(tmp_path, [student(0)])], template=path, column=titled)
    assert rows(only(made))[1][6] == "80"
