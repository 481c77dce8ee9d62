"""The questions behind `railrel announce`: which tag of which project, its notes, its files."""

import hashlib
from pathlib import Path
from shlex import quote
from typing import Final

from packaging.version import Version

from railrel.commands.shared import published
from railrel.commands.shared.by_tag import Asked, asked, commit_of_job, concerns, meant
from railrel.commands.shared.context import Context, stop_for
from railrel.errors import ConfigError, RefusedError
from railrel.forges.assets import SUMS, File, checksums
from railrel.forges.protocol import Tag
from railrel.registries import Registry
from railrel.releases.agreement import Candidate
from railrel.releases.changelog import section
from railrel.releases.news import NO_CHANGELOG, changelog_of, text_of
from railrel.releases.tags import own_tags
from railrel.sources import Source
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project, is_shared, tag_names
from railrel.world import GitState

_AGAIN: Final = "railrel announce {name} --tag {tag}"


@dataclass(frozen=True, slots=True)
class Marked:
    """A version of a project, and the tag that marks it."""

    project: Project
    version: Version
    tag: str
    commit: str
    """Behind the tag."""
    state: GitState

    @property
    def title(self) -> str:
        """Also where one repository holds one project: feeds and mails show nothing else."""
        return f"{self.project.name} {self.version}"


def marked(context: Context, workspace: Workspace, word: str | None, tag: str | None) -> Marked:
    """What the command line, the job and the checkout say together.

    ConfigError or RefusedError where they do not say one thing.
    """
    by = asked(context, tag, no_tag=False)
    (project,) = meant(context, workspace, (word,) if word else (), by, _AGAIN)
    stop_for(workspace, (project,))
    state = _state(context, project)
    pattern = context.settings(workspace.root, project).text("tag")
    if by is None or not concerns(context, by, state):
        name, version = _at_head(workspace, project, pattern, state)
        return Marked(project, version, name, state.commit or "", state)
    # Whoever names the project may use any form that it could have alone.
    found = Candidate(project, pattern).version_in(by.tag, shared=False)
    if found is None:
        raise _not_its_own(project, pattern, by.tag)
    return Marked(project, found, by.tag, _commit(context, project, state, by), state)


def notes_of(
    context: Context, workspace: Workspace, mark: Marked, tag: Tag, file: str | None
) -> str:
    """What the release tells: the file, else the changelog's section, else the tag's message."""
    if file is not None:
        return _read(context.start / file)
    name = context.settings(workspace.root, mark.project).text("changelog")
    if name != NO_CHANGELOG:
        told = section(text_of(changelog_of(mark.project.folder, name)), str(mark.version))
        if told:
            return told
    # Its first line is a title, as in a commit; a signature is for machines.
    return tag.message.partition("\n")[2].partition("-----BEGIN ")[0].strip()


def files_of(context: Context, registry: Registry, mark: Marked, scratch: Path) -> tuple[File, ...]:
    """The version's files as the registry holds them, and the list of their checksums, last.

    RefusedError where it holds none.
    """
    remote = published.files_of(registry, mark.project.name, mark.version)
    arrived = [published.download(context, registry, file, scratch) for file in remote]
    arrived.sort(key=lambda one: one.path.name)
    files = [File(one.path.name, one.sha256, one.size, one.path) for one in arrived]
    listed = checksums(files)
    context.world.files.put(scratch / SUMS, listed)
    digest = hashlib.sha256(listed).hexdigest()
    return (*files, File(SUMS, digest, len(listed), scratch / SUMS))


def _state(context: Context, project: Project) -> GitState:
    state = context.world.git.state(project.folder)
    if state is None or state.commit is None:
        raise RefusedError(
            f"{project.name} is in no git repository with a commit, so no tag marks a version",
            at=str(project.folder),
            hint=f"railrel release {project.name} VERSION, once it is in one",
            rule="no-git",
        )
    return state


def _commit(context: Context, project: Project, state: GitState, by: Asked) -> str:
    """The commit behind the tag; in its job, whose checkout may not know it by name, the job's."""
    found = context.world.git.commit_of(project.folder, f"refs/tags/{by.tag}")
    if found is None and by.job:
        found = commit_of_job(context, project, by.job)
    if found:
        return found
    raise RefusedError(
        f"there is no tag {by.tag} in this checkout",
        at=str(state.root),
        hint=f"git fetch origin tag {quote(by.tag)}; if nobody has it yet: "
        f"railrel release {project.name} VERSION",
        rule="no-such-tag",
    )


def _at_head(
    workspace: Workspace, project: Project, pattern: str, state: GitState
) -> tuple[str, Version]:
    """The tag at HEAD that marks the project's version, and the version."""
    shared = is_shared(project, workspace.projects, state.root)
    own = own_tags(state.tags, pattern, project.name, shared=shared)
    version = project.version or max(own.values(), default=None)
    mine = [tag for tag in own if own[tag] == version]
    match mine:
        case [one]:
            return one, own[one]
        case []:
            here = ", ".join(state.tags) or "no tag"
            raise RefusedError(
                f"{project.name} {version or ''}".rstrip()
                + f": HEAD is not at the tag of this version; here is {here}",
                at=str(project.folder),
                hint=f"railrel announce {project.name} --tag TAG, or release it first: "
                f"railrel release {project.name} VERSION",
                rule="not-at-tag",
            )
        case several:
            raise ConfigError(
                f"which tag of {project.name}? HEAD carries {' '.join(several)}",
                at=str(project.folder),
                hint=f"railrel announce {project.name} --tag {quote(several[0])}",
            )


def _not_its_own(project: Project, pattern: str, tag: str) -> RefusedError:
    likely = tag_names(pattern, project.name, project.version or "1.2.3")[0]
    return RefusedError(
        f"the tag {tag} names no version of {project.name}",
        at=str(project.folder),
        hint=f"its tags look like {likely}",
        rule="no-version-in-tag",
    )


def _read(path: Path) -> str:
    try:
        return text_of(Source(path, path.read_bytes())).strip()
    except (OSError, ValueError) as error:
        raise ConfigError(
            "the notes cannot be read", at=str(path), hint="--notes names a text file"
        ) from error
