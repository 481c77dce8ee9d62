"""Podman."""

from collections.abc import Mapping
from pathlib import Path

from railrel.images.builders import as_docker
from railrel.images.builders.protocol import Argv, Build, Push, Run

ID = "podman"
TITLE = "Podman"
VARIABLES: Mapping[str, str] = {}


def check() -> Argv:
    return (ID, "info")


def build(build: Build) -> Argv:
    return as_docker.build(ID, build)


def save(tag: str, archive: Path) -> Argv:
    return (ID, "save", "--quiet", "--format", "docker-archive", "--output", str(archive), tag)


def before(run: Run) -> tuple[Argv, ...]:
    del run
    return ()


def start(run: Run) -> Argv:
    return as_docker.start(ID, run)


def ask(run: Run) -> Argv:
    return as_docker.ask(ID, run)


def remove(name: str) -> Argv:
    return (ID, "rm", "--force", "--volumes", name)


def rename(tag: str, name: str) -> Argv:
    return (ID, "tag", tag, name)


def has(name: str) -> Argv:
    return (ID, "image", "exists", name)


def push(push: Push) -> Argv:
    return (ID, "push", *as_docker.push_flags(push), push.name, f"docker://{push.name}")


def remove_image(tag: str) -> Argv:
    return (ID, "rmi", tag)
