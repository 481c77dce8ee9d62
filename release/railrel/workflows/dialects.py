"""The forges whose jobs run these files: one an entry.

Gitea: services/actions and modules/actions/workflows.go; Forgejo: modules/actions/workflows.go.
"""

from railrel.values import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between the forges, as far as a file tells."""

    id: str
    title: str
    folder: str
    """Where its workflows are, in the repository."""
    hides: tuple[str, ...]
    """Folders in which it would look if that one were not there: the first that exists is the only one."""
    grants: bool
    """Whether a job's token gets what `permissions` says; elsewhere it has what the server gives it."""
    has_packages: bool
    """Whether an owner there has a PyPI registry."""


GITEA = Dialect(
    id="gitea",
    title="Gitea",
    folder=".gitea/workflows",
    hides=(".github/workflows",),
    grants=False,
    has_packages=True,
)
FORGEJO = Dialect(
    id="forgejo",
    title="Forgejo",
    folder=".forgejo/workflows",
    hides=(".gitea/workflows", ".github/workflows"),
    grants=False,
    has_packages=True,
)
GITHUB = Dialect(
    id="github",
    title="GitHub",
    folder=".github/workflows",
    hides=(),
    grants=True,
    has_packages=False,
)

DIALECTS: tuple[Dialect, ...] = (GITEA, FORGEJO, GITHUB)
# A repository on Forgejo may have Gitea's folder too, and one on Gitea GitHub's.
_TELLING = (FORGEJO, GITEA, GITHUB)


def dialect_of(wanted: str, folders: frozenset[str]) -> Dialect:
    """The one that is asked for; else the one whose folder is there; else Gitea's."""
    named = next((one for one in DIALECTS if one.id == wanted), None)
    return named or next((one for one in _TELLING if one.folder in folders), GITEA)
