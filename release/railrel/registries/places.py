"""Where the registry is, as the settings say it."""

import re
from dataclasses import field
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from railrel.errors import ConfigError
from railrel.job import TOKEN_SECRET
from railrel.settings import Settings
from railrel.values import dataclass
from railrel.world import Secret

_SCHEMES = ("http", "https", "file")


@dataclass(frozen=True, slots=True)
class Place:
    """A URL or a folder; exactly one of the two."""

    url: str
    """Without credentials; empty for a folder."""
    folder: Path | None
    origin: str
    """Where it was set."""
    index_name: str
    index_url: str
    """Of the simple pages, if it was set by hand."""
    username: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))
    token_secret: str = TOKEN_SECRET
    """What the secret is called by which jobs are given its token."""
    seconds: float = 60.0
    """What one request to it may take."""

    @property
    def shown(self) -> str:
        """Fit for people."""
        return self.url or str(self.folder)


def place_of(settings: Settings, root: Path) -> Place:
    """Read the setting `registry`. ConfigError when it is no place."""
    setting = settings.values["registry"]
    text = settings.text("registry")
    index_name, index_url = settings.text("index-name"), settings.text("index-url").rstrip("/")
    if not text:
        own = root / ".railrel" / "index"
        return Place("", own, "default", index_name, index_url)
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise ConfigError(
            "the registry is not a URL that can be asked",
            at=setting.origin,
            hint="write it like https://git.example.com/api/packages/acme/pypi",
        ) from error
    if parts.scheme not in _SCHEMES and "://" not in text:
        try:
            folder = (setting.base / Path(text).expanduser()).resolve()
        except (RuntimeError, ValueError, OSError) as error:
            raise ConfigError(
                f"the registry {text} is no folder", at=setting.origin, hint="name one that can be"
            ) from error
        return Place("", folder, setting.origin, index_name, index_url)
    if parts.scheme == "file" and parts.netloc in ("", "localhost") and parts.path.startswith("/"):
        return Place("", Path(unquote(parts.path)), setting.origin, index_name, index_url)
    if parts.scheme not in _SCHEMES or not parts.hostname or parts.scheme == "file":
        raise ConfigError(
            f"the registry {_without_credentials(text)} is not a URL that can be asked",
            at=setting.origin,
            hint="write it like https://git.example.com/api/packages/acme/pypi",
        )
    if parts.password and setting.origin.startswith("--"):
        raise ConfigError(
            "a password on the command line is seen by everybody on this machine",
            at=setting.origin,
            hint="name the registry without it, and set RAILREL_TOKEN",
        )
    return Place(
        url=_without_credentials(text).rstrip("/"),
        folder=None,
        origin=setting.origin,
        index_name=index_name,
        index_url=index_url,
        username=unquote(parts.username or ""),
        password=Secret(unquote(parts.password or "")),
        token_secret=settings.text("token-secret").upper(),
        seconds=float(settings.text("timeout")),
    )


def _without_credentials(text: str) -> str:
    parts = urlsplit(text)
    netloc = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=netloc, fragment="", query=""))


def index_name_from(text: str) -> str:
    """A name that uv and Poetry accept for an index."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "internal"
