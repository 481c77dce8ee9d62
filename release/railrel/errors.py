"""Every kind of trouble, and the exit code it ends in."""

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import ClassVar, Self

from railrel.values import dataclass


class ExitCode(IntEnum):
    """What a finished command tells its caller. Scripts depend on these numbers."""

    DONE = 0
    FOUND = 1
    USAGE = 2
    UNREACHABLE = 3
    REFUSED = 4
    CONFLICT = 5
    UNFIT = 6
    BUG = 70
    INTERRUPTED = 130


MEANINGS: dict[ExitCode, str] = {
    ExitCode.DONE: "done, or it was already so",
    ExitCode.FOUND: "a question answered yes: --check found work, a check has findings",
    ExitCode.USAGE: "the command line or a configuration file is wrong",
    ExitCode.UNREACHABLE: "could not tell or could not reach; trying again may help",
    ExitCode.REFUSED: "refused: no permission, quota, or an input that must not be used",
    ExitCode.CONFLICT: "conflict: the same version exists with other bytes, or a file changed meanwhile",
    ExitCode.UNFIT: "a build failed or made something unfit to publish",
    ExitCode.BUG: "a bug in railrel",
    ExitCode.INTERRUPTED: "interrupted",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: an error when it stops the command, a finding when it does not."""

    message: str
    """What happened, in the user's words."""
    at: str = ""
    """`file:line:column`, a folder or a URL."""
    hint: str = ""
    """What to type next."""
    rule: str = ""
    """A stable name for scripts, such as `path-to-nothing`."""


def first_few(names: Sequence[str]) -> str:
    """As many names as a message has room for."""
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")


class RailrelError(Exception):
    """Trouble that the user can do something about. Carries every problem of its kind at once."""

    code: ClassVar[ExitCode] = ExitCode.BUG

    def __init__(self, message: str, *, at: str = "", hint: str = "", rule: str = "") -> None:
        super().__init__(message)
        self.problems: tuple[Problem, ...] = (Problem(message, at, hint, rule),)

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> Self:
        """Make one error of several problems, which must not be none."""
        first, *rest = problems
        error = cls(first.message, at=first.at, hint=first.hint, rule=first.rule)
        error.problems = (first, *rest)
        return error


class ConfigError(RailrelError):
    """The command line or a file of the user's cannot be understood."""

    code = ExitCode.USAGE


class UnreachableError(RailrelError):
    """The network, a server or a time limit; nothing is known to be wrong."""

    code = ExitCode.UNREACHABLE


class RefusedError(RailrelError):
    """Somebody who may say no said no; or an input must not be used."""

    code = ExitCode.REFUSED


class ConflictError(RailrelError):
    """What is there differs from what was asked for."""

    code = ExitCode.CONFLICT


class UnfitError(RailrelError):
    """A build failed, or made something that must not be published."""

    code = ExitCode.UNFIT
