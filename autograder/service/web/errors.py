"""Why a page is not shown: each reason with its status and its heading.

AutograderError
└── NoPage             the paragraph of the page is its text
    ├── SignedOut      nobody is signed in: the LMS has to be asked who it is
    ├── NotAllowed     somebody is signed in who may not do this
    ├── NotFound       there is nothing here
    ├── ForeignForm    a form that was not sent from one of our pages
    └── TooMany        a limit is reached, with the time after which it can be tried again
"""

from __future__ import annotations

from autograder.errors import AutograderError


class NoPage(AutograderError):
    """A page that is not shown.

    Attributes:
        status: of the answer.
        reason: for logs and tests; nothing about a person.
        title: the heading of the page that says so.
    """

    status = 400
    reason = "no-page"
    title = "This page cannot be shown"


class SignedOut(NoPage):
    """Nobody is signed in, or the session has ended."""

    status = 401
    reason = "signed-out"
    title = "You are not signed in"

    def __init__(self) -> None:
        super().__init__(
            "This service knows you only through your LMS, and for some hours at a time. Open the "
            "link in your course in the LMS again. If you have just done that, your browser "
            "withholds cookies from this site: open the link in a new window, or allow them."
        )


class NotAllowed(NoPage):
    """Somebody is signed in who may not do this."""

    status = 403
    reason = "not-allowed"
    title = "This page is not for you"


class NotFound(NoPage):
    """There is nothing here."""

    status = 404
    reason = "not-found"
    title = "There is nothing here"

    def __init__(self, text: str = "") -> None:
        super().__init__(
            text
            or "The address may be mistyped, or what was here is gone. Open the link in your "
            "course in the LMS again."
        )


class ForeignForm(NoPage):
    """A form that was not sent from one of our pages."""

    status = 403
    reason = "foreign-form"
    title = "This form was not sent from here"

    def __init__(self) -> None:
        super().__init__(
            "Expected a form that was sent from a page of this service, received one from another "
            "site. Nothing was changed. Open the link in your course in the LMS, and send the form "
            "from there."
        )


class TooMany(NoPage):
    """A limit is reached.

    Attributes:
        after: seconds after which it can be tried again; None for never.
    """

    status = 429
    reason = "too-many"
    title = "Not now"

    def __init__(self, text: str, after: float | None = None) -> None:
        self.after = after
        super().__init__(text)
