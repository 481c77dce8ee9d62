"""`railrel workflow`: write the files that have CI test, publish, announce and check."""

import click

from railrel.commands.shared.changes import diffs_of, show_written
from railrel.commands.shared.context import Context, stop_for
from railrel.commands.shared.options import (
    chosen,
    diff_option,
    dry_run_option,
    json_option,
    project_argument,
    with_context,
)
from railrel.commands.workflow.parts import flow_of, repository_root, workflow_files
from railrel.commands.workflow.secret import store_secret
from railrel.errors import ConfigError, ExitCode, Problem
from railrel.values import dataclass
from railrel.workflows.dialects import DIALECTS
from railrel.workflows.flow import Flow
from railrel.workflows.generate import generate, hidden, is_ours, left_over
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project
from railrel.world import FileChange

SCHEMA = "railrel.workflow/1"


@dataclass(frozen=True, slots=True)
class WorkflowReport:
    """What `railrel workflow --json` prints."""

    project: str
    forge: str
    """`gitea`, `forgejo` or `github`."""
    image: bool
    """Whether there is a workflow for an image."""
    tests: str
    """What is run before publishing; empty for nothing."""
    secret: str
    """Its name."""
    stored: str
    """With `--set-secret`: `made`, `replaced` or, with `--dry-run`, `checked`; else empty."""
    written: bool
    files: tuple[str, ...]
    """Those that change."""
    diff: str
    findings: tuple[Problem, ...]
    """What is left to a person."""


@click.command("workflow")
@project_argument
@click.option(
    "--forge", type=click.Choice([one.id for one in DIALECTS]), help="Whose jobs they are for."
)
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 if a file differs.")
@diff_option
@click.option("--replace", is_flag=True, help="Replace files that railrel did not write.")
@click.option(
    "--set-secret",
    is_flag=True,
    help="Write no file; store the registry's token as the secret that they name.",
)
@dry_run_option
@json_option
@with_context
def command(
    context: Context,
    project: str | None,
    *,
    forge: str | None,
    check: bool,
    diff: bool,
    replace: bool,
    set_secret: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Write the workflows of a project into its repository, for Gitea, Forgejo or GitHub.

    release.yml: the project's tag is tested, published and announced. image.yml, for what can be started:
    its image is built and pushed. checks.yml: each pull request is asked whether these files, the Dockerfile and
    the dependencies are as they should be. They fetch no action; lines between "own lines" and "end of own
    lines" are kept.

    With --set-secret the token that publishes goes to the forge, from RAILREL_TOKEN or wherever else the
    registry's token is, else from the terminal or from standard input, after it was seen to do.
    """
    write = not (check or diff or dry_run or set_secret)
    workspace = context.recovered() if write else context.workspace()
    (mine,) = chosen(context, workspace, (project,) if project else ())
    stop_for(workspace, (mine,))
    if set_secret and (check or diff or replace):
        raise ConfigError(
            "--set-secret is about no file",
            hint=f"railrel workflow {mine.name} --set-secret",
        )
    flow = flow_of(context, workspace, mine, forge or "")
    if set_secret:
        stored = store_secret(context, workspace, mine, flow, dry_run=dry_run)
        if as_json:
            report = _report(flow, stored, (), "", (), written=False)
            context.console.report(SCHEMA, report)
        return ExitCode.DONE
    return _files(
        context,
        workspace,
        mine,
        flow,
        check=check,
        show=diff or check,
        replace=replace,
        write=write,
        as_json=as_json,
    )


def _files(
    context: Context,
    workspace: Workspace,
    project: Project,
    flow: Flow,
    *,
    check: bool,
    show: bool,
    replace: bool,
    write: bool,
    as_json: bool,
) -> int:
    root = repository_root(context, project)
    files = generate(flow, root, replace=replace)
    if isinstance(files, list):
        raise ConfigError.of(files)
    if write:
        context.world.files.change(files, root, context.journal(workspace.root))
    present = workflow_files(root)
    findings = tuple(left_over(flow, present))
    foreign = (path for path, text in present.items() if not is_ours(text))
    note = hidden(flow, foreign, root)
    diffs = diffs_of(files, root)
    if as_json:
        notes = (*findings, *((note,) if note else ()))
        context.console.report(
            SCHEMA, _report(flow, "", files, diffs, notes, written=write and bool(files))
        )
    else:
        show_written(
            context,
            flow.project,
            root,
            files,
            diffs if show else "",
            well="its workflows are as they should be",
            write=write,
        )
        if write and any(file.before is None for file in files):
            context.console.say(
                f"next: railrel workflow {flow.project} --set-secret, then commit {flow.dialect.folder}"
            )
        for finding in findings:
            context.console.problem(finding, "finding")
        if note:
            context.console.problem(note, "note")
    return ExitCode.FOUND if check and (files or findings) else ExitCode.DONE


def _report(
    flow: Flow,
    stored: str,
    files: tuple[FileChange, ...],
    diffs: str,
    findings: tuple[Problem, ...],
    *,
    written: bool,
) -> WorkflowReport:
    return WorkflowReport(
        project=flow.project,
        forge=flow.dialect.id,
        image=flow.is_app,
        tests=flow.suite.command if flow.suite else "",
        secret=flow.secret,
        stored=stored,
        written=written,
        files=tuple(str(file.path) for file in files),
        diff=diffs,
        findings=findings,
    )
