"""What the public index, or a mirror of it, says of a name: nothing but questions."""

from typing import Final
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from packaging.utils import NormalizedName

from railrel.answers import table_of, value_of
from railrel.errors import UnreachableError
from railrel.registries.protocol import RemoteFile
from railrel.registries.simple import files_of_page
from railrel.values import dataclass
from railrel.world import Credential, Request, Response, Secret, World

_JSON_FIRST = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
_SECONDS: Final = 15.0
_HOPS: Final = 3
_LONGEST_OWNER: Final = 100
_OWNERS = ("maintainer", "author", "maintainer_email", "author_email")


@dataclass(frozen=True, slots=True)
class Public:
    """The simple index that everybody asks."""

    url: str
    """Without credentials and without a slash at its end."""
    credential: Credential | None


@dataclass(frozen=True, slots=True)
class Listed:
    """What it holds of a name."""

    files: tuple[RemoteFile, ...]
    owner: str
    """Empty where it does not say."""


def public_of(url: str, origin: str) -> Public:
    """The index at a URL that may hold a credential."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    plain = urlunsplit((parts.scheme, host, parts.path, "", "")).rstrip("/")
    if not parts.password:
        return Public(plain, None)
    secret = Secret(unquote(parts.password))
    return Public(plain, Credential(unquote(parts.username or ""), secret, origin))


def listed(world: World, public: Public, name: NormalizedName) -> Listed | None:
    """What it holds of a name; None when nobody has it. UnreachableError when it does not tell."""
    url = f"{public.url}/{name}/"
    answer = _ask(world, public, url, _JSON_FIRST)
    if answer.status in (404, 410):
        return None
    if answer.status != 200:
        raise UnreachableError(
            f"the public index answered {answer.status} when it was asked for {name}",
            at=url,
            hint='name another that answers: public-index = "https://…/simple", or leave it: --offline',
            rule="public-index",
        )
    files = files_of_page(answer.body, answer.headers.get("content-type", ""), url)
    return Listed(files, _owner(world, public, name))


def _owner(world: World, public: Public, name: NormalizedName) -> str:
    """Who published it, where the index has the JSON of PyPI beside its pages."""
    root, simple, rest = public.url.rpartition("/simple")
    if not simple or rest:
        return ""
    try:
        answer = _ask(world, public, f"{root}/pypi/{name}/json", "application/json")
    except UnreachableError:
        return ""
    if answer.status != 200:
        return ""
    info = table_of(table_of(value_of(answer.body)).get("info"))
    said = (info.get(key) for key in _OWNERS)
    found = next((words for words in said if isinstance(words, str) and words.strip()), "")
    return "".join(c for c in " ".join(found.split()) if c.isprintable())[:_LONGEST_OWNER]


def _ask(world: World, public: Public, url: str, accept: str) -> Response:
    """Mirrors redirect; a credential stays on its own host."""
    answer = Response(0, {}, b"")
    for _ in range(_HOPS):
        own = urlsplit(url)[:2] == urlsplit(public.url)[:2]
        credential = public.credential if own else None
        headers = {"Accept": accept}
        answer = world.http.send(Request("GET", url, credential, headers, seconds=_SECONDS))
        target = answer.headers.get("location", "")
        if answer.status not in (301, 302, 303, 307, 308) or not target:
            break
        url = _followed(url, target)
    return answer


def _followed(url: str, target: str) -> str:
    """Where a redirect leads. UnreachableError when that is nowhere on the web."""
    try:
        there = urljoin(url, target)
        if urlsplit(there).scheme in ("http", "https") and urlsplit(there).hostname:
            return there
    except ValueError:
        pass
    raise UnreachableError(
        "the public index sends us to an address that is none",
        at=url,
        hint='name another that answers: public-index = "https://…/simple", or leave it: --offline',
        rule="public-index",
    )
