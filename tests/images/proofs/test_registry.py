"""What is asked of a registry, and for which Python and platform."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from railrel.documents import read
from railrel.effects.processes import RealProcesses
from railrel.errors import RailrelError, RefusedError, UnreachableError
from railrel.images.dockerfiles import Dockerfile
from railrel.images.proofs.registry import Target, resolve, resolving, target_of, unpublished
from railrel.workspace.projects import Project, project_of
from railrel.world import Command, Completed
from tests.workbench import Workbench

CORE = canonicalize_name("issue-core")
PINS = ((CORE, "0.2.3"),)


@pytest.mark.parametrize(
    ("text", "machine", "python", "platform"),
    [
        ("FROM python:3.13-slim\n", "x86_64", "3.13", "x86_64-unknown-linux-gnu"),
        ("FROM x AS a\nFROM python:3.12-alpine\n", "arm64", "3.12", "aarch64-unknown-linux-musl"),
        (
            "FROM python:3.12 AS a\nFROM scratch\nFROM a\n",
            "AMD64",
            "3.12",
            "x86_64-unknown-linux-gnu",
        ),
        ("FROM debian:12\n", "aarch64", "3.11", "aarch64-unknown-linux-gnu"),
        ("", "x86_64", "3.11", "x86_64-unknown-linux-gnu"),
    ],
)
def test_the_last_image_tells_python_and_platform(
    text: str, machine: str, python: str, platform: str
) -> None:
    file = Dockerfile(Path("Dockerfile"), text.encode())

    assert target_of(file, "3.11", machine) == Target(python, platform)


def test_each_locked_version_has_to_be_held() -> None:
    held: Mapping[NormalizedName, frozenset[Version]] = {CORE: frozenset({Version("0.2.3")})}

    pins = (*PINS, (CORE, "0.2.9"), (canonicalize_name("tender"), "1.0"), (CORE, "no version"))
    found = unpublished(pins, lambda name: held.get(name, frozenset()), "https://git.example.com")

    assert [p.message for p in found] == [
        "issue-core 0.2.9 is not published",
        "tender 1.0 is not published",
        "issue-core no version is not published",
    ]
    assert found[0].hint == "railrel publish issue-core"


def project(bench: Workbench, text: str) -> Project:
    found = project_of(read(bench.write("app/pyproject.toml", text)))
    assert found
    return found


STATIC = '[project]\nname = "app"\nversion = "1"\ndependencies = ["issue-core"]\n'
DYNAMIC = '[project]\nname = "app"\nversion = "1"\ndynamic = ["dependencies"]\n'


@pytest.mark.parametrize(("text", "whole"), [(STATIC, True), (DYNAMIC, False)])
def test_no_backend_is_asked_for_requirements(bench: Workbench, text: str, *, whole: bool) -> None:
    argv, files = resolving(project(bench, text), PINS, Target("3.12", "x"), bench.root)

    names = {path.name: data for path, data in files.items()}
    assert names["pins.txt"] == b"issue-core==0.2.3\n"
    assert ("pyproject.toml" in names) == whole
    assert argv[argv.index("--python-version") + 1] == "3.12"
    assert "--no-build" in argv


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("error: Request failed: error sending request for url (https://x/)", UnreachableError),
        ("hint: An index returned 403 Forbidden", RefusedError),
        ("No solution found: because issue-core was not found", None),
        ("Building source distributions for `x` is disabled", None),
    ],
)
def test_why_nothing_could_be_resolved(
    bench: Workbench, said: str, kind: type[RailrelError] | None
) -> None:
    class Saying(RealProcesses):
        def run(self, command: Command) -> Completed:
            del command
            return Completed(1, said)

    world = replace(bench.world(), processes=Saying())
    if kind:
        with pytest.raises(kind, match="indexes do not answer"):
            resolve(world, ("uv",), bench.root, {}, "here")
        return
    result = resolve(world, ("uv",), bench.root, {}, "here")
    assert isinstance(result, str) == ("disabled" in said)
