"""Everything that can go wrong outside a student's own code, as one tree.

    AutograderError               one line for the person who reads it, with the next step
    ├── QuestionError             a question is defined wrongly (the course author reads this)
    ├── UnknownName               no such week, question or mistake
    ├── MissingReference         a reference value cannot be had
    ├── CourseError               the course directory, its secret, roster or database
    ├── UnusableSource            submissions in a hostile, damaged or unknown form
    ├── UnreadableNotebook        a submission that is no notebook; recorded as a zero
    ├── ClusterError              the workers of `--cluster` are not to be had or do not fit
    └── SandboxError              the sandbox cannot be started or broke its protocol
        ├── WorkerLost            something outside the sandbox killed its process
        └── ProtocolError         what came back is not what the protocol allows

A student's mistakes are never exceptions: they are verdicts.
"""


class AutograderError(Exception):
    """Base of all errors that the command line prints as one line."""


class QuestionError(AutograderError):
    """A question breaks one of the rules that every question keeps."""


class UnknownName(AutograderError):
    """A week, question or mistake that does not exist was asked for."""


class MissingReference(AutograderError):
    """A reference value is neither shipped nor cached, and Keras is not installed."""


class CourseError(AutograderError):
    """The course directory, its secret, its roster or its database is not usable."""


class UnusableSource(AutograderError):
    """An archive or folder of submissions that is refused, damaged or not recognised."""


class UnreadableNotebook(AutograderError):
    """A submitted file that cannot be read as a notebook; its reason is recorded."""


class ClusterError(AutograderError):
    """A Dask cluster cannot be reached, or its workers are not like this machine."""


class SandboxError(AutograderError):
    """The sandbox cannot be started on this machine."""


class WorkerLost(SandboxError):
    """The sandbox's first process was killed; the submission in it is not to blame."""


class ProtocolError(SandboxError):
    """Bytes from the sandbox that the wire format does not allow."""
