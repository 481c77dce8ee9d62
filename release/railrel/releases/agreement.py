"""Whether a tag, the version it names and the commit it marks agree. Pure.

A tag that was pushed by hand, moved, or meant for a neighbour must not publish anything.
"""

from collections.abc import Iterator
from shlex import quote
from typing import Final

from packaging.version import Version

from railrel.errors import Problem, RefusedError
from railrel.job import Job
from railrel.releases.tags import own_tags
from railrel.values import dataclass
from railrel.workspace.projects import Project, tag_names
from railrel.workspace.remotes import repository_of


@dataclass(frozen=True, slots=True)
class Candidate:
    """A project whose tag it may be."""

    project: Project
    pattern: str
    """The setting `tag`."""

    def version_in(self, tag: str, *, shared: bool) -> Version | None:
        """The version that the tag gives this project; None if the tag is not its own."""
        name = self.project.name
        return own_tags((tag,), self.pattern, name, shared=shared).get(tag)


PUBLISH: Final = "railrel publish {name} --tag {tag}"
"""What to type next where nothing else is said. Tags are for other commands too."""


@dataclass(frozen=True, slots=True)
class Commits:
    """Where everything stands; each None when it is not known."""

    head: str | None
    tag: str | None
    """Where the tag is in this checkout."""
    job: str | None
    """What the job of this tag is for; None in other jobs, which may publish any tag."""


def is_of(job: Job, remote: str | None, *, has_commit: bool) -> bool:
    """Whether a checkout is of the job's own repository.

    Its remote says so; where that names none on a server, that it has the commit that the job is for.
    """
    own = repository_of(remote or "")
    return own.full_name.lower() == job.repository.lower() if own else has_commit


def claimant(
    tag: str, candidates: tuple[Candidate, ...], at: str, again: str = PUBLISH
) -> Candidate:
    """The one project whose tag it is. RefusedError when there is none, or several claim it.

    `again` is the command that was asked for, with {name} and {tag}.
    """
    shared = len(candidates) > 1
    claims = [each for each in candidates if each.version_in(tag, shared=shared)]
    match claims:
        case [one]:
            return one
        case []:
            raise RefusedError.of([_nobodys(tag, candidates, at, again, shared=shared)])
        case _:
            names = " ".join(str(each.project.name) for each in claims)
            raise RefusedError(
                f"the tag {tag} could be of {len(claims)} projects: {names}",
                at=at,
                hint="tell their tags apart by the setting tag, such as "
                'tag = "{name}-v{version}", or say which: '
                + _typed(again, claims[0].project.name, tag),
                rule="ambiguous-tag",
            )


def disagreements(
    tag: str,
    wanted: Candidate,
    others: tuple[Candidate, ...],
    commits: Commits,
    again: str = PUBLISH,
) -> Iterator[Problem]:
    """What keeps this project from being published by this tag; nothing when all agree."""
    # Whoever names the project may use any form that it could have alone.
    version = wanted.version_in(tag, shared=False)
    owner = next((o for o in others if o.version_in(tag, shared=True)), None)
    if owner and not wanted.version_in(tag, shared=True):
        yield _anothers(tag, wanted, owner, again)
    elif version is None:
        yield _nobodys(tag, (wanted,), str(wanted.project.folder), again, shared=False)
    elif wanted.project.version and wanted.project.version != version:
        yield _not_bumped(tag, wanted.project, version)
    yield from _of_commits(tag, wanted.project, commits)


def _anothers(tag: str, wanted: Candidate, owner: Candidate, again: str) -> Problem:
    name = owner.project.name
    return Problem(
        f"{tag} is a tag of {name}, not of {wanted.project.name}",
        str(wanted.project.folder),
        _typed(again, name, tag),
        "tag-of-another",
    )


def _nobodys(
    tag: str, candidates: tuple[Candidate, ...], at: str, again: str, *, shared: bool
) -> Problem:
    names = ", ".join(str(each.project.name) for each in candidates) or "any project here"
    likely = [_example(each, shared=shared) for each in candidates[:3]]
    forms = f"tags that do look like {', '.join(likely)}; " if likely else ""
    if shared:
        forms += f"say whose it is, {_typed(again, 'PROJECT', tag)}; "
    return Problem(
        f"the tag {tag} names no version of {names}",
        at,
        f"{forms}take it back with git push origin {quote(f':refs/tags/{tag}')}, or keep the "
        "workflow to tags that name versions, by on.push.tags",
        "no-version-in-tag",
    )


def _typed(again: str, name: str, tag: str) -> str:
    return again.replace("{name}", name).replace("{tag}", quote(tag))


def _example(candidate: Candidate, *, shared: bool) -> str:
    project, pattern = candidate.project, candidate.pattern
    usual = "{name}-v{version}" if shared else "v{version}"
    return tag_names(pattern or usual, project.name, project.version or "1.2.3")[0]


def _not_bumped(tag: str, project: Project, version: Version) -> Problem:
    name, mark = project.name, quote(tag)
    return Problem(
        f"the tag {tag} names {version}, but {name} is {project.version} at this commit: "
        "it was tagged without the new version being written",
        project.document.at(("project", "version")),
        f"take it back and release: git push origin {quote(f':refs/tags/{tag}')}; git tag -d {mark}; "
        f"railrel release {name} {version}",
        "tag-without-version",
    )


def _of_commits(tag: str, project: Project, commits: Commits) -> Iterator[Problem]:
    at, mark = str(project.folder), quote(f"refs/tags/{tag}")
    fetch = f"git fetch --depth 1 origin {mark} && git switch --detach FETCH_HEAD"
    marked = commits.tag or commits.job
    if marked is None:
        yield Problem(
            f"there is no tag {tag} in this checkout",
            at,
            f"git fetch origin {quote(f'refs/tags/{tag}:refs/tags/{tag}')}; if nobody has it yet: "
            f"railrel release {project.name} VERSION",
            "no-such-tag",
        )
    elif commits.job and marked != commits.job:
        yield Problem(
            f"the tag {tag} is at {marked[:12]} here, but this job is for {commits.job[:12]}: "
            "it was moved meanwhile",
            at,
            "look at the job of the tag as it is now; this one is about a commit that lost it",
            "tag-moved",
        )
    elif marked != commits.head:
        yield Problem(
            f"the tag {tag} is at {marked[:12]}, but {(commits.head or 'no commit')[:12]} is "
            "checked out",
            at,
            fetch if commits.job else f"git switch --detach {mark}",
            "tag-elsewhere",
        )
