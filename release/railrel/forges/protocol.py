"""What a forge is to railrel: tags, releases with their assets, secrets."""

from pathlib import Path
from typing import Protocol

from railrel.values import dataclass
from railrel.workspace.remotes import Repository
from railrel.world import Secret


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag that a repository on the forge has."""

    commit: str
    """The commit behind it, also behind an annotated one."""
    message: str
    """Of an annotated tag; of a plain one empty, or what the forge gives in its place."""


@dataclass(frozen=True, slots=True)
class NewRelease:
    """A release to be made, of a tag that is there."""

    tag: str
    commit: str
    title: str
    notes: str
    """Markdown."""
    prerelease: bool


@dataclass(frozen=True, slots=True)
class Release:
    """A release on the forge."""

    id: int
    tag: str
    page: str
    """Where people see it."""
    draft: bool
    uploads: str
    """Where its assets are sent, with the credential."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of a release."""

    id: int
    name: str
    size: int
    """Bytes."""
    url: str
    """Where its bytes are asked for, with the credential."""
    sha256: str | None
    """Hexadecimal; None where the forge does not say."""
    whole: bool = True
    """False where the forge knows that its upload was cut."""


class Forge(Protocol):
    """One server, and who we are to it.

    All of it raises RefusedError for what we may not do, UnreachableError where nobody can tell.
    """

    kind: str
    """`gitea`, `forgejo` or `github`."""

    def check_access(self, repository: Repository) -> None:
        """Find out, changing nothing, whether we may make releases."""
        ...

    def tag(self, repository: Repository, name: str) -> Tag | None:
        """A tag; None where the repository is there and has none of this name."""
        ...

    def release(self, repository: Repository, tag: str) -> Release | None:
        """The release of a tag, also a draft as far as we may see it."""
        ...

    def create(self, repository: Repository, new: NewRelease) -> Release:
        """Make a release; one that somebody made meanwhile is taken as it is.

        Look for the tag before: a forge makes one that is not there.
        """
        ...

    def assets(self, repository: Repository, release: Release) -> tuple[Asset, ...]:
        """All files of a release, several of one name among them."""
        ...

    def upload(
        self, repository: Repository, release: Release, name: str, file: Path
    ) -> Asset | None:
        """Send a file, once. None where the forge says that it has one of this name."""
        ...

    def download(self, asset: Asset) -> bytes:
        """The bytes of an asset."""
        ...

    def discard(self, repository: Repository, release: Release, asset: Asset) -> None:
        """Take an asset out; one that is gone already is no error."""
        ...

    def set_secret(self, repository: Repository, name: str, value: Secret) -> str:
        """Give the repository's jobs a secret: `made` or `replaced`.

        Line breaks at its end are taken off: forges keep them, and no header carries them.
        """
        ...
