"""What `railrel fix-deps` tells: its JSON, and a line for each path."""

from pathlib import Path

from railrel.commands.shared.changes import TakenBack, diff_of, diffs_of
from railrel.commands.shared.context import Context
from railrel.dependencies.rewrite import Replacement, Rewrite
from railrel.registries import Registry
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project

_BREAKS = {"publish": "a publish", "image": "an image", "development": "nothing"}


@dataclass(frozen=True, slots=True)
class FindingReport:
    """A place that only a person can change."""

    message: str
    at: str
    """`file:line:column`."""
    hint: str
    rule: str
    breaks: str
    """`publish`, `image` or `development`."""
    blocks: bool
    """Whether the exit code speaks of it."""


@dataclass(frozen=True, slots=True)
class ProjectReport:
    """What was, or would be, done to one project."""

    name: str
    file: str
    """Its `pyproject.toml`."""
    files: tuple[str, ...]
    """Those that change."""
    changed: bool
    replacements: tuple[Replacement, ...]
    findings: tuple[FindingReport, ...]
    diff: str


@dataclass(frozen=True, slots=True)
class FixDepsReport:
    """What `railrel fix-deps --json` prints."""

    registry: str
    written: bool
    """False with `--check`, `--diff` and `--dry-run`."""
    projects: tuple[ProjectReport, ...]


def report_of(workspace: Workspace, one: Rewrite) -> ProjectReport:
    """The report on one project."""
    return ProjectReport(
        name=one.project.name,
        file=str(one.project.document.path),
        files=tuple(str(file.path) for file in one.files),
        changed=one.changes,
        replacements=one.replacements,
        findings=tuple(
            FindingReport(
                f.problem.message, f.problem.at, f.problem.hint, f.problem.rule, f.breaks, f.blocks
            )
            for f in one.findings
        ),
        diff=diffs_of(one.files, workspace.root),
    )


def undone_of(workspace: Workspace, project: Project, files: TakenBack) -> ProjectReport:
    """The report on one project whose last change is taken back."""
    return ProjectReport(
        name=project.name,
        file=str(project.document.path),
        files=tuple(str(file.path) for file in files),
        changed=bool(files),
        replacements=(),
        findings=(),
        diff=diffs_of(files, workspace.root),
    )


def show(
    context: Context, workspace: Workspace, plans: list[Rewrite], *, diff: bool, write: bool
) -> None:
    """Say what was or would be done, as lines or as diffs, and what is left to a person."""
    console = context.console
    idle = [one.project.name for one in plans if not one.changes and not one.findings]
    if idle:
        several = f"{len(idle)} projects" if len(idle) > 3 else ", ".join(idle)
        console.say(f"{several}: no path dependencies")
    for one in plans:
        if diff:
            for file in one.files:
                console.diff(diff_of(file, workspace.root))
        for replacement in one.replacements if not diff else ():
            console.result(_line(one, replacement, write=write))
        for finding in one.findings:
            if finding.blocks:
                console.problem(finding.problem, "finding")
            elif not (console.quiet or diff):
                console.problem(finding.problem, "note")


def _line(one: Rewrite, replacement: Replacement, *, write: bool) -> str:
    """What became of one path; where files or what they break differ, with those."""
    where = Path(replacement.file).relative_to(one.project.folder).as_posix()
    shown = one.project.name if where == "pyproject.toml" else f"{one.project.name}/{where}"
    verb = "" if write else "would change: "
    several = len({r.breaks for r in one.replacements}) > 1
    stops = f"  (breaks {_BREAKS[replacement.breaks]})" if several else ""
    return f"{shown}: {verb}{replacement.was} -> {replacement.name}{replacement.now}{stops}"


def say_next(context: Context, registry: Registry, changed: list[Project]) -> None:
    """Say what to type after this."""
    if registry.kind == "folder":
        context.console.say('next: eval "$(railrel env)", so that pip and uv find the local index')
    else:
        context.console.say(f"next: railrel publish {changed[0].name}")
