"""Reading a project's page of a simple index (PEP 503 HTML, PEP 691 JSON)."""

import json
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from railrel.errors import UnreachableError
from railrel.registries.protocol import RemoteFile

_FILES = (".whl", ".tar.gz", ".zip", ".tar.bz2", ".egg")
# What pages of an index say that lists nothing: PyPI and Gitea, PEP 629.
_EMPTY = ("links for", "pypi:repository-version")


def files_of_page(
    body: bytes, content_type: str, url: str, end: str = ""
) -> tuple[RemoteFile, ...]:
    """The files that a page lists. UnreachableError when it is no page of an index, or not whole.

    `end` is what this server ends each page with. Without it a page that breaks off between two links
    cannot be told from one that lists less.
    """
    text = body.decode("utf-8", "replace")
    try:
        files = _from_json(text, url) if "json" in content_type else _from_html(text, url)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        files = None
    if files is None:
        raise UnreachableError(
            "what came back is not a page of a package index",
            at=url,
            hint="check the address; a proxy or a sign-in page may have answered",
        )
    if not text.rstrip().lower().endswith(end) or _breaks_off(text, content_type):
        raise UnreachableError(
            "the page of the index breaks off, so what the registry holds cannot be said",
            at=url,
            hint="run the same command again; if it stays so, look at the proxy before the registry",
            rule="page-cut",
        )
    return files


def _breaks_off(text: str, content_type: str) -> bool:
    """Whether a page ends within a tag, as none does that arrived whole."""
    return "json" not in content_type and text.rfind("<") > text.rfind(">")


def _from_html(text: str, url: str) -> tuple[RemoteFile, ...] | None:
    parser = _Links()
    parser.feed(text)
    files = [_file(href, url) for href in parser.hrefs]
    if not any(file.filename.endswith(_FILES) for file in files):
        return () if any(words in text.lower() for words in _EMPTY) else None
    return tuple(files)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.hrefs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href") if tag == "a" else None
        if href:
            self.hrefs.append(href)


def _file(href: str, page: str) -> RemoteFile:
    url, fragment = urldefrag(urljoin(page, href))
    filename = unquote(urlsplit(url).path.rpartition("/")[2])
    algorithm, _, digest = fragment.partition("=")
    if fragment.startswith("sha256-"):
        # Gitea before 1.22 wrote the fragment so (go-gitea/gitea#30594).
        algorithm, digest = "sha256", fragment.removeprefix("sha256-")
    return RemoteFile(filename, url, digest.lower() if algorithm == "sha256" and digest else None)


def _from_json(text: str, page: str) -> tuple[RemoteFile, ...]:
    found = []
    for file in json.loads(text)["files"]:
        name, url, digest = file["filename"], file["url"], file.get("hashes", {}).get("sha256")
        if not isinstance(name, str) or not isinstance(digest, str | None):
            raise TypeError(name)
        found.append(RemoteFile(name, urljoin(page, url), digest))
    return tuple(found)
