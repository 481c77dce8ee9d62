"""The repository that the URL of a git remote names, in whatever form it is written. Pure.

The forms are those of https://git-scm.com/docs/git-clone#_git_urls.
"""

import re
from typing import Final, Literal
from urllib.parse import urlsplit

from railrel.values import dataclass

_PORTS: Final = {"http": 80, "https": 443}
# Over these nothing tells the port of the web pages, nor whether they are plain http.
_OTHERS: Final = ("ssh", "git", "git+ssh", "ssh+git")
# As scp has it: git@host:owner/name.git; a slash before the colon makes it a path.
_SHORT = re.compile(r"(?:[^@/:\s]+@)?(?P<host>[^@/:\s]+):(?!//)(?P<path>\S+)")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|[0-9a-f:.]*:[0-9a-f:.]*")
_SEGMENT = re.compile(r"(?!\.{1,2}$)[\w:.~%+@-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository on a server with web pages."""

    scheme: Literal["http", "https"]
    """Of its pages: https where the remote is none of the web's."""
    host: str
    """In lower case; an IPv6 address without brackets."""
    port: int | None
    """None for the scheme's own, and where the remote does not tell that of the pages."""
    owner: str
    """Empty where the path has one part only; no forge that we know has such."""
    name: str
    base: str = ""
    """What stands before the owner in the path, such as `/gitea`; empty where nothing does."""

    @property
    def root(self) -> str:
        """Where the server's own pages begin, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{host}{port}{self.base}"

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner}/{self.name}" if self.owner else self.name

    @property
    def page(self) -> str:
        """Where people look at it."""
        return f"{self.root}/{self.full_name}"


def repository_of(remote: str) -> Repository | None:
    """What a remote's URL names, without credentials; None for paths and what nobody can ask."""
    short = _SHORT.fullmatch(remote)
    # urlsplit takes line breaks out, and would read on behind them.
    if any(not character.isprintable() for character in remote):
        return None
    try:
        parts = urlsplit(f"ssh://{short['host']}/{short['path']}" if short else remote)
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").lower()
    segments = [segment for segment in parts.path.split("/") if segment]
    if segments:
        segments[-1] = segments[-1].removesuffix(".git")
    if not _HOST.fullmatch(host) or not segments:
        return None
    if not all(_SEGMENT.fullmatch(segment) for segment in segments):
        return None
    *before, owner, name = ["", *segments]
    base = "".join(f"/{segment}" for segment in before if segment)
    if parts.scheme not in (*_PORTS, *_OTHERS):
        return None
    scheme: Literal["http", "https"] = "http" if parts.scheme == "http" else "https"
    if parts.scheme in _OTHERS or port == _PORTS[scheme]:
        port = None
    return Repository(scheme, host, port, owner, name, base)
