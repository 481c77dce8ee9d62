"""A marked token is looked for in everything that a run leaves: output, files, processes."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from railrel.effects.processes import RealProcesses
from railrel.errors import ExitCode
from railrel.world import Command, Completed
from tests.servers.gitea import Gitea
from tests.workbench import Workbench


@dataclass
class Watched:
    """Processes whose argument lists and environments are kept."""

    seen: list[Command] = field(default_factory=list)

    def find(self, program: str, environment: Mapping[str, str]) -> Path | None:
        return RealProcesses().find(program, environment)

    def attached(self, command: Command) -> int:
        raise NotImplementedError

    def run(self, command: Command) -> Completed:
        self.seen.append(command)
        return RealProcesses().run(command)


@pytest.mark.parametrize(
    "argv", [["publish", "-v"], ["publish", "--json"], ["status"], ["config"], ["env"]]
)
@pytest.mark.parametrize("good", [True, False], ids=["accepted", "refused"])
def test_the_token_is_in_no_output_no_file_and_no_process(
    bench: Workbench, gitea: Gitea, tmp_path: Path, argv: list[str], *, good: bool
) -> None:
    name = f"secretive-{secrets.token_hex(4)}"
    bench.library(name, "1.0")
    bench.commit(name, "v1.0")
    token = gitea.tokens["publish"] if good else "marked-secret-of-nobody"
    having = replace(bench, cache=tmp_path / "cache").having(
        RAILREL_REGISTRY=gitea.registry(), RAILREL_TOKEN=token
    )
    watched = Watched()
    world = replace(having.world(), processes=watched)

    result = having.railrel(*argv, *([name] if argv[0] == "publish" else []), world=world)

    assert result.code in ((0,) if good else (0, ExitCode.REFUSED, ExitCode.UNREACHABLE))
    assert token not in result.out + result.err
    for command in watched.seen:
        assert token not in " ".join(command.argv)
        if "uv" not in Path(command.argv[0]).name:
            assert token not in command.environment.values()
    for path in (*tmp_path.rglob("*"), *having.root.rglob("*")):
        if path.is_file():
            assert token.encode() not in path.read_bytes(), path
