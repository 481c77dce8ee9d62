"""Docker, with BuildKit."""

from pathlib import Path

from railrel.images.builders import as_docker
from railrel.images.builders.protocol import Argv, Build, Push, Run

ID = "docker"
TITLE = "Docker with BuildKit"
# Docker before 23 has it, and uses it only when it is told to.
VARIABLES = {"DOCKER_BUILDKIT": "1", "BUILDKIT_PROGRESS": "plain"}


def check() -> Argv:
    return (ID, "version")


def build(build: Build) -> Argv:
    return as_docker.build(ID, build)


def save(tag: str, archive: Path) -> Argv:
    return (ID, "save", "--output", str(archive), tag)


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
    return (ID, "image", "inspect", name)


def push(push: Push) -> Argv:
    return (ID, "--config", str(push.login), "push", push.name)


def remove_image(tag: str) -> Argv:
    return (ID, "image", "rm", tag)
