"""A marked token is looked for in everything that a run leaves: output, files, processes."""

import secrets
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from railrel.effects.processes import RealProcesses
from railrel.errors import ExitCode
from railrel.world import Command, Completed, Conversation, Running
from tests.commands.test_announce import team_of
from tests.commands.test_workflow_secret import ready
from tests.servers.gitea import Gitea
from tests.servers.missing import need
from tests.workbench import Workbench
from tests.workflows.samples import NAME


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

    def beside(self, command: Command) -> AbstractContextManager[Running]:
        self.seen.append(command)
        return RealProcesses().beside(command)

    def conversing(self, command: Command, mark: str) -> AbstractContextManager[Conversation]:
        self.seen.append(command)
        return RealProcesses().conversing(command, mark)

    def stop(self) -> None:
        raise NotImplementedError


@pytest.mark.parametrize(
    "argv", [["publish", "-v"], ["publish", "--json"], ["status"], ["config"], ["env"], ["doctor"]]
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

    assert result.code in (
        (0,) if good else (0, ExitCode.FOUND, ExitCode.REFUSED, ExitCode.UNREACHABLE)
    )
    assert token not in result.out + result.err
    for command in watched.seen:
        assert token not in " ".join(command.argv)
        if "uv" not in Path(command.argv[0]).name:
            assert token not in command.environment.values()
    for path in (*tmp_path.rglob("*"), *having.root.rglob("*")):
        if path.is_file():
            assert token.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("tool", ["uv", "poetry"])
@pytest.mark.parametrize("good", [True, False], ids=["accepted", "refused"])
def test_a_lock_is_made_from_a_private_registry_and_holds_no_token(
    bench: Workbench, gitea: Gitea, tmp_path: Path, tool: str, *, good: bool
) -> None:
    name = f"private-{secrets.token_hex(4)}"
    bench.library(name, "1.0")
    bench.commit(name, "v1.0")
    registry = gitea.registry("secret-acme")
    having = replace(bench, cache=tmp_path / "cache").having(
        RAILREL_REGISTRY=registry,
        RAILREL_TOKEN=gitea.tokens["publish"],
        PATH=f"{need('poetry').parent}:{bench.environment['PATH']}",
    )
    assert having.railrel("publish", name).code == 0
    head = '[project]\nname = "app"\nversion = "1.0"\nrequires-python = ">=3.11"\n'
    source = f'{name} = {{ path = "../{name}"'
    tables = {
        "uv": f"[tool.uv.sources]\n{source}, editable = true }}\n",
        "poetry": f"[tool.poetry]\npackage-mode = false\n[tool.poetry.dependencies]\n{source} }}\n",
    }
    bench.write("app/pyproject.toml", f'{head}dependencies = ["{name}"]\n{tables[tool]}')
    argv = [sys.executable, "-m", "uv"] if tool == "uv" else [str(need("poetry"))]
    bench.call([*argv, "lock"], bench.root / "app", POETRY_VIRTUALENVS_CREATE="false")
    lock = bench.root / "app" / f"{tool}.lock"
    before = bench.snapshot(bench.root / "app")
    token = gitea.tokens["publish"] if good else "marked-secret-of-nobody"
    having = having.having(RAILREL_TOKEN=token)

    result = having.railrel("fix-deps", "app", "-v")

    if good:
        assert result.code == 0, result.err
        assert name in lock.read_text()
        assert f"../{name}" not in lock.read_text()
    else:
        assert result.code == ExitCode.UNFIT
        assert bench.snapshot(bench.root / "app") == before
    assert token not in result.out + result.err
    for path in (*tmp_path.rglob("*"), *having.root.rglob("*")):
        if path.is_file():
            assert token.encode() not in path.read_bytes(), path


@pytest.mark.parametrize("verb", ["announce", "workflow"])
def test_neither_token_is_in_what_an_announcement_or_a_stored_secret_leaves(
    bench: Workbench, gitea: Gitea, tmp_path: Path, verb: str
) -> None:
    having = replace(bench, cache=tmp_path / "cache")
    if verb == "announce":
        team = team_of(having, gitea, tmp_path)
        having, argv = team.bench, [verb, team.name, "-v"]
    else:
        having, _ = ready(having, gitea, RAILREL_TOKEN=gitea.tokens["publish"])
        argv = [verb, NAME, "--set-secret", "-v"]
    watched = Watched()

    result = having.railrel(*argv, world=replace(having.world(), processes=watched))

    assert result.code == 0, result.err
    for token in (gitea.tokens["publish"], gitea.tokens["repository"]):
        assert token not in result.out + result.err
        for command in watched.seen:
            assert token not in " ".join(command.argv)
            assert token not in command.environment.values()
        for path in tmp_path.rglob("*"):
            assert not path.is_file() or token.encode() not in path.read_bytes(), path


def test_what_a_secret_is_called_and_who_wrote_a_commit_are_no_secrets(bench: Workbench) -> None:
    bench.library()
    bench.commit("issue-core")
    known = {"RAILREL_TOKEN_SECRET": "acme_packages", "GIT_AUTHOR_NAME": "release"}
    having = bench.having(RAILREL_REGISTRY="https://git.example.com/api/packages/a/pypi", **known)

    result = having.railrel("workflow", "issue-core", "--diff")

    assert result.code == 0, result.err
    assert "RAILREL_TOKEN: ${{ secrets.ACME_PACKAGES }}" in result.out
    assert 'RAILREL_TOKEN_SECRET: "acme_packages"' in result.out
    assert "name: release" in result.out


def test_the_secrets_of_other_tools_are_kept_too(bench: Workbench) -> None:
    having = bench.having(HATCH_INDEX_AUTH="marked-auth", MY_PASSWORD="marked-word")

    result = having.railrel("status", "marked-auth", "marked-word")

    assert "***" in result.err
    assert "marked" not in result.out + result.err
