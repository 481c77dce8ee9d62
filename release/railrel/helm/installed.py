"""The values of an installed release, and what a file of values leaves of them in app.ini."""

import re
from collections.abc import Iterator
from pathlib import Path

from railrel.errors import ConfigError, Problem, UnreachableError
from railrel.helm.values_file import ValuesFile
from railrel.world import Command, World

_WARNING = re.compile(r"(?:WARNING: |level=WARN|[WI]\d{4} )[^\n]*\n")
# The chart's own, which are there whether a file names them or not.
_OWN = {("server", "SSH_PORT"), ("server", "SSH_LISTEN_PORT")}
_SECONDS = 60.0


def values_of(world: World, release: str, namespace: str | None) -> ValuesFile:
    """All values of a release, by helm.

    ConfigError if there is no helm or no such release, UnreachableError if it cannot tell.
    """
    for name, option in ((release, "--from-release"), (namespace or "x", "--namespace")):
        if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", name):
            raise ConfigError(f"{name} is no name in Kubernetes", at=option, hint="helm list -A")
    place = ["--namespace", namespace] if namespace else []
    argv = ("helm", "get", "values", release, "--all", "--output", "yaml", *place)
    # Helm starts plugins; what publishes is nothing to them.
    environment = {n: v for n, v in world.environment.items() if not n.startswith("RAILREL_")}
    done = world.processes.run(Command(argv, world.folder, environment, _SECONDS))
    if done.code:
        raise _trouble(done.output, release, " ".join(argv))
    text = done.output
    while found := _WARNING.match(text):
        text = text[found.end() :]
    return ValuesFile(Path(f"release {release}"), text.encode())


def _trouble(said: str, release: str, command: str) -> ConfigError | UnreachableError:
    # What helm says may hold values; only what it means is passed on.
    if "not found" in said:
        return ConfigError(
            f"there is no release called {release} in this namespace",
            at="--from-release",
            hint="helm list -A; --namespace names another",
        )
    return UnreachableError(
        "helm cannot tell the values of the release", at="--from-release", hint=command
    )


def left_behind(installed: ValuesFile, file: ValuesFile) -> Iterator[Problem]:
    """Keys that the release has and the file has not: they stay in app.ini on the volume."""
    every = (*file.entries, *file.variables)
    kept = {(entry.section, entry.key) for entry in every} | _OWN
    there = (*installed.entries, *installed.variables)
    gone = dict.fromkeys((one.section, one.key) for one in there if one.is_set)
    for section, key in gone:
        if (section, key) not in kept:
            yield Problem(
                f"{section}.{key} of the release is not in {file.path.name}, and will stay in app.ini",
                str(file.path),
                "set it to what it shall be; to be rid of it, edit app.ini on the volume",
                "stays-in-app-ini",
            )
