"""Files as the platforms export them, written by what is known of their formats alone."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

NOON = (2026, 10, 2, 12, 0, 0)


def write_zip(
    path: Path, files: Mapping[str, str | bytes], times: Mapping[str, tuple[int, ...]] | None = None
) -> Path:
    """A zip of these files; entries without a time carry one and the same noon."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, (times or {}).get(name, NOON))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return path


def unpack(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return folder


def canvas_name(sortable: str, user: str, attachment: int, file: str, late: bool = False) -> str:
    """The name that Canvas gives an attachment, after its own code in Ruby."""
    name = re.sub(r"_(\d+)_", r"\1", sortable).lower()
    joined = "_".join([name, *(["LATE"] if late else []), user])
    # Ruby's [[:word:]]: letters, marks, decimal digits and connecting punctuation.
    kept = "".join(
        c
        for c in joined
        if unicodedata.category(c)[0] in "LM" or unicodedata.category(c) in ("Nd", "Pc")
    )
    display = re.sub(r'[\x00/\\:*?"<>|]+', "_", file)
    return f"{kept}_{attachment}_{display}"


def moodle_folder(full_name: str, participant: int) -> str:
    """The folder that Moodle makes for a person."""
    name = re.sub(r"[&<>\"`|':\\/\x00-\x1f\x7f]", "", full_name.replace("_", " "))
    return f"{name}_{participant}_assignsubmission_file"


def gradescope_listing(
    submissions: Mapping[str, tuple[Iterable[tuple[str, str, str]], str]],
) -> str:
    """submission_metadata.yml: folder → people (name, sid, e-mail) and the time."""
    lines = ["---"]
    for folder, (people, created) in submissions.items():
        lines += [f"{folder}:", "  :submitters:"]
        for name, sid, email in people:
            lines += [f"  - :name: {name}", f"    :sid: '{sid}'", f"    :email: {email}"]
        lines += [f"  :created_at: {created}", "  :score: 0.0", "  :status: processed"]
    return "\n".join(lines) + "\n"


def blackboard_files(
    item: str, login: str, name: str, time: str, file: str, content: str
) -> dict[str, str]:
    """An attempt in Blackboard's flat archive: the file, and the text about it."""
    stem = f"{item}_{login}_attempt_{time}"
    about = (
        f"Name: {name} ({login})\nAssignment: {item}\nDate Submitted: Friday, 2 October 2026\n"
        f"Current Grade: Needs Grading\n\nFiles:\n\tOriginal filename: {file}\n"
    )
    return {f"{stem}_{file}": content, f"{stem}.txt": about}


def brightspace_folder(name: str, time: str, number: int = 1) -> str:
    """A submission's folder in Brightspace's archive."""
    return f"{39786 + number}-{640693 + number} - {name} - {time}"


def ilias_folder(last: str, first: str, login: str, number: int) -> str:
    """A person's folder in ILIAS's archive, in ASCII."""
    for letter, ascii_ in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        last, first = last.replace(letter, ascii_), first.replace(letter, ascii_)
    return f"{last}_{first}_{login}_{number}"
