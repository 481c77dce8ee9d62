"""Who we are to a registry: looked up where people already keep it, never on a command line."""

import configparser
import netrc
import shlex
from base64 import b64encode
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from railrel.errors import ConfigError, RefusedError
from railrel.registries.places import Place
from railrel.values import dataclass
from railrel.world import Credential, Secret, World

# A token stands alone; the user name is then of no account to Gitea, and this one to PyPI's kin.
TOKEN_USER = "__token__"  # noqa: S105 -- a user name

TOKEN_VARIABLE: Final = "RAILREL_TOKEN"  # noqa: S105 -- a name
"""Also by which a workflow hands a step its secret."""

# Variables for a user name (none: a token alone) and for the secret. Ours, then other tools'.
_OURS = (("", TOKEN_VARIABLE), ("RAILREL_USERNAME", "RAILREL_PASSWORD"))
_OTHERS = (
    ("", "GITEA_TOKEN"),
    ("", "FORGEJO_TOKEN"),
    ("", "UV_PUBLISH_TOKEN"),
    ("UV_PUBLISH_USERNAME", "UV_PUBLISH_PASSWORD"),
    ("TWINE_USERNAME", "TWINE_PASSWORD"),
    ("HATCH_INDEX_USER", "HATCH_INDEX_AUTH"),
    ("PDM_PUBLISH_USERNAME", "PDM_PUBLISH_PASSWORD"),
    ("FLIT_USERNAME", "FLIT_PASSWORD"),
)


@dataclass(frozen=True, slots=True)
class NoCredential:
    """Nothing was found."""

    looked: tuple[str, ...]
    """Everywhere that was looked."""


def find(
    place: Place, world: World, hide: Callable[[Secret], None], *, variables: bool = True
) -> Credential | NoCredential:
    """The first credential of: our variables, other tools' variables, the URL, ~/.pypirc, keyring, netrc.

    Variables name no host: without `variables` only what is kept for the place's own host counts.
    """
    looked: list[str] = []
    sources = (_variables, _url, _pypirc, _keyring, _netrc)
    for source in sources[0 if variables else 1 :]:
        for found in source(place, world):
            if isinstance(found, str):
                looked.append(found)
                continue
            hide(found.password)
            usable = _usable(found)
            for secret in _spellings(usable):
                hide(secret)
            return usable
    return NoCredential(tuple(looked))


def _spellings(credential: Credential) -> Iterator[Secret]:
    """The secret as it goes over the wire: a server may quote its request in its answer."""
    both = f"{credential.username}:{credential.password.reveal()}"
    yield Secret(b64encode(both.encode()).decode().rstrip("="))
    yield Secret(quote(credential.password.reveal(), safe=""))


class Credentials:
    """The credential for one place, looked up when it is first needed: a keyring can be slow."""

    def __init__(
        self,
        place: Place,
        world: World,
        hide: Callable[[Secret], None],
        *,
        variables: bool = True,
    ) -> None:
        self._place, self._world, self._hide = place, world, hide
        self._variables = variables

    @cached_property
    def _found(self) -> Credential | NoCredential:
        return find(self._place, self._world, self._hide, variables=self._variables)

    @property
    def own(self) -> Credential | None:
        """What was found, if anything."""
        return self._found if isinstance(self._found, Credential) else None

    @property
    def looked(self) -> tuple[str, ...]:
        """Everywhere that was looked in vain."""
        return self._found.looked if isinstance(self._found, NoCredential) else ()

    def for_url(self, url: str, place: str) -> Credential | None:
        """The credential, only for the host that it is for."""
        return self.own if urlsplit(url)[:2] == urlsplit(place)[:2] else None


def _usable(found: Credential) -> Credential:
    """Stripped of the newline that files and secret stores add."""
    username, password = found.username.strip(), found.password.reveal().strip()
    if not all(32 < ord(c) < 127 for c in username) or not _header_safe(password):
        raise RefusedError(
            f"the credential from {found.origin} holds characters that no header can carry",
            hint="a token is one line of letters and digits; set it again",
        )
    return Credential(username, Secret(password), found.origin)


def _header_safe(text: str) -> bool:
    return all(32 <= ord(c) != 127 for c in text)


def _variables(place: Place, world: World) -> Iterator[Credential | str]:
    for user, secret in (*_OURS, *_named(place), *_OTHERS):
        if world.environment.get(secret, "").strip():
            name = world.environment.get(user, "").strip() if user else ""
            yield Credential(name or TOKEN_USER, Secret(world.environment[secret]), secret)
        yield secret


def _named(place: Place) -> list[tuple[str, str]]:
    """Poetry's and uv's variables carry the index's name."""
    if not place.index_name:
        return []
    name = shouted(place.index_name)
    return [
        ("", f"POETRY_PYPI_TOKEN_{name}"),
        (f"POETRY_HTTP_BASIC_{name}_USERNAME", f"POETRY_HTTP_BASIC_{name}_PASSWORD"),
        (f"UV_INDEX_{name}_USERNAME", f"UV_INDEX_{name}_PASSWORD"),
    ]


def shouted(name: str) -> str:
    """An index's name as it stands in the variables of uv and Poetry."""
    return "".join(c if c.isalnum() else "_" for c in name.upper())


def _url(place: Place, world: World) -> Iterator[Credential | str]:
    del world
    if place.password:
        yield Credential(place.username or TOKEN_USER, place.password, f"the URL in {place.origin}")


def _pypirc(place: Place, world: World) -> Iterator[Credential | str]:
    path = world.home / ".pypirc"
    yield str(path)
    parser = configparser.RawConfigParser()
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        # The parser's message may quote a line, and with it a password.
        raise ConfigError(
            f"{path.name} cannot be read", at=str(path), hint="see twine's docs"
        ) from None
    for name in parser.sections():
        section = dict(parser.items(name))
        url = section.get("repository", "").rstrip("/")
        if section.get("password") and (url == place.url or (not url and name == place.index_name)):
            user = section.get("username") or TOKEN_USER
            yield Credential(user, Secret(section["password"]), f"{path} [{name}]")


def _keyring(place: Place, world: World) -> Iterator[Credential | str]:
    host = urlsplit(place.url).netloc
    for service in dict.fromkeys((place.url, f"{place.url}/", host)):
        found = world.keyring.credential(service)
        if found:
            yield Credential(found[0] or TOKEN_USER, Secret(found[1]), f"the keyring ({service})")
    yield "the keyring"


def _netrc(place: Place, world: World) -> Iterator[Credential | str]:
    named = world.environment.get("NETRC")
    path = Path(named) if named else world.home / ".netrc"
    yield str(path)
    if not path.is_file():
        return
    try:
        found = netrc.netrc(str(path)).authenticators(urlsplit(place.url).hostname or "")
    except (netrc.NetrcParseError, OSError, UnicodeDecodeError):
        raise ConfigError(
            f"{path.name} cannot be read",
            at=str(path),
            hint=f"chmod 600 {shlex.quote(str(path))}, and mend its lines",
        ) from None
    if found and found[2]:
        yield Credential(found[0] or TOKEN_USER, Secret(found[2]), str(path))
