"""Export the gradebook in Gradescope's format: a zip with a results.json for each student.

Separate from `results_json`, which also runs in Gradescope's container, without a gradebook.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence

from autograder.lms.exporter import Export, WeekGrades, one_week, people
from autograder.lms.gradescope.results_json import Metadata, results


def export(weeks: Sequence[WeekGrades]) -> Export:
    """Write a zip with a results.json for each student, for programs that read this format."""
    week = one_week(weeks, "gradescope")
    graded = [total for total in week.totals if total.points is not None]
    unknown = [total.student for total in graded if total.student not in week.reports]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for total in graded:
            if report := week.reports.get(total.student):
                # The gradebook's points, which include manual grades and late penalties.
                written = results(report, Metadata(), {}) | {"score": total.points}
                text = json.dumps(written, indent=1, allow_nan=False)
                archive.writestr(f"{total.student}/results.json", text)
    return Export(
        {f"gradescope-{week.week}-results.zip": packed.getvalue()},
        (
            f"{len(graded) - len(unknown)} results in the zip.",
            "Gradescope accepts only grades of its own autograder: see autograder gradescope-zip.",
        ),
        (f"Left out, since autograder did not grade them: {people(unknown)}.",) if unknown else (),
    )
