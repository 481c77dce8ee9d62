"""Whether Gitea knows itself by the address that we ask."""

from railrel.doctor.changes import Change, gitea
from railrel.doctor.findings import Finding, fine, unknown, wrong
from railrel.doctor.registry.site import Site, parts_of, table_of
from railrel.values import dataclass

ID = "root-url"
TITLE = "ROOT_URL is the address that is used"
KINDS: tuple[str, ...] = ("gitea",)
AFTER: tuple[str, ...] = ("reachable", "gitea")

_ENDING = "/login/oauth/authorize"


def examine(site: Site) -> tuple[Finding, ...]:
    """The addresses that Gitea announces for signing in begin with ROOT_URL, whoever asks."""
    answer = site.get("/.well-known/openid-configuration")
    announced = table_of(answer).get("authorization_endpoint")
    if not isinstance(announced, str) or not announced.endswith(_ENDING):
        return (
            unknown(
                f"Gitea does not announce its ROOT_URL ({answer.status}): sign-in by OAuth2 is off; what is "
                "said of links holds",
            ),
        )
    return (judged(announced.removesuffix(_ENDING), site.root, site.owner),)


def judged(theirs: str, ours: str, owner: str) -> Finding:
    """What it means that Gitea calls itself by the one root and is asked by the other."""
    if _parts(theirs) == _parts(ours):
        return fine(f"ROOT_URL is {theirs}/")
    return wrong(
        f"ROOT_URL is {theirs}/, and {ours}/ is used: {_meaning(_parts(theirs), _parts(ours))}",
        *gitea("server", "ROOT_URL", f"{ours}/"),
        Change("setting", "registry", f"{theirs}/api/packages/{owner}/pypi"),
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    scheme: str
    host: str
    port: int
    path: str


def _meaning(theirs: _Parts, ours: _Parts) -> str:
    if theirs.host == ours.host and theirs.scheme != ours.scheme:
        return f"the index links to {theirs.scheme}, as if nothing before Gitea spoke {ours.scheme}"
    if (theirs.host, theirs.port) != (ours.host, ours.port):
        return "the index links to another host, to which pip and uv do not send the credential"
    return "the index links to another path"


def _parts(root: str) -> _Parts:
    """The same for the same place, however it is written."""
    parts = parts_of(root)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    return _Parts(parts.scheme, (parts.hostname or "").lower(), port, parts.path.rstrip("/"))
