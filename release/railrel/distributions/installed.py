"""What is told of a version that was installed to prove that it can be."""

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
