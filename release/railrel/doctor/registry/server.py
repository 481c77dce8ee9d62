"""Which server it is, and what its version means for those who publish and install."""

import re

from packaging.version import InvalidVersion, Version

from railrel.doctor.changes import Change
from railrel.doctor.findings import Finding, fine, note, unknown, wrong
from railrel.doctor.registry.site import Site, table_of

ID = "server"
TITLE = "Gitea or Forgejo, and a version that serves Python packages well"
KINDS: tuple[str, ...] = ("gitea",)
AFTER: tuple[str, ...] = ("reachable", "gitea")

# A program that was built without one says development.
_SHOWN = 40
_NEWER = Change("helm", "image.tag", "1.26.4")


def examine(site: Site) -> tuple[Finding, ...]:
    forgejo = site.get("/api/forgejo/v1/version")
    if forgejo.status == 200 and isinstance(table_of(forgejo).get("version"), str):
        return forgejo_of(str(table_of(forgejo)["version"]))
    answer = site.api("/version")
    if answer.status in (401, 403):
        # Where all must sign in, this is no exception.
        answer = site.api("/version", site.credential)
    found = table_of(answer).get("version")
    if answer.status == 200 and isinstance(found, str):
        return gitea_of(found)
    return (unknown("the server tells its version only to those who sign in"),)


def gitea_of(text: str) -> tuple[Finding, ...]:
    """What a version of Gitea means."""
    version = _version(text)
    if version is None:
        return (note(f"Gitea gives its version as {text[:_SHOWN]!r}, which tells nothing of it"),)
    if version < Version("1.17"):
        return (wrong(f"Gitea {text} has no package registry, which came with 1.17", _NEWER),)
    if version < Version("1.22"):
        return (
            wrong(
                f"Gitea {text} writes hashes into its index that uv refuses and pip passes over, and "
                "answers 400 to a file that is there already; 1.22 does neither",
                _NEWER,
            ),
        )
    found = [fine(f"Gitea {text}: a file that is there already is a 409, hashes can be read")]
    if version < Version("1.24"):
        found.append(
            note(
                f"Gitea {text} has no API to list a package's versions, nor to link a package to its "
                "repository; 1.24 has",
                _NEWER,
            )
        )
    if version < Version("1.26.2"):
        found.append(
            note(
                f"on PostgreSQL, Gitea {text} answers 500 to some of several uploads of one version at "
                "the same moment; railrel repeats them, 1.26.2 does not do it",
                _NEWER,
            )
        )
    return tuple(found)


def forgejo_of(text: str) -> tuple[Finding, ...]:
    """What a version of Forgejo means."""
    version = _version(text)
    if version is None:
        return (note(f"Forgejo gives its version as {text[:_SHOWN]!r}, which tells nothing of it"),)
    if version < Version("7"):
        newer = Change("helm", "image.tag", "11")
        said = f"Forgejo {text} writes hashes into its index that uv refuses; 7.0 does not"
        return (wrong(said, newer),)
    return (
        fine(f"Forgejo {text}: a file that is there already is a 409, hashes can be read"),
        note(
            "Forgejo has no API to list a package's versions, and answers 413 also where the quota of the "
            "token's user is used up"
        ),
    )


def _version(text: str) -> Version | None:
    # Builds between releases are called 1.27.0+dev-123-g0123abc; Forgejo's 11.0.1+gitea-1.22.0.
    found = re.fullmatch(r"v?(\d{1,9}(?:\.\d{1,9}){0,9})(?![\d.])[\w.+~-]{0,99}", text, re.ASCII)
    try:
        return Version(found[1]) if found else None
    except InvalidVersion:
        return None
