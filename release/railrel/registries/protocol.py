"""What a registry is to railrel, and the answers that all kinds give."""

from typing import Protocol, TypeAlias

from packaging.utils import NormalizedName

from railrel.distributions.artefacts import Artefact
from railrel.errors import RailrelError
from railrel.values import dataclass
from railrel.world import Credential, Told


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file that a registry holds."""

    filename: str
    url: str
    sha256: str | None
    """Hexadecimal; None when the registry does not say."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The registry took the file."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The registry holds a file of this name already; whether the same one, its index says."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """It may have arrived or not; the index says. `error` is what to raise if it never does."""

    error: RailrelError
    wait: float | None = None
    """The seconds that the registry asks us to wait; None when it does not say."""


Answer: TypeAlias = Stored | Taken | Unsure


class Registry(Protocol):
    """Where distributions are published."""

    kind: str
    place: str
    """The URL or folder, fit to be shown."""
    simple_url: str
    """The index that installers ask."""
    publish_url: str
    index_name: str
    """What uv and Poetry call it; empty for a folder, which no project can name."""
    images: str
    """What names of container images begin with that are kept beside it: HOST/OWNER; empty for none."""

    def check_access(self) -> None:
        """Find out, changing nothing, whether we may publish. Raises what keeps us from it."""
        ...

    def held(self, name: NormalizedName) -> tuple[RemoteFile, ...]:
        """The files of a project; none when it was never published."""
        ...

    def upload(self, artefact: Artefact, told: Told | None = None) -> Answer:
        """Offer one file, once. Raises RefusedError or ConfigError when it is no use to repeat.

        `told` hears how much of it was sent, where that takes its time.
        """
        ...

    def download(self, file: RemoteFile) -> bytes:
        """The bytes of a file."""
        ...

    def credential(self) -> Credential | None:
        """Who we are to it, for tools that install from it; None when nobody need be anybody."""
        ...

    def link(self, name: NormalizedName, remote: str | None) -> str:
        """Tie the package to the repository it comes from, where there is such a thing.

        Gives one line of what was done, empty when nothing was. Never raises: the version is out.
        """
        ...

    def page(self, name: NormalizedName, version: str) -> str:
        """Where people see a version in a browser; empty where they cannot."""
        ...

    def how_to_delete(self, name: NormalizedName, version: str) -> str:
        """What to do to take a version out."""
        ...
