"""All that decides what the workflows of a project look like."""

from packaging.utils import NormalizedName

from railrel.values import dataclass
from railrel.workflows.dialects import Dialect
from railrel.workflows.suites import Suite

CHECKOUT = "."
"""As the version of railrel: the one in the repository itself."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the project is published."""

    shown: str
    """Its address, for people; empty where it is the registry of the repository's owner on the forge."""
    owner: str
    """Who holds the packages there; empty where an address has no owner."""
    token_page: str
    """Where its tokens are made; empty where nobody knows."""


@dataclass(frozen=True, slots=True)
class Tool:
    """The railrel that a job gets."""

    version: str
    """Or `.`, the one in the repository itself."""
    index: str
    """The simple index that has it; empty for the one that the runner's pip and uv ask."""
    with_token: bool
    """Whether the index is on the registry's host, which the secret is for."""

    @property
    def requirement(self) -> str:
        """What is installed."""
        return CHECKOUT if self.version == CHECKOUT else f"railrel=={self.version}"


@dataclass(frozen=True, slots=True)
class Flow:
    """One project's way from a tag to what is published."""

    project: NormalizedName
    folder: str
    """Relative to the repository's root; empty for the root itself."""
    shared: bool
    """Whether the repository holds other projects too."""
    dialect: Dialect
    tags: tuple[str, ...]
    """Globs."""
    branches: tuple[str, ...]
    """Globs of those that are checked when they are pushed."""
    runner: str
    """The label of the runner."""
    secret: str
    checkout: str
    """The action that checks out; empty for git alone."""
    tool: Tool
    destination: Destination
    variables: tuple[tuple[str, str], ...]
    """What settings say that the repository itself does not hold."""
    is_app: bool
    """Whether it gets an image."""
    needs_history: bool
    """Whether its version is in the tags."""
    suite: Suite | None

    @property
    def suffix(self) -> str:
        """What is added to names that all projects of a repository share."""
        return f"-{self.project}" if self.shared else ""

    @property
    def files(self) -> tuple[str, ...]:
        """The kinds of workflows that it has."""
        return ("release", "image", "checks") if self.is_app else ("release", "checks")

    def name(self, kind: str) -> str:
        """The file of a kind, in the dialect's folder."""
        return f"{kind}{self.suffix}.yml"
