"""Workflows run by upstream's engine, on this machine, in scratch folders."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from railrel.distributions.environments import install_environment
from tests.workbench import Workbench, scripts

SECONDS = 300
# On a busy machine the engine loses what a step says just before it ends.
_MORE_TRIES = 2


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a repository."""

    name: str
    ref: str
    sha: str


@dataclass(frozen=True, slots=True)
class Run:
    """How the one job of a workflow ended."""

    passed: bool
    steps: Mapping[str, str]
    """`success`, `failure` or `skipped`, by the step's name."""
    log: str
    lost: bool
    """Whether a step failed without a word, which none of ours does."""


@dataclass(frozen=True, slots=True)
class Act:
    """A machine that runs jobs."""

    bench: Workbench
    server: str
    """Where repositories are: a URL, of files too."""
    wheels: Path
    """A folder with railrel's wheel, which its installers ask beside their index."""
    secrets: Mapping[str, str] = field(default_factory=dict)
    with_uv: bool = True
    """Whether uv is among its programs."""
    python: str = f'exec "{sys.executable}" "$@"'
    """What its python3 does."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """What else jobs find in theirs."""

    def run(self, root: Path, file: str, event: Event, repository: str) -> Run:
        """Run a file of a repository in `root`; the job checks out what the server has."""
        place = self.bench.root.parent / "act"
        place.mkdir(exist_ok=True)
        given = {
            "GITHUB_SERVER_URL": self.server,
            "GITHUB_REPOSITORY": repository,
            "GITHUB_REPOSITORY_OWNER": repository.partition("/")[0],
            "GITHUB_REF": event.ref,
            "GITHUB_REF_NAME": event.ref.split("/", 2)[-1],
            "GITHUB_SHA": event.sha,
            "GITEA_ACTIONS": "true",
            **self._indexes(),
            **self.environment,
        }
        (place / "environment").write_text(_lines(given), encoding="utf-8")
        (place / "secrets").write_text(_lines(self.secrets), encoding="utf-8")
        argv = [
            str(scripts() / "act"), event.name, "--json", "--directory", str(root),
            "--workflows", file, "--platform", "ubuntu-latest=-self-hosted",
            "--env-file", str(place / "environment"), "--secret-file", str(place / "secrets"),
            "--container-daemon-socket", "-", "--no-cache-server",
        ]  # fmt: skip
        run = self._once(argv, place)
        for _ in range(_MORE_TRIES):
            if run.lost:
                run = self._once(argv, place)
        return run

    def _once(self, argv: list[str], place: Path) -> Run:
        done = subprocess.run(
            argv,
            cwd=place,
            env=self._environment(place),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return _run_of(done.returncode, done.stdout)

    def _indexes(self) -> dict[str, str]:
        """How jobs reach this machine's package index."""
        kept = {n: v for n, v in install_environment(self.bench.world()).items() if _is_index(n)}
        return {**kept, "UV_FIND_LINKS": str(self.wheels), "PIP_FIND_LINKS": str(self.wheels)}

    def _environment(self, place: Path) -> dict[str, str]:
        programs = place / "programs"
        programs.mkdir(exist_ok=True)
        (programs / "uv").unlink(missing_ok=True)
        uv = {"uv": f'exec "{scripts()}/uv" "$@"'} if self.with_uv else {}
        for name, does in {"python3": self.python, **uv}.items():
            (programs / name).write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
            (programs / name).chmod(0o755)
        kept = {n: v for n, v in self.bench.environment.items() if not n.startswith("GIT_")}
        return {
            **kept,
            "HOME": str(place),
            "XDG_CACHE_HOME": str(self.bench.cache / "act"),
            "PATH": f"{programs}:/usr/bin:/bin",
        }


def _is_index(name: str) -> bool:
    return name.startswith(("PIP_", "UV_", "SSL_", "http", "HTTP", "no_proxy", "NO_PROXY"))


def _lines(values: Mapping[str, str]) -> str:
    return "".join(f'{name}="{value}"\n' for name, value in values.items())


def _run_of(code: int, said: str) -> Run:
    steps: dict[str, str] = {}
    lines: list[str] = []
    spoke: set[str] = set()
    for line in said.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            lines.append(line)
            continue
        lines.append(str(entry.get("msg", "")).rstrip())
        if entry.get("raw_output") or "command" in entry:
            spoke.add(str(entry.get("step", "")))
        # What the engine does before and after them are no steps of ours.
        if entry.get("stage") == "Main" and "stepResult" in entry:
            steps[str(entry["step"]).removeprefix("Main ")] = str(entry["stepResult"])
    lost = any(
        result == "failure" and spoke.isdisjoint({n, f"Main {n}"}) for n, result in steps.items()
    )
    return Run(code == 0, steps, "\n".join(lines), lost)
