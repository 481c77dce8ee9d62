"""What `railrel image` builds and with what, found out in a project, its settings and the machine."""

import platform
import shlex
from pathlib import Path

from packaging.utils import NormalizedName

from railrel.commands.shared.context import Context
from railrel.commands.shared.image_parts import Parts
from railrel.errors import ConfigError, Problem, UnreachableError
from railrel.images.builders import BUILDERS
from railrel.images.builders.protocol import Argv, Builder
from railrel.images.dockerfiles import Dockerfile
from railrel.images.installers.protocol import Steps
from railrel.images.proofs import context as contexts
from railrel.images.proofs.job import Job, missing_variables
from railrel.images.proofs.registry import target_of
from railrel.images.proofs.start import Machine, last_words
from railrel.images.starts.protocol import Start
from railrel.sources import read_bytes
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project
from railrel.workspace.source_files import sent_names
from railrel.world import Secret


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line says of it."""

    builder: str
    variables: tuple[str, ...]
    ca: str | None
    seconds: int


def job_of(
    context: Context, workspace: Workspace, project: Project, parts: Parts, wanted: Wanted
) -> Job:
    """All of it. ConfigError with what is missing, UnreachableError if no builder answers."""
    settings = context.settings(workspace.root, project)
    missing = missing_variables(wanted.variables, context.world.environment)
    if missing:
        raise ConfigError.of(missing)
    for name in wanted.variables:
        # One that is passed on is likely to be nobody's business.
        context.console.hide(Secret(context.world.environment.get(name, "")))
    file = _dockerfile(project)
    names = parts.tree.names
    return Job(
        project=project,
        file=file,
        context=contexts.Context(
            folder=project.folder,
            names=names,
            sent=sent_names(project.folder, names),
            siblings=frozenset(map(str, workspace.folders)) - {str(project.name)},
            migrate=f"railrel dockerfile {project.name} --migrate",
        ),
        pins=_pins(context, parts),
        target=target_of(file, _python(parts), platform.machine()),
        builder=_builder(context, wanted.builder),
        options=_options(settings.text("image-build-options")),
        ca=_ca(context, wanted.ca),
        serves=isinstance(parts.start, Start) and parts.start.serves,
        port=settings.text("image-port"),
        healthcheck=settings.text("image-healthcheck"),
        variables=wanted.variables,
        seconds=wanted.seconds,
    )


def _dockerfile(project: Project) -> Dockerfile:
    path = project.folder / "Dockerfile"
    if not path.is_file():
        raise ConfigError(
            f"{project.name} has no Dockerfile",
            at=str(project.folder),
            hint=f"railrel dockerfile {project.name}",
        )
    return Dockerfile(path, read_bytes(path))


def _pins(context: Context, parts: Parts) -> tuple[tuple[NormalizedName, str], ...]:
    """What is locked of ours. Without a lock that is nothing; one that cannot be trusted stops."""
    if isinstance(parts.steps, Steps):
        return parts.steps.pins
    if any(problem.rule != "no-lock" for problem in parts.steps):
        raise ConfigError.of(parts.steps)
    for problem in parts.steps:
        context.console.problem(problem, "note")
    return ()


def _python(parts: Parts) -> str:
    if isinstance(parts.python, Problem):
        return ".".join(platform.python_version_tuple()[:2])
    return parts.python


def _options(line: str) -> Argv:
    try:
        return tuple(shlex.split(line))
    except ValueError as error:
        raise ConfigError(
            f"image-build-options cannot be read: {error}", hint="close its quotes"
        ) from error


def _ca(context: Context, given: str | None) -> Path | None:
    path = (context.start / given).resolve() if given else None
    if path and not path.is_file():
        raise ConfigError(f"there is no file {given}", at=str(path), hint="--ca our-ca.pem")
    return path


def _builder(context: Context, wanted: str) -> Builder:
    """The one that is wanted, or the first that can be used."""
    environment = context.world.environment
    there = [
        builder
        for builder in BUILDERS
        if wanted in ("", builder.ID) and context.world.processes.find(builder.ID, environment)
    ]
    said = ""
    for builder in there:
        machine = Machine(context.world, context.start, {**environment, **builder.VARIABLES})
        code, said = machine.ask(builder.check(), 60)
        if not code:
            return builder
    if there:
        raise UnreachableError(
            f"{there[-1].ID} is here and cannot be used: {last_words(said)}",
            hint="start its daemon, or name another --builder",
        )
    names = wanted or ", ".join(builder.ID for builder in BUILDERS)
    raise ConfigError(
        f"no image builder is here: {names}", hint="install one of them, or name another --builder"
    )
