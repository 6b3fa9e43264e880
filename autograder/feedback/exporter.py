"""nbgrader's feedback pages with a content policy, each one written whole or not at all.

Imported only when pages are written, since nbgrader and nbconvert take a second to load.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.highlight import Highlight2HTML
from nbgrader.converters import GenerateFeedback
from nbgrader.nbgraderformat import SchemaTooNewError, SchemaTooOldError
from sqlalchemy.exc import SQLAlchemyError
from traitlets import default

from autograder.feedback.pages import READABLE, with_policy
from autograder.feedback.sanitize import plain_text, renders_quickly
from autograder.output.files import write_whole

# What concerns every page, and so is no page's own failure.
_COMMON = (OSError, SQLAlchemyError, SchemaTooOldError, SchemaTooNewError)


class PageExporter(HTMLExporter):  # type: ignore[misc]
    """A notebook as a page with the policy in its head; it renders in linear time."""

    def default_filters(self) -> Any:
        yield from super().default_filters()
        # nbconvert looks for links to its own folder `files`, one bracket after the other.
        yield "strip_files_prefix", _unchanged

    @default("filters")  # type: ignore[untyped-decorator]
    def _bounded_filters(self) -> dict[str, Any]:
        return {"highlight_code": _Highlight(parent=self)}

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """Markdown as HTML; as plain text where it would take long or the renderer fails."""
        plain = plain_text(source)
        if plain is None and renders_quickly(source):
            try:
                return str(super().markdown2html(context, source))
            except Exception:
                # Such as a picture that is not attached, or text that is nested too deeply.
                return _as_text(source)
        return _as_text(source if plain is None else plain)

    def from_notebook_node(
        self, nb: Any, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page, in which browsers may run MathJax only, should markup ever get through."""
        page, resources = super().from_notebook_node(nb, resources, **kw)
        return with_policy(page), resources


class _Highlight(Highlight2HTML):  # type: ignore[misc]
    """Colours code, unless it is long or holds runs that a lexer goes through again and again."""

    def __call__(self, source: str, language: str | None = None, metadata: Any = None) -> str:
        if renders_quickly(source):
            return str(super().__call__(source, language))
        return f'<div class="highlight">{_as_text(source)}</div>'


def _unchanged(text: str) -> str:
    return text


def _as_text(source: str) -> str:
    return f"<pre>{escape(source)}</pre>"


class WritePages(GenerateFeedback):  # type: ignore[misc]
    """nbgrader's step; a page that cannot be made costs no other page.

    Args:
        failed: receives the reason why there is no page, by student.
    """

    def __init__(self, failed: dict[str, str], **given: Any) -> None:
        super().__init__(**given)
        self.exporter_class = PageExporter
        self._failed = failed

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Copy nothing that was handed in beside the notebook: it would have no policy."""

    def convert_single_notebook(self, notebook_filename: str) -> None:
        student = Path(notebook_filename).parents[1].name
        try:
            super().convert_single_notebook(notebook_filename)
        except _COMMON:
            raise
        except Exception as error:
            self._failed[student] = f"{type(error).__name__}: {error}"

    def write_single_notebook(self, output: str, resources: Any) -> None:
        names = resources["nbgrader"]
        folder = Path(self._format_dest(names["assignment"], names["student"]))
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / f"{resources['unique_key']}.html", output.encode(), READABLE)
