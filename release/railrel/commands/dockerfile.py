"""`railrel dockerfile`: write the files of an image that builds from its own folder alone."""

import shlex

import click

from railrel.commands.shared.changes import carry_out, diffs_of, show_written
from railrel.commands.shared.context import Context, stop_for
from railrel.commands.shared.image_parts import out_of_reach, parts_of
from railrel.commands.shared.options import (
    chosen,
    diff_option,
    dry_run_option,
    json_option,
    project_argument,
    with_context,
)
from railrel.commands.shared.tools import index_of
from railrel.dependencies.file_names import files_like
from railrel.dependencies.references import Index
from railrel.errors import ConfigError, ExitCode, Problem
from railrel.images.generate import Image, generate, ignore_of
from railrel.images.kept_out import kept_out
from railrel.images.migrate import FILES, Migration, migration
from railrel.images.siblings import siblings_of
from railrel.sources import read_source
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project
from railrel.world import FileChange

SCHEMA = "railrel.dockerfile/1"


@dataclass(frozen=True, slots=True)
class DockerfileReport:
    """What `railrel dockerfile --json` prints."""

    project: str
    starts: str
    """The kind of program: `django`, `application`, `script`, `module`, or `own`."""
    python: str
    internal: tuple[str, ...]
    """Packages that the build takes from the registry."""
    written: bool
    files: tuple[str, ...]
    """Those that change."""
    diff: str
    findings: tuple[Problem, ...] = ()
    """What is left to a person."""


@click.command("dockerfile")
@project_argument
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 if a file differs.")
@diff_option
@click.option(
    "--migrate",
    is_flag=True,
    help="Take the siblings' folders out of the Dockerfiles that are there, and keep the rest.",
)
@click.option("--replace", is_flag=True, help="Replace files that railrel did not write.")
@dry_run_option
@json_option
@with_context
def command(
    context: Context,
    project: str | None,
    *,
    check: bool,
    diff: bool,
    migrate: bool,
    replace: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Write a Dockerfile and a .dockerignore that need no other folder than the project's.

    What is installed comes from the project's lock: uv, Poetry, PDM, or requirements with hashes.
    Packages of the team come from its registry alone; who may read it is told by a build secret. Lines
    between "own lines" and "end of own lines" are kept.

    With --migrate it writes none: in those that are there, and in compose files, scripts and CI, folders
    of siblings and the contexts for them go, and what is needed is installed from the registry.
    """
    if migrate and replace:
        raise ConfigError(
            "--migrate keeps a Dockerfile and --replace does not; one of them",
            hint=f"railrel dockerfile {project or 'PROJECT'} --migrate",
        )
    write = not (check or diff or dry_run)
    workspace = context.recovered() if write else context.workspace()
    (mine,) = chosen(context, workspace, (project,) if project else ())
    stop_for(workspace, (mine,))
    if migrate:
        plan = _migration(context, workspace, mine)
        _migrate(context, workspace, mine, plan, write=write, diff=diff or check, as_json=as_json)
        left = any(finding.blocks for finding in plan.findings)
        return ExitCode.FOUND if left or (check and plan.changes) else ExitCode.DONE
    image = _image(context, workspace, mine)
    files = generate(image, replace=replace)
    if isinstance(files, list):
        raise ConfigError.of(files)
    if write:
        context.world.files.change(files, workspace.root, context.journal(workspace.root))
    _show(context, workspace, image, files, write=write, diff=diff or check, as_json=as_json)
    work = check and files
    return ExitCode.FOUND if work or _out_of_reach(image) else ExitCode.DONE


def _migration(context: Context, workspace: Workspace, project: Project) -> Migration:
    registry = context.registry(workspace, project)
    index = index_of(registry) or Index("", registry.simple_url, registry.publish_url)
    others = (context.project_at(workspace, other.folder) or other for other in workspace.projects)
    siblings = siblings_of(project, others, context.style(workspace, project))
    sources = (read_source(project.folder / name) for name in files_like(project.folder, FILES))
    return migration(project, siblings, index, sources)


def _migrate(
    context: Context,
    workspace: Workspace,
    project: Project,
    plan: Migration,
    *,
    write: bool,
    diff: bool,
    as_json: bool,
) -> None:
    """Carry the plan out, or show it."""
    console = context.console
    if write:
        carry_out(context, workspace, {project: plan.files})
    diffs = diffs_of(plan.files, workspace.root)
    if as_json:
        files = tuple(str(file.path) for file in plan.files)
        findings = tuple(finding.problem for finding in plan.findings)
        console.report(
            SCHEMA,
            DockerfileReport(project.name, "", "", plan.siblings, write, files, diffs, findings),
        )
        return
    if plan.changes:
        console.diff(diffs)
    else:
        console.say(f"{project.name}: nothing to migrate")
    for finding in plan.findings:
        console.problem(finding.problem, "finding" if finding.blocks else "note")
    if plan.changes and not diff:
        console.say(f"{'migrated' if write else 'would migrate'} {len(plan.files)} files")
    if plan.changes and write:
        console.say(f"back again: railrel fix-deps {project.name} --undo")


def _image(context: Context, workspace: Workspace, project: Project) -> Image:
    """What decides what the files look like. ConfigError with all that is missing."""
    settings = context.settings(workspace.root, project)
    git = context.world.git.state(project.folder)
    found = parts_of(context, workspace, project)
    python, start, steps = found.python, found.start, found.steps
    several = steps if isinstance(steps, list) else steps.forbidden
    if (
        isinstance(python, Problem)
        or isinstance(start, Problem)
        or isinstance(steps, list)
        or several
    ):
        raise ConfigError.of([p for p in (python, start, *several) if isinstance(p, Problem)])
    for note in (*found.notes, *steps.before):
        context.console.problem(note, "note")
    return Image(
        tree=found.tree,
        base=found.base,
        python=python,
        steps=steps,
        start=start,
        index=found.index,
        port=settings.text("image-port"),
        healthcheck=settings.text("image-healthcheck"),
        source=git.remote or "" if git else "",
    )


def _show(
    context: Context,
    workspace: Workspace,
    image: Image,
    files: tuple[FileChange, ...],
    *,
    write: bool,
    diff: bool,
    as_json: bool,
) -> None:
    console, project = context.console, image.tree.project
    diffs = diffs_of(files, workspace.root)
    note = kept_out(image.tree, ignore_of(image.tree, files))
    if as_json:
        console.report(
            SCHEMA,
            DockerfileReport(
                project=project.name,
                starts=image.start.kind,
                python=image.python,
                internal=image.steps.internal,
                written=write and bool(files),
                files=tuple(str(file.path) for file in files),
                diff=diffs,
                findings=(*_out_of_reach(image), *((note,) if note else ())),
            ),
        )
        return
    if note:
        console.problem(note, "note")
    show_written(
        context,
        project.name,
        project.folder,
        files,
        diffs if diff else "",
        well="its image's files are as they should be",
        write=write,
    )
    findings = _out_of_reach(image)
    for finding in findings:
        console.problem(finding, "finding")
    if write and files and not findings:
        secret = " --secret id=netrc,src=$HOME/.netrc" if image.steps.internal else ""
        build = f"docker build{secret} -t {project.name}"
        if image.steps.before:
            console.say(f"next: railrel with-fixed-deps {project.name} -- {build} .")
        else:
            console.say(f"next: {build} {shlex.quote(str(project.folder))}")


def _out_of_reach(image: Image) -> list[Problem]:
    """That packages would come from a registry that is a folder."""
    internal = image.steps.internal
    return [out_of_reach(image.tree.project, internal)] if internal and not image.index else []
