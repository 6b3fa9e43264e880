"""Everything that can go wrong outside a student's own code, as one tree.

    AutograderError               one line for the person who reads it, with the next step
    ├── QuestionError             a question is defined wrongly (the course author reads this)
    ├── UnknownName               no such week, question or mistake
    ├── MissingReference         a reference value is not available
    ├── CourseError               the course directory, its secret, roster or database
    │   └── CourseBusy            another run is grading the course; it can be tried again soon
    ├── UnusableSource            submissions in a hostile, damaged or unknown form
    ├── UnreadableNotebook        a submission that is not a notebook; recorded as a zero
    ├── ClusterError              the workers of `--cluster` are unavailable or incompatible
    └── SandboxError              the sandbox cannot be started or broke its protocol
        ├── WorkerLost            a process was killed from outside; its work can be tried again
        └── ProtocolError         the sandbox sent data that the protocol forbids

A student's mistakes are never exceptions: they are verdicts.
"""


class AutograderError(Exception):
    """Base of all errors that the command line prints as one line."""


class QuestionError(AutograderError):
    """A question breaks one of the rules for questions."""


class UnknownName(AutograderError):
    """There is no week, question or mistake of this name."""


class MissingReference(AutograderError):
    """A reference value is neither shipped nor cached, and Keras is not installed."""


class CourseError(AutograderError):
    """The course directory, its secret, its roster or its database cannot be used."""


class CourseBusy(CourseError):
    """Another run holds the lock of the course."""


class UnusableSource(AutograderError):
    """An archive or folder of submissions that is unsafe, damaged or not recognised."""


class UnreadableNotebook(AutograderError):
    """A submitted file that cannot be read as a notebook; its reason is recorded."""


class ClusterError(AutograderError):
    """A Dask cluster cannot be reached, or its workers run other versions than this machine."""


class SandboxError(AutograderError):
    """The sandbox cannot be started on this machine."""


class WorkerLost(SandboxError):
    """A process was killed from outside, not by the submission; the work can be tried again."""


class ProtocolError(SandboxError):
    """The sandbox sent bytes that the wire format does not allow."""
