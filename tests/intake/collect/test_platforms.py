"""Is what a platform writes into file names and listings taken apart as it was put together?"""

from __future__ import annotations

import re

from hypothesis import assume, given
from hypothesis import strategies as st

from autograder.course.people import squeeze
from autograder.intake.collect import archives
from autograder.intake.collect.sources import attempts
from tests.course.test_people import NAMES
from tests.intake.exports import canvas_name, write_zip


@given(NAMES, st.integers(1, 10**9), st.integers(1, 10**9), st.booleans(), NAMES)
def test_is_every_canvas_name_taken_apart(tmp_path_factory, name, user, attachment, late, title):
    assume(squeeze(name) and not title.startswith((".", "/")) and "\\" not in title)
    # Nobody can tell a number at the end of such a name from the one that Canvas writes after it.
    assume(not re.search(r"_\d+$", "".join(c for c in name if c == "_" or squeeze(c))))
    file = canvas_name(name, str(user), attachment, f"{title}.ipynb", late)
    assume(len(file.encode()) < 200)
    path = write_zip(tmp_path_factory.mktemp("canvas") / "a.zip", {file: "{}"})
    with archives.entries(path) as entries:
        kind, (found,) = attempts(entries, "week99_bends", "week99")
    (person,) = found.people
    assert (kind, found.account, found.late, found.order) == ("canvas", str(user), late, attachment)
    assert squeeze(person.names[0]) == squeeze(name.lower())
