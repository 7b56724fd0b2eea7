"""What can go wrong, in one sentence each: what happened, where, and what to do.

Every error that a user can cause or meet is a `RightfulError`. Its text is shown as it is, on the
terminal and by the Python API, so it holds no personal content: no field values, no references of
subjects, no file contents. `exit_code` is what the command line ends with.
"""


class RightfulError(Exception):
    """The base of all errors that Rightful raises on purpose."""

    exit_code = 1


class InvalidInput(RightfulError):
    """What was given can't be read or doesn't make sense; nothing was changed."""

    exit_code = 2


class NotFound(RightfulError):
    """Nothing of that name is held."""

    exit_code = 3


class Refused(RightfulError):
    """Understood, and not allowed: by a rule, by the law that it comes from, or by state."""

    exit_code = 4


class Damaged(RightfulError):
    """Something that Rightful wrote can't be read any more, or was written by a newer version."""

    exit_code = 5


class Busy(RightfulError):
    """Another process holds what this one needs; try again."""

    exit_code = 6


class NotVerified(RightfulError):
    """A proof or signature does not hold."""

    exit_code = 7
