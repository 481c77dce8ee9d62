"""The real servers that are built from their Go modules. A folder beside this file pins each."""

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class GoProgram:
    """What is built, by `go.mod` and `go.sum` in the folder of its name."""

    name: str
    title: str
    module: str
    packages: tuple[str, ...]
    """Each becomes a program that is called as the last part of its name."""
    tags: str = ""
    link: str = "-s -w"
    """For the linker; `{version}` is the module's."""
    folders: tuple[str, ...] = ()
    """Those of the module that are read at run time."""

    @property
    def source(self) -> Path:
        return HERE / self.name

    @property
    def version(self) -> str:
        """The version that go.mod names."""
        found = re.search(rf"\b{re.escape(self.module)} v(\S+)", self._text("go.mod"))
        if found is None:
            raise RuntimeError(f"{self.source / 'go.mod'} names no {self.module}")
        return found[1]

    @property
    def folder_name(self) -> str:
        """It tells what it was built from."""
        parts = [self._text("go.mod"), self._text("go.sum"), self.tags, self.link]
        digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
        name = self.name.removesuffix(f"-{self.version}")
        return f"{name}-{self.version}-{digest}"

    def _text(self, name: str) -> str:
        return (self.source / name).read_text(encoding="utf-8")


GITEA = GoProgram(
    name="gitea",
    title="Gitea",
    module="code.gitea.io/gitea",
    packages=("code.gitea.io/gitea",),
    tags="sqlite sqlite_unlock_notify",
    link="-s -w -X main.Version={version}",
    folders=("options", "templates", "public"),
)
# Releases that a team may still run. Up to 1.26.1 some of several uploads at the same moment are answered
# by 500 on PostgreSQL.
OTHER_GITEAS = {
    version: replace(GITEA, name=f"gitea-{version}", title=f"Gitea {version}")
    for version in ("1.25.5", "1.26.0")
}
BUILDKIT = GoProgram(
    name="buildkit",
    title="BuildKit",
    module="github.com/moby/buildkit",
    packages=("github.com/moby/buildkit/cmd/buildctl", "github.com/moby/buildkit/cmd/buildkitd"),
)
# The engine inside of Gitea's own runner, which is not to be had as a module itself.
ACT = GoProgram(
    name="act",
    title="The engine of Gitea's jobs",
    module="github.com/nektos/act",
    packages=("github.com/nektos/act",),
)
# Its plugin is called `cmd` when it is built.
COMPOSE = GoProgram(
    name="compose",
    title="Docker Compose",
    module="github.com/docker/compose/v2",
    packages=("github.com/docker/compose/v2/cmd",),
    link="-s -w -X github.com/docker/compose/v2/internal.Version=v{version}",
)
