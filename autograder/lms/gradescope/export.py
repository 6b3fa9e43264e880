"""Gradescope's format out of the gradebook: a results.json for each student, in one zip.

Apart from `gradescope`, which also runs in Gradescope's container, where there is no gradebook.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence

from autograder.lms.exporter import Export, WeekGrades, one_week, people
from autograder.lms.gradescope.results_json import Handed, results


def export(weeks: Sequence[WeekGrades]) -> Export:
    """Write a zip with a results.json for each student, for programs that read that format."""
    week = one_week(weeks, "gradescope")
    graded = [total for total in week.totals if total.points is not None]
    unknown = [total.student for total in graded if total.student not in week.reports]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for total in graded:
            if report := week.reports.get(total.student):
                # The gradebook's points: what a person gave and what lateness took are in them.
                written = results(report, Handed(), {}) | {"score": total.points}
                text = json.dumps(written, indent=1, allow_nan=False)
                archive.writestr(f"{total.student}/results.json", text)
    return Export(
        {f"gradescope-{week.week}-results.zip": packed.getvalue()},
        (
            f"{len(graded) - len(unknown)} results in the zip.",
            "Gradescope itself takes grades from its own run alone: autograder gradescope-zip.",
        ),
        (f"Graded by other means, so left out: {people(unknown)}.",) if unknown else (),
    )
