"""`railrel link`: take a sibling from its folder while developing."""

from pathlib import Path

import click

from railrel.commands.shared.changes import carry_out, diffs_of
from railrel.commands.shared.context import Context, stop_for
from railrel.commands.shared.options import (
    diff_option,
    dry_run_option,
    json_option,
    with_context,
)
from railrel.dependencies.link import Link, link
from railrel.dependencies.look import look
from railrel.errors import ConfigError, ExitCode, Problem
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project

SCHEMA = "railrel.link/1"


@dataclass(frozen=True, slots=True)
class LinkReport:
    """What `railrel link --json` prints."""

    project: str
    sibling: str
    form: str
    """Where the path was written; `already` when it is there."""
    written: bool
    files: tuple[str, ...]
    diff: str


@click.command("link")
@click.argument("project")
@click.argument("sibling")
@diff_option
@dry_run_option
@json_option
@with_context
def command(
    context: Context, project: str, sibling: str, *, diff: bool, dry_run: bool, as_json: bool
) -> int:
    """Take SIBLING from its folder in PROJECT, for development.

    Written in the way of the project's own tool: uv's sources, Poetry's and PDM's tables, a Pipfile,
    requirements files. The range that is published stays wherever the tool allows both. fix-deps
    turns it back, and so does fix-deps --undo.
    """
    write = not (diff or dry_run)
    workspace = context.recovered() if write else context.workspace()
    (mine,) = workspace.choose((project,), context.start)
    other = _sibling(context, workspace, sibling)
    stop_for(workspace, (mine,))
    if other.folder == mine.folder:
        raise ConfigError(
            f"{mine.name} cannot be linked to itself",
            at=str(mine.folder),
            hint=f"name the sibling: railrel link {mine.name} SIBLING",
        )
    scan = look(mine, context.neighbourhood(workspace))
    if scan.files.problems:
        raise ConfigError.of(scan.files.problems)
    found = link(scan, mine, other)
    if isinstance(found, Problem):
        raise ConfigError.of([found])
    if write:
        carry_out(context, workspace, {mine: found.files})
    _show(context, workspace, mine, other, found, write=write, diff=diff, as_json=as_json)
    return ExitCode.DONE


def _sibling(context: Context, workspace: Workspace, word: str) -> Project:
    """A project of the workspace by name or folder, or of another folder by its path."""
    folder = Path(context.start / word).resolve()
    outside = None if workspace.named(word) else context.project_at(workspace, folder)
    if outside:
        return outside
    (found,) = workspace.choose((word,), context.start)
    return found


def _show(
    context: Context,
    workspace: Workspace,
    mine: Project,
    other: Project,
    found: Link,
    *,
    write: bool,
    diff: bool,
    as_json: bool,
) -> None:
    diffs = diffs_of(found.files, workspace.root)
    if as_json:
        files = tuple(str(file.path) for file in found.files)
        report = LinkReport(mine.name, other.name, found.form, write, files, diffs)
        context.console.report(SCHEMA, report)
    elif not found.files:
        context.console.say(f"{mine.name}: takes {other.name} from its folder already")
    elif diff:
        context.console.diff(diffs)
    else:
        verb = "takes" if write else "would take"
        context.console.result(
            f"{mine.name}: {verb} {other.name} from {other.folder} by {found.form}"
        )
        context.console.say(f"back again: railrel fix-deps {mine.name}")
