"""Reading a project's page of a simple index (PEP 503 HTML, PEP 691 JSON)."""

import json
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from railrel.errors import UnreachableError
from railrel.registries.protocol import RemoteFile


def files_of_page(body: bytes, content_type: str, url: str) -> tuple[RemoteFile, ...]:
    """The files that a page lists. UnreachableError when it is not a page of an index."""
    text = body.decode("utf-8", "replace")
    if "json" in content_type:
        return _from_json(text, url)
    parser = _Links()
    parser.feed(text)
    if not parser.saw_html:
        raise UnreachableError(
            "what came back is not a page of a package index",
            at=url,
            hint="check the address; a proxy or a sign-in page may have answered",
        )
    return tuple(_file(href, url) for href in parser.hrefs)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.hrefs: list[str] = []
        self.saw_html = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.saw_html = True
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
    try:
        files = json.loads(text)["files"]
        return tuple(
            RemoteFile(f["filename"], urljoin(page, f["url"]), f.get("hashes", {}).get("sha256"))
            for f in files
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreachableError(
            "what came back is not a page of a package index", at=page
        ) from error
