"""The questions behind `railrel release`, and the plan that the answers make."""

import shlex
from dataclasses import replace
from datetime import UTC, datetime

from packaging.version import InvalidVersion, Version

from railrel.commands.shared.context import Context
from railrel.commands.shared.tools import ask_of, tool_environment
from railrel.dependencies.locks.beside import locks_of
from railrel.dependencies.relock import relock
from railrel.edits import FileRewrite
from railrel.errors import ConfigError, Problem, RefusedError
from railrel.releases.changelog import Entry
from railrel.releases.commits import Commit
from railrel.releases.fragments import fragments_of
from railrel.releases.news import (
    NO_CHANGELOG,
    News,
    changelog_of,
    news_of,
    text_of,
    written_changelog,
)
from railrel.releases.numbers import careful, next_development, next_version, step_of
from railrel.releases.places import places_of, with_version
from railrel.releases.plan import Commitment, Release
from railrel.releases.refusals import Situation, refusals
from railrel.releases.repository import Repository
from railrel.releases.tags import own_tags, tag_for
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project, is_shared
from railrel.world import Command, FileChange, GitState

_DEVELOPMENT = "Begin {name} {version}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for."""

    step: str | None
    edit: bool
    next_dev: bool
    sign: bool
    push: bool
    lock: bool


@dataclass(frozen=True)
class _Here:
    """What is asked again and again."""

    context: Context
    workspace: Workspace
    project: Project
    repository: Repository
    state: GitState

    def setting(self, name: str) -> str:
        """Of this project."""
        return self.context.settings(self.workspace.root, self.project).text(name)


def planned(
    context: Context,
    workspace: Workspace,
    project: Project,
    repository: Repository,
    wanted: Wanted,
) -> Release | str:
    """The release; or the tag since which nothing changed. RefusedError with all that forbids it."""
    state = context.world.git.state(repository.root)
    if state is None:
        raise RuntimeError("the repository has gone")
    here = _Here(context, workspace, project, repository, state)
    shared = is_shared(project, workspace.projects, repository.root)
    own = own_tags(repository.merged_tags(), here.setting("tag"), project.name, shared=shared)
    last = max(own, key=lambda tag: own[tag], default=None)
    commits = _commits(here, last)
    if last and not commits and not _is_version(wanted.step):
        return last
    changelog = changelog_of(project.folder, _changelog_name(here))
    fragments = fragments_of(project.document)
    news = news_of(text_of(changelog), fragments, commits)
    was = project.version or (own[last] if last else None)
    version = _version(here, wanted, was, news)
    tag = tag_for(version, own, here.setting("tag"), project.name, shared=shared)
    remote = _remote(here) if wanted.push else None
    _stop_for_refusals(here, remote, version, tag, own[last] if last else None)
    if wanted.edit:
        news = _edited(here, news, version)
    day = datetime.fromtimestamp(context.world.clock.now(), UTC).date().isoformat()
    entry = Entry(str(version), day, tag, news.body)
    commitment = _commitment(here, wanted, version, written_changelog(changelog, entry))
    if commitment and fragments:
        commitment = replace(commitment, removed=tuple(each.path for each in fragments))
    return Release(
        project=project.name,
        root=repository.root,
        was=str(was or ""),
        version=str(version),
        tag=tag,
        notes=news.body,
        branch=state.branch or "",
        start=state.commit or "",
        remote=remote or "",
        sign=wanted.sign,
        commit=commitment,
        development=_development(here, wanted, version, commitment),
    )


def _is_version(step: str | None) -> bool:
    return step is not None and step != "auto" and step_of(step) is None


def _commits(here: _Here, since: str | None) -> tuple[Commit, ...]:
    """What others may have to say; not what an earlier release wrote."""
    own = _DEVELOPMENT.format(name=here.project.name, version="")
    found = here.repository.commits(since, here.project.folder)
    return tuple(commit for commit in found if not commit.subject.startswith(own))


def _version(here: _Here, wanted: Wanted, was: Version | None, news: News) -> Version:
    name = here.project.name
    if wanted.step is None:
        raise ConfigError(
            f"which version of {name}?",
            at=str(here.project.folder),
            hint=f"railrel release {name} major|minor|patch|auto|VERSION",
        )
    step = news.step if wanted.step == "auto" else step_of(wanted.step)
    if wanted.step == "auto" and step is None:
        raise ConfigError(
            f"nobody says what kind of changes these are: {news.origin} of {name}",
            at=str(here.project.folder),
            hint=f"railrel release {name} minor, or write commits like fix: … and feat: …",
            rule="no-step",
        )
    if step:
        current = was or Version("0.0.0")
        return next_version(current, careful(step, current) if wanted.step == "auto" else step)
    try:
        return Version(wanted.step)
    except InvalidVersion as error:
        raise ConfigError(
            f"{wanted.step!r} is neither a step nor a PEP 440 version",
            hint=f"railrel release {name} major|minor|patch|auto, or a version like 1.2.3",
        ) from error


def _stop_for_refusals(
    here: _Here, push_to: str | None, version: Version, tag: str, last: Version | None
) -> None:
    branch = here.state.branch or "HEAD"
    remote = here.repository.listed(push_to, branch, tag) if push_to else None
    settings = here.context.settings(here.workspace.root, here.project)
    # Where nothing is written, the tagged commit is one that is there already.
    writes = not here.project.version_from_tag or here.setting("changelog") != NO_CHANGELOG
    head = here.repository.head()
    situation = Situation(
        project=here.project,
        state=here.state,
        allowed=settings.texts("release-branches"),
        remote=remote,
        has_branch=not (remote and remote.branch) or here.repository.contains(remote.branch),
        last=last,
        version=version,
        tag=tag,
        tag_is_here=here.repository.tag_object(tag) is not None,
        message=_message(here, version) if writes else head.message,
    )
    found = list(refusals(situation))
    if found:
        raise RefusedError.of(found)


def _remote(here: _Here) -> str:
    """The one to push to. RefusedError where there is none."""
    remote = here.repository.remote_of(here.state.branch or "")
    if remote is None:
        raise RefusedError(
            f"{here.project.name} has no remote to push to",
            at=str(here.repository.root),
            hint="git remote add origin URL, or leave commit and tag here: --no-push",
            rule="no-remote",
        )
    return remote


def _edited(here: _Here, news: News, version: Version) -> News:
    """What the user makes of it in an editor. ConfigError when it is emptied."""
    world = here.context.world
    told = dict(world.first_set("VISUAL", "EDITOR"))
    editor = told.get("VISUAL") or told.get("EDITOR") or "vi"
    with world.files.scratch(world.cache / "edits", "edit-") as scratch:
        path = scratch / f"{here.project.name}-{version}.md"
        world.files.put(path, f"{news.body}\n".encode())
        argv = (*shlex.split(editor), str(path))
        code = world.processes.attached(Command(argv, scratch, world.environment))
        body = path.read_text(encoding="utf-8")
    if code or not body.strip():
        why = f"{editor} ended with {code}" if code else "nothing is told of it"
        raise ConfigError(f"{why}, so nothing was released", hint="without --edit, or write a line")
    return replace(news, body=body.strip())


def _changelog_name(here: _Here) -> str:
    name = here.setting("changelog")
    return "" if name == NO_CHANGELOG else name


def _message(here: _Here, version: Version) -> str:
    pattern = here.setting("release-message")
    return pattern.replace("{name}", here.project.name).replace("{version}", str(version))


def _commitment(
    here: _Here, wanted: Wanted, version: Version, changelog: FileChange
) -> Commitment | None:
    """The commit of a release; None where there is nothing to write."""
    files = list(_versioned(here, version))
    if here.setting("changelog") != NO_CHANGELOG:
        files.append(changelog)
    if not files:
        return None
    locks = _locks(here, files) if wanted.lock else ()
    return Commitment(_message(here, version), (*files, *locks))


def _versioned(here: _Here, version: Version) -> tuple[FileChange, ...]:
    places = places_of(here.project)
    if isinstance(places, Problem):
        raise ConfigError.of([places])
    changes = with_version(places, str(version))
    return tuple(change for change in changes if change.after != change.before)


def _locks(here: _Here, files: list[FileChange]) -> tuple[FileChange, ...]:
    """`uv.lock`, which holds the project's own version. No other lock does."""
    project, root = here.project, here.workspace.uv_roots.get(here.project.folder)
    if not any(file.path == project.document.path for file in files):
        return ()
    context, own = here.context, here.repository.root
    locks = tuple(
        one
        for one in locks_of(project.folder, root)
        if one.kind.ID == "uv-lock" and one.lock.path.is_relative_to(own)
    )
    if not locks:
        return ()
    context.console.say(f"{project.name}: making uv.lock again")
    registry = context.registry(here.workspace, project)
    edits = tuple(FileRewrite(f.path, f.before or b"", f.after) for f in files)
    ask = replace(ask_of(context, registry), comes=False)
    made = relock(context.world, locks, edits, ask, tool_environment(context, registry))
    if made.findings:
        raise RefusedError.of([finding.problem for finding in made.findings])
    return tuple(FileChange(file.path, file.before, file.after) for file in made.files)


def _development(
    here: _Here, wanted: Wanted, version: Version, commitment: Commitment | None
) -> Commitment | None:
    """The commit after the release. Where tags are the version, the backend counts on by itself."""
    if not wanted.next_dev or here.project.version_from_tag or commitment is None:
        return None
    upcoming = next_development(version)
    now = {file.path: file.after for file in commitment.files}
    # A release changes nothing but the version in the files that hold it.
    files = [
        replace(change, before=now.get(change.path, change.before))
        for change in _versioned(here, upcoming)
    ]
    locks = _locks(here, files) if wanted.lock else ()
    settled = tuple(replace(lock, before=now.get(lock.path, lock.before)) for lock in locks)
    message = _DEVELOPMENT.format(name=here.project.name, version=upcoming)
    return Commitment(message, (*files, *settled))
