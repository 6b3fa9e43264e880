"""The service's own tables, beside those of `autograder.lms.lti.tables`.

Whatever is about one student has a column `student` with the id: `autograder forget` deletes such
rows, and `autograder export-data` hands them over.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from autograder.lms.lti.tables import METADATA, UtcTime

# The queue and the history of attempts: a row is made when an upload is accepted, and stays.
UPLOADS = Table(
    "service_uploads",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("student", String(255), nullable=False),
    # nbgrader's name of the week, such as week06_backpropagation.
    Column("assignment", String(100), nullable=False),
    # "page", "token", or "regrade": what is handed in already is run again.
    Column("came_by", String(10), nullable=False),
    # Of a regrade: the one question that is judged again; empty for all.
    Column("question", String(255), nullable=False, default=""),
    Column("accepted", UtcTime, nullable=False),
    Column("digest", String(64), nullable=False, default=""),
    Column("size", Integer, nullable=False, default=0),
    # See `queue.State`.
    Column("state", String(10), nullable=False),
    # How often a worker has begun with it, and when the last one did.
    Column("tries", Integer, nullable=False, default=0),
    Column("taken", UtcTime),
    # Not to be taken before, after something failed that is not its fault.
    Column("due", UtcTime),
    Column("finished", UtcTime),
    # The share of the worker's time that it took, from which waits are estimated.
    Column("seconds", Float),
    Column("points", Float),
    Column("max_points", Float),
    # The report as JSON: verdicts by question, and what was found about the notebook.
    Column("report", Text),
    # Why it is not graded, or waits: a sentence.
    Column("problem", Text),
    Index("service_uploads_state", "state", "id"),
    Index("service_uploads_of", "student", "assignment", "id"),
    Index("service_uploads_taken", "taken"),
    # No number is given twice, also after `autograder forget`.
    sqlite_autoincrement=True,
)

# The files of uploads that are not graded yet; those of the others are in the course's submitted/.
FILES = Table(
    "service_files",
    METADATA,
    Column("upload", ForeignKey("service_uploads.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(255), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

# Who has come from which course of an LMS, and in which role there: grades go to students alone,
# and only into columns of a course that they are in.
MEMBERS = Table(
    "service_members",
    METADATA,
    Column("context", ForeignKey("lti_contexts.id", ondelete="CASCADE"), primary_key=True),
    Column("person", ForeignKey("lti_people.id", ondelete="CASCADE"), primary_key=True),
    # A value of `autograder.lms.lti.roles.Role`.
    Column("role", String(20), nullable=False),
    Column("seen", UtcTime, nullable=False),
)

# The outbox: for each column of an LMS's gradebook and each person, the grade that should stand
# there, and what was sent last.
SCORES = Table(
    "service_scores",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("line_item", ForeignKey("lti_line_items.id", ondelete="CASCADE"), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("student", String(255), nullable=False, index=True),
    Column("assignment", String(100), nullable=False),
    # What should stand there. Another grade or comment has a higher revision.
    Column("revision", Integer, nullable=False),
    Column("points", Float),
    Column("max_points", Float, nullable=False),
    Column("final", Boolean, nullable=False),
    Column("comment", Text, nullable=False, default=""),
    # Whether it is of a new attempt, or the grade of an earlier one has changed.
    Column("new_attempt", Boolean, nullable=False, default=True),
    # When the work was handed in.
    Column("submitted", UtcTime),
    # See `outbox.State`.
    Column("state", String(10), nullable=False, index=True),
    Column("due", UtcTime, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("problem", Text),
    # The last request: its timestamp and revision are stored before it is sent, so that after a
    # kill it is known what may have arrived.
    Column("sent_at", UtcTime),
    Column("sent_revision", Integer),
    # Whether no answer to it has come: it may have arrived or not.
    Column("unanswered", Boolean, nullable=False, default=False),
    Column("delivered_revision", Integer),
    UniqueConstraint("line_item", "subject"),
)

# Weeks whose grades an instructor holds back from the LMS.
HOLDS = Table(
    "service_holds",
    METADATA,
    Column("assignment", String(100), primary_key=True),
    Column("since", UtcTime, nullable=False),
    Column("by_person", Text, nullable=False),
)

# Personal tokens for `submit()`; only a hash is stored. Making a new one revokes the last.
TOKENS = Table(
    "service_tokens",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("student", String(255), nullable=False, index=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("made", UtcTime, nullable=False),
    Column("expires", UtcTime, nullable=False),
    Column("used", UtcTime),
    Column("revoked", UtcTime),
)

# A student asks for a question to be looked at again, in a sentence, and is answered there.
REGRADE_REQUESTS = Table(
    "service_regrade_requests",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("student", String(255), nullable=False, index=True),
    Column("assignment", String(100), nullable=False, index=True),
    Column("question", String(255), nullable=False, default=""),
    Column("sentence", Text, nullable=False),
    Column("asked", UtcTime, nullable=False),
    Column("answer", Text),
    Column("answered", UtcTime),
    Column("answered_by", Text),
)

# What instructors and assistants have done; rows are only ever added.
ACTIONS = Table(
    "service_actions",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("moment", UtcTime, nullable=False, index=True),
    # Who: a person of a platform, and the name that the platform gave.
    Column("platform", Integer),
    Column("subject", String(255), nullable=False),
    Column("name", Text, nullable=False, default=""),
    # Such as "extend", "grade by hand", "release grades".
    Column("action", String(40), nullable=False),
    Column("assignment", String(100), nullable=False, default=""),
    # Whom it is about; empty for a whole week.
    Column("student", String(255), nullable=False, default=""),
    Column("details", Text, nullable=False, default=""),
)

# How the points that a person gave an answer are made up, by item of the rubric. The grade itself
# is the gradebook's; this says nothing any more once that is another.
ITEM_POINTS = Table(
    "service_item_points",
    METADATA,
    Column("student", String(255), primary_key=True),
    Column("assignment", String(100), primary_key=True),
    Column("question", String(255), primary_key=True),
    # A list of numbers as JSON.
    Column("points", Text, nullable=False),
)

# Remarks that graders keep for the next student with the same problem.
COMMENT_BANK = Table(
    "service_comment_bank",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("assignment", String(100), nullable=False, index=True),
    Column("question", String(255), nullable=False),
    Column("text", Text, nullable=False),
    Column("by_person", Text, nullable=False, default=""),
    Column("made", UtcTime, nullable=False),
)
