"""`railrel release`: the next version, its commit and its tag, pushed together."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import click

from railrel.commands.release.plan import Wanted, planned
from railrel.commands.shared.changes import diffs_of
from railrel.commands.shared.context import Context, stop_for
from railrel.commands.shared.options import dry_run_option, json_option, with_context
from railrel.errors import ConfigError, ExitCode, RefusedError, UnfitError
from railrel.releases.course import Course, already_pushed
from railrel.releases.note import read
from railrel.releases.plan import (
    Release,
    commit_commands,
    push_command,
    tag_command,
    tag_message,
)
from railrel.releases.repository import Repository
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project
from railrel.world import Command

SCHEMA = "railrel.release/1"
_TEST_SECONDS = 3600.0
_LAST_LINES = 30


@dataclass(frozen=True, slots=True)
class ReleaseReport:
    """What `railrel release --json` prints."""

    project: str
    was: str
    version: str
    tag: str
    branch: str
    remote: str
    """Empty when nothing is pushed."""
    notes: str
    files: tuple[str, ...]
    commands: tuple[tuple[str, ...], ...]
    """What git is told, in this order; `COMMIT` is the commit of the release."""
    diff: str
    outcome: str
    """`released`, `would be released`, `already released` or `taken back`."""


@click.command("release")
@click.argument("project")
@click.argument("step", required=False, metavar="[major|minor|patch|auto|VERSION]")
@click.option("--test", metavar="COMMAND", help="Run this first; stop if it fails.")
@click.option("--edit", is_flag=True, help="Open what is told of the release in your editor.")
@click.option("--next-dev", is_flag=True, help="Then write the next development version.")
@click.option("--sign", is_flag=True, help="Sign the tag.")
@click.option("--no-push", is_flag=True, help="Leave commit and tag here.")
@click.option("--no-lock", is_flag=True, help="Leave uv.lock as it is.")
@click.option("--abort", is_flag=True, help="Take back what an interrupted release did here.")
@dry_run_option
@json_option
@with_context
def command(
    context: Context,
    project: str,
    step: str | None,
    *,
    test: str | None,
    edit: bool,
    next_dev: bool,
    sign: bool,
    no_push: bool,
    no_lock: bool,
    abort: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Write the next version and the changelog, commit, tag, and push commit and tag together.

    auto takes the step from Conventional Commits or changelog fragments. The tag's job publishes, or
    you do: railrel publish PROJECT. Where nothing changed since the last tag nothing is done. A run
    that was killed goes on when it is started again, or is taken back by --abort.
    """
    workspace = context.workspace() if dry_run else context.recovered()
    (mine,) = workspace.choose((project,), context.start)
    stop_for(workspace, (mine,))
    repository = _repository(context, mine)
    with nullcontext() if dry_run else _alone(context, repository):
        kept = read(repository.note)
        if kept and kept[0].project != mine.name:
            raise _other(kept[0], repository)
        if abort:
            return _abort(context, workspace, repository, kept, as_json=as_json)
        if kept and not dry_run:
            context.console.say(f"{mine.name} {kept[0].version}: going on")
            return _carry_out(
                context, workspace, repository, kept[0], pushing=kept[1], as_json=as_json
            )
        wanted = Wanted(
            step, edit=edit, next_dev=next_dev, sign=sign, push=not no_push, lock=not no_lock
        )
        release = planned(context, workspace, mine, repository, wanted)
        if isinstance(release, str):
            return _already(context, mine, release, as_json=as_json)
        if dry_run:
            _show(context, workspace, release, test)
            return _reported(context, workspace, release, "would be released", as_json=as_json)
        if test:
            _tested(context, mine, test)
        return _carry_out(context, workspace, repository, release, pushing=False, as_json=as_json)


def _repository(context: Context, project: Project) -> Repository:
    state = context.world.git.state(project.folder)
    if state is None or state.commit is None:
        raise RefusedError(
            f"{project.name} is in no git repository with a commit, so there is nothing to tag",
            at=str(project.folder),
            hint=f"cd {shlex.quote(str(project.folder))} && git init && git add -A && git commit",
            rule="no-git",
        )
    return Repository(context.world, state.root)


@contextmanager
def _alone(context: Context, repository: Repository) -> Iterator[None]:
    """One release at a time in a repository."""
    note, files = repository.note, context.world.files
    with files.locked(note.with_suffix(".lock"), by_programs=True):
        files.sweep(note.parent)
        yield


def _other(release: Release, repository: Repository) -> RefusedError:
    return RefusedError(
        f"{release.project} {release.version} is being released in this repository",
        at=str(repository.root),
        hint=f"railrel release {release.project}, which goes on with it, or with --abort",
        rule="release-under-way",
    )


def _tested(context: Context, project: Project, test: str) -> None:
    argv = tuple(shlex.split(test))
    if not argv:
        raise ConfigError("--test names no command", hint="--test 'pytest -q'")
    context.console.say(f"{project.name}: {test}")
    told = Command(argv, project.folder, context.world.environment, _TEST_SECONDS)
    done = context.world.processes.run(told)
    if done.code:
        lines = "\n  ".join(done.output.rstrip().splitlines()[-_LAST_LINES:])
        raise UnfitError(
            f"the tests failed with exit code {done.code}, so nothing was released:\n  {lines}",
            at=str(project.folder),
            hint=f"mend them: {test}",
            rule="tests-failed",
        )
    state = context.world.git.state(project.folder)
    if state and state.dirty:
        raise UnfitError(
            f"the tests changed files that git knows of: {', '.join(state.dirty[:3])}",
            at=str(project.folder),
            hint="let git ignore what they leave: .gitignore",
            rule="tests-left-files",
        )


def _carry_out(
    context: Context,
    workspace: Workspace,
    repository: Repository,
    release: Release,
    *,
    pushing: bool,
    as_json: bool,
) -> int:
    course = _course(context, workspace, repository, release)
    course.run(pushing=pushing)
    context.console.result(f"{release.project} {release.version}: released as {release.tag}")
    if release.remote:
        context.console.say(
            f"next: the job of the tag publishes it, or: railrel publish {release.project}"
        )
    else:
        push = shlex.join(("git", *push_command("origin", release.branch, release.tag)))
        context.console.say(f"next: {push}")
    return _reported(context, workspace, release, "released", as_json=as_json)


def _course(
    context: Context, workspace: Workspace, repository: Repository, release: Release
) -> Course:
    journal = context.journal(workspace.root)
    return Course(
        release,
        repository,
        lambda changes: (
            context.world.files.change(changes, workspace.root, journal) if changes else None
        ),
        context.console.say,
    )


def _abort(
    context: Context,
    workspace: Workspace,
    repository: Repository,
    kept: tuple[Release, bool] | None,
    *,
    as_json: bool,
) -> int:
    if kept is None:
        context.console.result("no release is under way; nothing is taken back")
        return ExitCode.DONE
    release, pushing = kept
    course = _course(context, workspace, repository, release)
    pushed = already_pushed(course) if pushing else None
    if pushed:
        context.world.files.discard(repository.note)
        raise pushed
    course.take_back()
    context.console.result(f"{release.project} {release.version}: taken back, nothing was pushed")
    return _reported(context, workspace, release, "taken back", as_json=as_json)


def _already(context: Context, project: Project, tag: str, *, as_json: bool) -> int:
    context.console.result(f"{project.name}: nothing changed since {tag}, so nothing is released")
    if as_json:
        said = str(project.version or "")
        context.console.report(
            SCHEMA,
            ReleaseReport(
                project.name, said, said, tag, "", "", "", (), (), "", "already released"
            ),
        )
    return ExitCode.DONE


def _show(context: Context, workspace: Workspace, release: Release, test: str | None) -> None:
    console = context.console
    console.result(f"{release.project}: {release.was or 'no version'} -> {release.version}")
    console.diff(_diff(release, workspace.root))
    for line in (*([test] if test else []), *map(_shown, _commands(release))):
        console.result(f"  {line}")


def _reported(
    context: Context, workspace: Workspace, release: Release, outcome: str, *, as_json: bool
) -> int:
    if as_json:
        commits = [c for c in (release.commit, release.development) if c]
        paths = dict.fromkeys(str(path) for commit in commits for path in commit.paths)
        report = ReleaseReport(
            project=release.project,
            was=release.was,
            version=release.version,
            tag=release.tag,
            branch=release.branch,
            remote=release.remote,
            notes=release.notes,
            files=tuple(paths),
            commands=_commands(release),
            diff=_diff(release, workspace.root),
            outcome=outcome,
        )
        context.console.report(SCHEMA, report)
    return ExitCode.DONE


def _diff(release: Release, root: Path) -> str:
    files = release.commit.files if release.commit else ()
    return diffs_of(files, root)


def _commands(release: Release) -> tuple[tuple[str, ...], ...]:
    """All that git will be told."""
    told: list[tuple[str, ...]] = []
    if release.commit:
        told += commit_commands(release.commit, release.root)
    commit = "COMMIT" if release.development else "HEAD"
    told.append(tag_command(release.tag, tag_message(release), commit, sign=release.sign))
    if release.development:
        told += commit_commands(release.development, release.root)
    if release.remote:
        told.append(push_command(release.remote, release.branch, release.tag))
    return tuple(("git", *argv) for argv in told)


def _shown(argv: tuple[str, ...]) -> str:
    """A command as one could type it, long texts by their first line."""
    short = (f"{word.partition(chr(10))[0]}…" if "\n" in word else word for word in argv)
    return shlex.join(short)
