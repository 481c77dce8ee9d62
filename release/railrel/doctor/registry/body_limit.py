"""Whether an upload of a given size comes through to Gitea.

It can store nothing, for two reasons: its hash is not that of its bytes, and its version is none.
Gitea compares the hash before it looks at its own limits (`UploadPackageFile` in
routers/api/packages/pypi/pypi.go), so LIMIT_SIZE_PYPI and quotas are not seen by this, or by anything
else that stores nothing.
"""

from railrel.answers import is_over_quota
from railrel.doctor.changes import Change, gitea
from railrel.doctor.findings import Finding, fine, note, unknown, wrong
from railrel.doctor.registry.site import Site, text_of
from railrel.errors import UnreachableError
from railrel.world import Request, Response, Zeros

ID = "body-limit"
TITLE = "an upload of --size gets through the proxies"
KINDS: tuple[str, ...] = ("gitea",)
AFTER: tuple[str, ...] = ("reachable", "gitea", "packages")

_FORM = (
    (":action", "file_upload"),
    ("name", "railrel-doctor"),
    ("version", "none at all"),
    ("sha256_digest", "0" * 64),
)
_MIB = 1024 * 1024
_LONGEST_SECONDS = 600.0


def examine(site: Site) -> tuple[Finding, ...]:
    zeros = Zeros("content", "railrel_doctor-0-py3-none-any.whl", site.size)
    # A megabyte a second is little.
    seconds = min(30.0 + site.size / 1e6, _LONGEST_SECONDS)
    request = Request(
        "POST", site.place, site.credential, form=_FORM, upload=zeros, seconds=seconds
    )
    try:
        answer = site.send(request)
    except UnreachableError as error:
        return (
            unknown(
                f"an upload of {shown(site.size)} ended without an answer: {error.problems[0].message}",
                *_limits(site.size),
            ),
        )
    return judged(answer, site.size)


def judged(answer: Response, size: int) -> tuple[Finding, ...]:
    """What it means that this is answered to an upload of so many bytes."""
    said = text_of(answer)
    if is_over_quota(answer.status, answer.body):
        return (
            unknown(
                "the token's user has used up its quota of packages: Forgejo looks at nothing else then"
            ),
        )
    if answer.status == 413:
        return (wrong(f"a proxy before Gitea takes no {shown(size)} (413)", *_limits(size)),)
    if answer.status == 403 and "type size" in said:
        changes = gitea("packages", "LIMIT_SIZE_PYPI", shown(size))
        return (wrong(f"the server itself takes no {shown(size)} for one file", *changes),)
    if answer.status == 400 and "hash mismatch" in said:
        return (
            fine(
                f"an upload of {shown(size)} comes through to Gitea, which refused it as it should"
            ),
            note(
                "Gitea's own limits, such as [packages] LIMIT_SIZE_PYPI, show at a real upload alone: a 403"
            ),
        )
    if answer.status in (401, 404):
        return (
            unknown(
                f"Gitea answered {answer.status} before the body had gone through: it takes a token that may "
                "publish to find out",
            ),
        )
    return (unknown(f"an upload of {shown(size)} was answered by {answer.status} {said}".rstrip()),)


def _limits(size: int) -> tuple[Change, ...]:
    # The form around the file has some hundred bytes.
    mebibytes = f"{-(-(size + 4096) // _MIB)}m"
    return (
        Change("annotation", "nginx.ingress.kubernetes.io/proxy-body-size", mebibytes),
        Change("proxy", "nginx: client_max_body_size", mebibytes),
        Change("proxy", "Traefik: buffering.maxRequestBodyBytes", str(size + 4096)),
    )


def shown(size: int) -> str:
    """Bytes as people and Gitea write them."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:g} {unit}"
    return f"{size} B"
