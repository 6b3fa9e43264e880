"""Which column of a class list is what, by its titles: a list made by hand, or an LMS's file.

Titles are compared without case, spaces and punctuation. A title that is nearly one of ours is an
error: read over, it would lose everybody's name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from autograder.output.did_you_mean import nearest
from autograder.output.text import fold

ID, LAST, FIRST, EMAIL, LMS_ID, NAME = (
    "id",
    "last_name",
    "first_name",
    "email",
    "lms_user_id",
    "name",
)
MARKED = frozenset({"orgdefinedid", "username"})
"""Brightspace writes `#` before what stands in these, so that spreadsheets keep it as text."""

_SPELLINGS = {
    ID: """id student studentid studentnumber idnumber username login loginid netid uniqueid sid
        orgdefinedid sisuserid sisloginid matriculationnumber matrikelnummer benutzername
        kennung""",
    LAST: """lastname last lname surname familyname familienname nachname nom
        nomdefamille apellido apellidos
        cognome achternaam sobrenome apelido efternamn efternavn etternavn sukunimi nazwisko
        příjmení фамилия soyadı 姓 姓氏""",
    FIRST: """firstname first fname givenname givennames forename vorname prénom nombre
        nome voornaam förnamn         fornavn etunimi imię jméno křestníjméno имя adı 名 名字""",
    EMAIL: """email mail emailaddress emailadresse mailadresse adressedecourriel adresseemail
        courriel direccióndecorreo correo correoelectrónico indirizzoemail emailadres
        endereçodeemail epost epostadress epostadresse sähköposti adresemail emailováadresa
        адресэлектроннойпочты
        epostaadresi email地址 电子邮件地址 メールアドレス""",
    LMS_ID: "lmsuserid lmsid canvasid canvasuserid",
    NAME: "name fullname studentname displayname sortablename vollständigername 姓名 全名",
}
_MEANING = {
    fold(title): meaning for meaning, titles in _SPELLINGS.items() for title in titles.split()
}
_NEARLY = 0.8
# Where no name was found, a title that is less similar is asked about too.
_PERHAPS_A_NAME = 0.7
_OTHER_NAMES = re.compile(
    r"(?:group|team|course|section|class|program|department|school|file|middle|nick|preferred)name"
)
_SHORTEST = 4
"""Letters of a title that may be a slip; shorter ones are too similar to others."""


@dataclass(frozen=True)
class Columns:
    """The numbers of the columns that are read.

    Attributes:
        ids: those that can be the id; the first in which every student has one is taken.
        places: of the other fields, by name.
        marked: of `ids`, those in which Brightspace writes `#` before each id.
        canvas: whether it is Canvas's gradebook, which has rows that are no students.
        role: the number of the column with the role in the course; -1 if there is none.
    """

    ids: tuple[int, ...]
    places: dict[str, int] = field(default_factory=dict)
    marked: frozenset[int] = frozenset()
    canvas: bool = False
    role: int = -1


def columns(header: Sequence[str]) -> Columns:
    """The columns of a class list.

    Raises:
        ValueError: with what is wrong with the titles, as the end of a sentence.
    """
    keys = [_key(title) for title in header]
    if keys[:2] == ["student", "id"] and {"section", "sisloginid", "sisuserid"} & set(keys):
        return _of_canvas(keys, {NAME: 0})
    if keys[:3] == ["lastname", "firstname", "id"] and "section" in keys:
        return _of_canvas(keys, {LAST: 0, FIRST: 1})
    found = _by_meaning(header, keys)
    ids = found.pop(ID, [])
    for meaning, numbers in found.items():
        if len(numbers) > 1:
            titles = " and ".join(repr(header[number]) for number in numbers)
            raise ValueError(f"{titles} are both read as {meaning}; leave one of them out")
    places = {meaning: numbers[0] for meaning, numbers in found.items()}
    if NAME in places and FIRST in places and LAST not in places:
        places[LAST] = places.pop(NAME)
    marked = frozenset(n for n in ids if keys[n] in MARKED)
    role = next((place for place, key in enumerate(keys) if key in ("role", "roles")), -1)
    return Columns(_choose_ids(header, keys, ids, places), places, marked, role=role)


def _of_canvas(keys: Sequence[str], places: dict[str, int]) -> Columns:
    number = keys.index("id")
    ids = [keys.index(key) for key in ("sisloginid", "sisuserid") if key in keys]
    return Columns((*ids, number), {**places, LMS_ID: number}, canvas=True)


def _by_meaning(header: Sequence[str], keys: Sequence[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, key in enumerate(keys):
        if meaning := _MEANING.get(key):
            found.setdefault(meaning, []).append(place)
    for place, key in enumerate(keys):
        if key in _MEANING or len(key) < _SHORTEST:
            continue
        for like in nearest(key, _MEANING, 1, _NEARLY):
            if _MEANING[like] not in found:
                raise ValueError(
                    f"the title {header[place]!r} is unknown and similar to {_MEANING[like]}; "
                    f"call the column {_MEANING[like]}, or something else if it is another thing"
                )
    if not {NAME, LAST, FIRST} & set(found):
        _refuse_lost_names(header, keys)
    return found


def _refuse_lost_names(header: Sequence[str], keys: Sequence[str]) -> None:
    """Refuse a list without names if one of its columns may hold them."""
    names = [key for key, meaning in _MEANING.items() if meaning in (NAME, LAST, FIRST)]
    for title, key in zip(header, keys, strict=True):
        if key in _MEANING or _OTHER_NAMES.fullmatch(key):
            continue
        if "name" in key or (len(key) > 2 and nearest(key, names, 1, _PERHAPS_A_NAME)):
            raise ValueError(
                f"no column is read as a name, and {title!r} may be one; call it name, or "
                "last_name and first_name, or something else if it is another thing"
            )


def _choose_ids(
    header: Sequence[str], keys: Sequence[str], ids: list[int], places: dict[str, int]
) -> tuple[int, ...]:
    """The column of the ids, or those of an LMS's own file in the order of preference."""
    exact = [place for place in ids if keys[place] == ID]
    if len(exact) == 1:
        student = [place for place in ids if keys[place] == "student"]
        if student and not {NAME, LAST, FIRST} & set(places):
            places[NAME] = student[0]
        return tuple(exact)
    if len(ids) == 1:
        return tuple(ids)
    if "username" in keys and _is_grade_file(header, keys):
        return (keys.index("username"),)
    if ids:
        titles = " and ".join(repr(header[place]) for place in ids)
        raise ValueError(
            f"{titles} can both be the id; call the one id that names folders and accounts"
        )
    if {LAST, FIRST, EMAIL} <= set(places) and places[FIRST] < places[LAST]:
        # Moodle's participants: first name, last name, e-mail address, and groups.
        return (places[EMAIL],)
    raise ValueError(
        f"no column is called id; expected id,last_name,first_name,email, "
        f"received {','.join(header)!r}. Next: call the column id that names accounts; it may be "
        "the e-mail address"
    )


def _is_grade_file(header: Sequence[str], keys: Sequence[str]) -> bool:
    """Whether it is a grade file of Brightspace or Blackboard, where the username is the key."""
    return "endoflineindicator" in keys or any(re.search(r"\|\s*_?\d+", each) for each in header)


def _key(title: str) -> str:
    return re.sub(r"[\W_]", "", fold(title))
