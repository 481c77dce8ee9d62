"""What an image is called where it is pushed: HOST[:PORT]/PATH:TAG. Pure.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests for path and
tag; https://github.com/distribution/reference for how builders tell a host from a path.
"""

import re

from packaging.version import InvalidVersion, Version

from railrel.errors import ConfigError
from railrel.values import dataclass

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_NAME = re.compile(
    r"(?P<host>(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::\d+)?)"
    rf"/(?P<path>{_COMPONENT}(?:/{_COMPONENT})*)"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?",
    re.ASCII,
)
_EXAMPLE = "git.example.com/acme/app"


@dataclass(frozen=True, slots=True)
class ImageName:
    """The full name of an image."""

    host: str
    """With its port, if there is one."""
    path: str
    """On Gitea the owner, a slash and the name of the package."""
    tag: str

    @property
    def owner(self) -> str:
        """To whom it belongs on Gitea."""
        return self.path.partition("/")[0]

    def __str__(self) -> str:
        return f"{self.host}/{self.path}:{self.tag}"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is said about the name, and by whom."""

    text: str
    """Without a tag, the version is its tag."""
    at: str
    """Where it is set."""


def name_of(wish: Wish, version: Version) -> ImageName:
    """The name that is wished for. ConfigError with what no image can be called."""
    found = _NAME.fullmatch(wish.text)
    if found is None:
        raise ConfigError(
            f"no image can be pushed as {wish.text!r}",
            at=wish.at,
            hint=f"write it like {_EXAMPLE}:{tag_of(version)}, its path in lower case",
        )
    host = found["host"]
    # Builders take any other first word for a user of Docker Hub's.
    if not re.search(r"[.:]", host) and host != "localhost":
        raise ConfigError(
            f"{wish.text} names no registry, and builders would take Docker Hub's",
            at=wish.at,
            hint=f"write it whole: {_EXAMPLE}:{found['tag'] or tag_of(version)}",
        )
    return ImageName(host, found["path"], found["tag"] or tag_of(version))


def tag_of(version: Version) -> str:
    """The tag of a version: `-` for the `+` and the `!` that no tag can hold."""
    return re.sub(r"[^\w.-]", "-", str(version), flags=re.ASCII)


def moves(tag: str, version: Version) -> bool:
    """Whether this tag may mean another image tomorrow: `latest`, `edge`, or `1.2` for 1.2.3.

    One that is a version, or begins with the present one, stands for one commit for ever.
    """
    bare = tag.removeprefix("v")
    if re.match(rf"{re.escape(tag_of(version))}(?![\w.])", bare, re.ASCII):
        return False
    try:
        named = Version(bare)
    except InvalidVersion:
        return True
    short = len(named.release) < len(version.release) and bare == named.base_version
    return short and version.release[: len(named.release)] == named.release
