"""A private Gitea with packages of ours, and a public index where others took their names."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from railrel.distributions.artefacts import inspect
from railrel.registries import choose
from railrel.settings import resolve
from tests.servers.gitea import Gitea
from tests.servers.install import TOOLS, is_tool_ready, tool_command
from tests.servers.missing import need
from tests.wheels import wheel
from tests.workbench import Result, Workbench

CORE, MID, PUBLIC = "acme-core", "acme-mid", "public-lib"
OURS = {CORE: ("0.2.3", ""), MID: ("1.0", f"Requires-Dist: {CORE}>=0.2\nRequires-Dist: {PUBLIC}\n")}
THEIRS = {CORE: ("99.0", ""), MID: ("99.0", ""), PUBLIC: ("1.0", "")}
SAFE = {CORE: "ours", MID: "ours", PUBLIC: "theirs"}


@dataclass(frozen=True)
class Market:
    """A workspace with an app that needs acme-mid, which needs acme-core and something public."""

    bench: Workbench
    registry: str
    public: str
    """The URL of the simple pages, without a slash at its end."""
    netrc: Path

    @property
    def simple(self) -> str:
        return f"{self.registry}/simple/"

    @property
    def app(self) -> Path:
        return self.bench.root / "app"

    @property
    def variables(self) -> dict[str, str]:
        """As a machine has them whose public index is the one here."""
        return {
            "NETRC": str(self.netrc),
            "PIP_CONFIG_FILE": "/dev/null",
            "PIP_INDEX_URL": f"{self.public}/",
            "PIP_FIND_LINKS": "",
            "UV_FIND_LINKS": "",
            "PIP_NO_CACHE_DIR": "1",
            "UV_NO_CACHE": "1",
            "UV_DEFAULT_INDEX": f"{self.public}/",
            "PDM_PYPI_URL": f"{self.public}/",
            "PDM_CHECK_UPDATE": "0",
            "PIPENV_NOSPIN": "1",
            "PIPENV_YES": "1",
            "PIPENV_IGNORE_VIRTUALENVS": "1",
            "PIPENV_VENV_IN_PROJECT": "1",
            "POETRY_VIRTUALENVS_IN_PROJECT": "true",
        }

    def railrel(self, *arguments: str, token: str = "") -> Result:
        tools = {str(tool_command(tool).parent) for tool in TOOLS if is_tool_ready(tool)}
        path = ":".join([*sorted(tools), self.bench.environment["PATH"]])
        return self.bench.having(**self.variables, PATH=path, RAILREL_TOKEN=token).railrel(
            *arguments
        )

    def tool(self, tool: str, *arguments: str) -> str:
        """Run a real tool in the app's folder."""
        own = {"uv": [sys.executable, "-m", "uv"], "pip": [str(self.python), "-m", "pip"]}
        argv = own.get(tool) or [str(need(tool))]
        return self.bench.call([*argv, *arguments], self.app, **self.variables)

    @property
    def python(self) -> Path:
        """Of the app's own environment."""
        return self.app / ".venv" / "bin" / "python"

    def environment_with_pip(self) -> None:
        """For the app, with the pip that Python brings along."""
        self.bench.call([sys.executable, "-m", "venv", str(self.app / ".venv")])

    def installed(self) -> dict[str, str]:
        """Whose each package is that the app's environment has."""
        code = "; ".join(f"import {n.replace('-', '_')} as m; print(m.OWNER)" for n in SAFE)
        said = self.bench.call([str(self.python), "-c", code], self.app)
        return dict(zip(SAFE, said.split(), strict=True))


def market(bench: Workbench, gitea: Gitea, folder: Path, url: str) -> Market:
    """Publish ours to a private organisation, theirs to the folder that is served at the URL."""
    owner = gitea.make_private_organisation()
    for name, (version, more) in OURS.items():
        path = _wheel(bench, "ours", name, version, more)
        sent = gitea.upload_raw(
            path.name, path.read_bytes(), name=name, version=version, owner=owner
        )
        sent.raise_for_status()
    for name, (version, more) in THEIRS.items():
        stock(bench, folder, _wheel(bench, "theirs", name, version, more))
    netrc = bench.root.parent / "netrc"
    netrc.write_text(f"machine 127.0.0.1\nlogin __token__\npassword {gitea.tokens['read']}\n")
    netrc.chmod(0o600)
    bench.write("railrel.toml", f'registry = "{gitea.registry(owner)}"\n')
    bench.library(CORE, "0.2.3")
    bench.library(MID, "1.0", f'dependencies = ["{CORE}>=0.2", "{PUBLIC}"]\n')
    return Market(bench, gitea.registry(owner), f"{url}/simple", netrc)


def stock(bench: Workbench, folder: Path, path: Path) -> None:
    """Put a wheel into an index that is a folder."""
    settings = resolve(
        flags={"registry": str(folder)}, environment={}, start=folder, project=None,
        workspace=folder, user=folder,
    )  # fmt: skip
    choose(settings, folder, bench.world(), lambda _: None).upload(inspect(path))
    shutil.rmtree(path.parent)


def _wheel(bench: Workbench, owner: str, name: str, version: str, more: str) -> Path:
    folder = bench.root.parent / f"wheels-{owner}"
    text = f'OWNER = "{owner}"\n'
    return wheel(folder, name, version, f"Requires-Python: >=3.11\n{more}", text=text)
