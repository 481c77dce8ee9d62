"""What is told of a version that was installed to prove that it can be."""

from railrel.errors import Problem
from railrel.values import dataclass


@dataclass(frozen=True, slots=True)
class InstallReport:
    """A version as one Python got it."""

    python: str
    """Such as `3.11.7`."""
    packages: tuple[str, ...]
    """All that was installed, as `NAME==VERSION`."""
    imported: tuple[str, ...]
    """Modules that were imported; none without being asked to."""
    seconds: float

    @property
    def said(self) -> str:
        """In words."""
        count = len(self.packages)
        also = f", {', '.join(self.imported)} imported" if self.imported else ""
        return f"installed on Python {self.python}, {count} package{'s' * (count != 1)}{also}"


@dataclass(frozen=True, slots=True)
class Proved:
    """A version on all Pythons of this machine."""

    installs: tuple[InstallReport, ...] = ()
    """One for each that it was installed on."""
    left_out: tuple[str, ...] = ()
    """Those that it is not for, such as `3.9.18`."""
    requires_python: str = ""
    problems: tuple[Problem, ...] = ()
    """Why it was not installed on the others."""

    @property
    def said(self) -> tuple[str, ...]:
        """In words, a line each."""
        lines = tuple(install.said for install in self.installs)
        if not self.left_out:
            return lines
        why = "it requires none, and no old one is tried unasked"
        if self.requires_python:
            why = f"it requires {self.requires_python}"
        return (*lines, f"not tried on Python {', '.join(self.left_out)}: {why}")
