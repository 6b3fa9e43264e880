"""Every row of every table of a gradebook, on any database, without the ids that chance decides."""

from __future__ import annotations

from typing import Any

from nbgrader.api import Base
from sqlalchemy import create_engine, select, text

# What says which row it is, where the id does not.
KEYS = {
    "assignment": ("name",),
    "notebook": ("assignment_id", "name"),
    "base_cell": ("notebook_id", "type", "name"),
    "source_cell": ("notebook_id", "name"),
    "submitted_assignment": ("assignment_id", "student_id"),
    "submitted_notebook": ("assignment_id", "notebook_id"),
    "grade": ("notebook_id", "cell_id"),
    "comment": ("notebook_id", "cell_id"),
}


def every_row(db_url: str) -> dict[str, dict[str, dict[str, Any]]]:
    """Rows by table and by what names them, a random id replaced by the name of its row."""
    names: dict[str, str] = {}
    found: dict[str, dict[str, dict[str, Any]]] = {}
    engine = create_engine(db_url)
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            rows = found[table.name] = {}
            for row in connection.execute(select(table)).mappings():
                own = row["id"] if table.name in KEYS else None
                kept = {
                    column: names.get(value, value) if isinstance(value, str) else value
                    for column, value in row.items()
                    if not (own and column == "id")
                }
                key = KEYS.get(table.name, ("id",))
                name = " / ".join(str(kept[column]) for column in key)
                assert name not in rows, f"two rows of {table.name} are {name}"
                rows[name] = kept
                if own:
                    names[own] = name
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        found["alembic_version"] = {"version": {"number": version}}
    engine.dispose()
    return found
