"""Rules: the files are called what was asked for, and that is something to depend on."""

from collections.abc import Iterator

from railrel.distributions.artefacts import Artefact
from railrel.distributions.gate.asked import Asked
from railrel.errors import Problem


def as_asked(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """Name and version are those that were asked for, in the metadata and in the file's name."""
    at = file.path.name
    for name in {file.name, file.file_name} - {asked.name}:
        yield Problem(
            f"the {file.kind} is called {name or 'nothing'}, not {asked.name}",
            at,
            "the backend reads the name elsewhere; give it one place",
            "other-name",
        )
    for version in {file.version, file.file_version} - {asked.version}:
        yield Problem(
            f"the {file.kind} has the version {version}, not {asked.version}",
            at,
            "the backend reads the version elsewhere; give it one place",
            "other-version",
        )


def released(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """The version is one that others may depend on."""
    version = file.version
    if version and (version.is_devrelease or version.local) and not asked.allow_dev:
        yield Problem(
            f"{version} is a development or local version",
            file.path.name,
            "publish a release, or let it pass by --allow-dev",
            "unreleased-version",
        )
