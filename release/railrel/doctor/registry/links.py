"""Whether the files that the index lists can be fetched by those who read the index."""

from urllib.parse import urlsplit

from railrel.answers import table_of, value_of
from railrel.doctor.changes import Change, gitea
from railrel.doctor.findings import Finding, fine, note, unknown, wrong
from railrel.doctor.registry.site import Site, parts_of
from railrel.errors import UnreachableError
from railrel.registries.protocol import RemoteFile
from railrel.registries.simple import files_of_page
from railrel.world import Credential, Request, Response

ID = "links"
TITLE = "files that the index lists can be fetched"
KINDS: tuple[str, ...] = ("gitea",)
AFTER: tuple[str, ...] = ("reachable", "gitea", "packages", "owner", "token")

# Of a wheel of any size the first byte is enough.
_FIRST_BYTE = {"Range": "bytes=0-0"}


def examine(site: Site) -> tuple[Finding, ...]:
    name = _some_package(site)
    if name is None:
        return (
            note(f"{site.owner} has no Python package yet that this token sees: no link to follow"),
        )
    path = f"/api/packages/{site.owner}/pypi/simple/{name}/"
    page = site.get(path, site.credential)
    if page.status != 200:
        return (unknown(f"the index page of {name} answers {page.status}"),)
    files = files_of_page(page.body, "text/html", f"{site.root}{path}")
    return (_followed(site, name, files[0]),) if files else ()


def _some_package(site: Site) -> str | None:
    answer = site.api(f"/packages/{site.owner}?type=pypi&limit=1", site.credential)
    listed = value_of(answer.body)
    name = table_of(listed[0]).get("name") if isinstance(listed, list) and listed else None
    return name if isinstance(name, str) else None


def _followed(site: Site, name: str, file: RemoteFile) -> Finding:
    answer, host = _fetched(site, file.url)
    if isinstance(answer, UnreachableError):
        said = (
            f"the index links {name} to {host}, where nobody answers: {answer.problems[0].message}"
        )
        return wrong(said, *gitea("server", "ROOT_URL", f"{site.root}/"))
    if answer.status in (301, 302, 303, 307, 308):
        return _in_storage(site, answer)
    if answer.status in (200, 206):
        return fine(f"the file that the index links for {name} can be fetched")
    if answer.status in (401, 403, 404) and host != site.host:
        return wrong(
            f"the index links {name} to {host}, where the credential for {site.host} is not sent: "
            f"{answer.status}",
            *gitea("server", "ROOT_URL", f"{site.root}/"),
        )
    return unknown(f"the file that the index links for {name} answers {answer.status}")


def _in_storage(site: Site, answer: Response) -> Finding:
    """With SERVE_DIRECT files come from the object storage, by an address that holds its own right."""
    target = answer.headers.get("location", "")
    stored, host = _fetched(site, target)
    if isinstance(stored, Response) and stored.status in (200, 206):
        return fine(f"files are fetched from the storage at {host}")
    return wrong(
        f"Gitea sends those who fetch files to the storage at {host}, which does not give them",
        *gitea("packages", "SERVE_DIRECT", "false"),
        Change("host", f"make {host} reachable for everybody who installs"),
    )


def _fetched(site: Site, url: str) -> tuple[Response | UnreachableError, str]:
    """The answer and the host. The credential goes to the server that it is for, as with pip and uv."""
    parts = parts_of(url)
    same = (parts.scheme, parts.netloc) == urlsplit(site.root)[:2]
    credential: Credential | None = site.credential if same else None
    try:
        return site.send(Request("GET", url, credential, _FIRST_BYTE)), parts.netloc
    except UnreachableError as error:
        return error, parts.netloc
