"""A real Gitea on loopback: an organisation, a private one, a bot and its tokens."""

import contextlib
import hashlib
import os
import re
import secrets
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
from packaging.utils import canonicalize_name

from tests.servers.missing import gitea_binary
from tests.servers.running import free_port, running

SECONDS = 60
PAGES = 100
ADMIN, BOT = "admin-of-tests", "bot"
ORGANISATION, PRIVATE = "acme", "secret-acme"
SCOPES = {
    "publish": "write:package",
    "read": "read:package",
    "other": "read:user",
    "repository": "write:package,write:repository,write:organization",
}

Sections = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Gitea:
    """A running server."""

    url: str
    tokens: Mapping[str, str]
    """Of the bot, by what they are for."""
    admin: tuple[str, str]
    """User name and password."""
    folder: Path
    pid: int
    organisation: str = ORGANISATION
    private_organisation: str = PRIVATE
    bot: str = BOT

    def registry(self, owner: str = ORGANISATION) -> str:
        """The address of an owner's PyPI registry."""
        return f"{self.url}/api/packages/{owner}/pypi"

    def files(
        self, name: str, version: str | None = None, owner: str = ORGANISATION
    ) -> dict[str, str]:
        """File names and sha256 from Gitea's own API, of one version or of all; none if absent."""
        versions = self.versions(name, owner) if version is None else [version]
        return {
            filename: sha256
            for each in versions
            for filename, sha256 in self._files_of(owner, name, each).items()
        }

    def versions(self, name: str, owner: str = ORGANISATION) -> list[str]:
        """The versions of one package, the last uploaded first; none if it is absent."""
        found: list[str] = []
        # A page has at most fifty.
        for page in range(1, PAGES + 1):
            path = f"/packages/{owner}/pypi/{canonicalize_name(name)}?page={page}&limit=50"
            listed = self._list(path)
            if not listed:
                return found
            found += [version["version"] for version in listed]
        raise RuntimeError(f"{name} has more than {PAGES} pages of versions")

    def package(self, name: str, version: str, owner: str = ORGANISATION) -> dict[str, object]:
        """What Gitea's API says of one version."""
        answer = self.ask("GET", _package(owner, name, version))
        found: dict[str, object] = answer.raise_for_status().json()
        return found

    def delete(self, name: str, version: str, owner: str = ORGANISATION) -> None:
        """Take one version out."""
        self.ask("DELETE", _package(owner, name, version)).raise_for_status()

    def make_private_organisation(self) -> str:
        """One of its own for a test that publishes what others publish too; its name."""
        name = f"secret-{secrets.token_hex(4)}"
        _make_organisation(self, name, "private")
        return name

    def make_public_organisation(self) -> str:
        """The same, to be read by anybody; its name."""
        name = f"public-{secrets.token_hex(4)}"
        _make_organisation(self, name, "public")
        return name

    def make_token(self, *scopes: str, user: str = BOT) -> str:
        """A personal token of the bot's, or of another's, with these scopes and no others."""
        wanted = {"name": secrets.token_hex(8), "scopes": list(scopes)}
        made = self.ask("POST", f"/users/{user}/tokens", wanted).raise_for_status()
        return str(made.json()["sha1"])

    def make_repository(self, name: str, owner: str = ORGANISATION) -> None:
        """Make an empty repository."""
        self.ask("POST", f"/orgs/{owner}/repos", {"name": name}).raise_for_status()

    def upload_raw(
        self,
        filename: str,
        content: bytes,
        *,
        name: str,
        version: str,
        token: str | None = None,
        owner: str = ORGANISATION,
        more: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Upload any bytes as a file of a version, and give whatever the registry answers.

        The token is the one to publish with unless another is given; an empty one sends none.
        `more` are further form fields, or other values for those that are always sent.
        """
        fields = {
            ":action": "file_upload",
            "protocol_version": "1",
            "metadata_version": "2.1",
            "name": name,
            "version": version,
            "filetype": "bdist_wheel" if filename.endswith(".whl") else "sdist",
            "sha256_digest": hashlib.sha256(content).hexdigest(),
            **(more or {}),
        }
        secret = self.tokens["publish"] if token is None else token
        return httpx.post(
            self.registry(owner),
            data=fields,
            files={"content": (filename, content)},
            auth=("__token__", secret) if secret else None,
            timeout=SECONDS,
            trust_env=False,
        )

    def ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Ask Gitea's API as the admin."""
        url = f"{self.url}/api/v1{path}"
        return httpx.request(
            method, url, json=body, auth=self.admin, timeout=SECONDS, trust_env=False
        )

    def _files_of(self, owner: str, name: str, version: str) -> dict[str, str]:
        listed = self._list(f"{_package(owner, name, version)}/files")
        return {file["name"]: file["sha256"] for file in listed}

    def _list(self, path: str) -> list[dict[str, str]]:
        answer = self.ask("GET", path)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return []
        found: list[dict[str, str]] = answer.raise_for_status().json()
        return found


@contextlib.contextmanager
def running_gitea(
    folder: Path, settings: Sections | None = None, version: str = ""
) -> Iterator[Gitea]:
    """Start one in a scratch folder, with further sections for its app.ini.

    One of `OTHER_GITEAS`, where a version is named.
    """
    binary, static = gitea_binary(version)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    config = _configure(folder, port, static, settings or {})
    password = secrets.token_hex(12)
    _admin(binary, config, "migrate")
    for user, flags in ((ADMIN, ["--admin"]), (BOT, [])):
        mail = f"{user}@example.com"
        fixed = ["--password", password, "--email", mail, "--must-change-password=false", *flags]
        _admin(binary, config, "admin", "user", "create", "--username", user, *fixed)
    tokens = {name: _token(binary, config, name, scopes) for name, scopes in SCOPES.items()}

    def is_up() -> bool:
        with contextlib.suppress(httpx.HTTPError):
            answer = httpx.get(f"{url}/api/v1/version", timeout=2, trust_env=False)
            # 403 where everybody must sign in.
            return answer.is_success or answer.status_code == httpx.codes.FORBIDDEN
        return False

    argv = [str(binary), "-c", str(config), "web"]
    with running(argv, folder, _environment(folder), is_up) as pid:
        server = Gitea(url, tokens, (ADMIN, password), folder, pid)
        _make_organisation(server, ORGANISATION, "public")
        _make_organisation(server, PRIVATE, "private")
        yield server


def _package(owner: str, name: str, version: str) -> str:
    # Gitea compares names as they are, and stores them normalised.
    return f"/packages/{owner}/pypi/{canonicalize_name(name)}/{version}"


def _configure(folder: Path, port: int, static: Path | None, settings: Sections) -> Path:
    data = folder / "data"
    data.mkdir(parents=True)
    sections: dict[str, dict[str, str]] = {
        "": {"WORK_PATH": str(folder), "RUN_MODE": "prod"},
        "server": {
            "HTTP_ADDR": "127.0.0.1",
            "HTTP_PORT": str(port),
            "ROOT_URL": f"http://127.0.0.1:{port}/",
            "APP_DATA_PATH": str(data),
            "DISABLE_SSH": "true",
            "OFFLINE_MODE": "true",
            **({"STATIC_ROOT_PATH": str(static)} if static else {}),
        },
        "database": {"DB_TYPE": "sqlite3", "PATH": str(data / "gitea.db")},
        "repository": {"ROOT": str(data / "repositories")},
        "security": {"INSTALL_LOCK": "true", "SECRET_KEY": secrets.token_hex(16)},
        "log": {"MODE": "console", "LEVEL": "Warn"},
        "indexer": {"ISSUE_INDEXER_TYPE": "db"},
        "actions": {"ENABLED": "true"},
    }
    for name, values in settings.items():
        sections.setdefault(name, {}).update(values)
    lines = []
    for name, values in sections.items():
        lines += [f"[{name}]"] if name else []
        lines += [f"{key} = {value}" for key, value in values.items()]
    config = folder / "app.ini"
    config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return config


def _environment(folder: Path) -> dict[str, str]:
    # As root Gitea wants to be told that this is meant.
    unsafe = {"GITEA_I_AM_BEING_UNSAFE_RUNNING_AS_ROOT": "true"} if os.geteuid() == 0 else {}
    kept = {name: os.environ[name] for name in ("PATH", "USER") if name in os.environ}
    return {**kept, "HOME": str(folder), **unsafe}


def _admin(binary: Path, config: Path, *arguments: str) -> str:
    done = subprocess.run(
        [str(binary), "-c", str(config), *arguments],
        env=_environment(config.parent),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"gitea {arguments[0]} failed:\n{done.stdout[-2000:]}")
    return done.stdout


def _token(binary: Path, config: Path, name: str, scopes: str) -> str:
    flags = ["--username", BOT, "--token-name", name, "--scopes", scopes, "--raw"]
    said = _admin(binary, config, "admin", "user", "generate-access-token", *flags)
    # Log lines come on the same stream, before it, and on a busy machine after it.
    found = re.search(r"(?<![0-9a-f])([0-9a-f]{40})[ \t]*$", said, re.MULTILINE)
    if found is None:
        raise RuntimeError("gitea gave no token")
    return found[1]


def _make_organisation(server: Gitea, name: str, visibility: str) -> None:
    body = {"username": name, "visibility": visibility}
    server.ask("POST", "/orgs", body).raise_for_status()
    team = {
        "name": "publishers",
        "permission": "write",
        "includes_all_repositories": True,
        "can_create_org_repo": True,
        "units_map": {
            "repo.packages": "write",
            "repo.code": "write",
            "repo.releases": "write",
        },
    }
    made = server.ask("POST", f"/orgs/{name}/teams", team).raise_for_status().json()
    server.ask("PUT", f"/teams/{made['id']}/members/{BOT}").raise_for_status()
