"""Why a project cannot be released from here and now."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from packaging.version import Version

from railrel.errors import Problem, first_few
from railrel.releases.plan import SKIPPED
from railrel.releases.repository import Remote
from railrel.values import dataclass
from railrel.workspace.projects import Project
from railrel.world import GitState


@dataclass(frozen=True, slots=True)
class Situation:
    """All that speaks for or against a release."""

    project: Project
    state: GitState
    """Of the whole repository."""
    allowed: tuple[str, ...]
    """Branches; none named means the one that the remote calls its own."""
    remote: Remote | None
    """None when nothing is to be pushed."""
    has_branch: bool
    """Whether HEAD has what the remote's branch has."""
    last: Version | None
    """The highest version among the tags of HEAD and of what came before."""
    version: Version
    tag: str
    tag_is_here: bool
    message: str
    """Of the commit that is to be tagged."""


def refusals(now: Situation) -> Iterator[Problem]:
    """All of them at once."""
    at, name = str(now.project.folder), now.project.name
    yield from _of_tree(now, at)
    yield from _of_branch(now, at)
    yield from _of_version(now, at)
    if now.tag_is_here or (now.remote and now.remote.tag):
        where = "here" if now.tag_is_here else "on the remote"
        yield Problem(
            f"the tag {now.tag} is {where} already",
            at,
            f"give a higher version: railrel release {name} VERSION",
            "tag-exists",
        )
    skipped = SKIPPED.search(now.message)
    if skipped:
        yield Problem(
            f"the commit says {skipped[0]}, so no workflow would run for its tag",
            at,
            "tag a commit whose message does not say it: git commit --amend, or the setting "
            "release-message",
            "skips-workflow",
        )


def _of_tree(now: Situation, at: str) -> Iterator[Problem]:
    if now.state.dirty:
        yield Problem(
            f"there are changes that no commit holds: {first_few(now.state.dirty)}",
            at,
            "git commit or git stash",
            "dirty",
        )


def _of_branch(now: Situation, at: str) -> Iterator[Problem]:
    branch = now.state.branch
    if branch is None:
        yield Problem("HEAD is detached: on no branch", at, "git switch main", "detached")
        return
    allowed = now.allowed
    if not allowed and now.remote and now.remote.default:
        allowed = (now.remote.default,)
    if allowed and not any(fnmatchcase(branch, pattern) for pattern in allowed):
        yield Problem(
            f"{now.project.name} is not released from the branch {branch}; only from "
            + ", ".join(allowed),
            at,
            f'git switch {allowed[0]}, or in the settings: release-branches = ["{branch}"]',
            "wrong-branch",
        )
    if now.remote and now.remote.branch and not now.has_branch:
        yield Problem(
            f"the remote has commits of {branch} that are not here",
            at,
            "git pull --ff-only",
            "behind",
        )


def _of_version(now: Situation, at: str) -> Iterator[Problem]:
    current, name = now.project.version, now.project.name
    if now.version.is_devrelease or now.version.local:
        yield Problem(
            f"{now.version} is a development or local version, which publish refuses in the tag's job",
            at,
            f"railrel release {name} {now.version.base_version}; for a trial {now.version.base_version}a1",
            "not-publishable",
        )
    # One that is written but was never tagged is still to be released.
    if current and now.version < current:
        yield Problem(
            f"{now.version} is not higher than {current}, which {name} has",
            at,
            f"railrel release {name} patch",
            "not-higher",
        )
    # That its tag is there is said of the tag.
    elif now.last and now.version <= now.last and not (now.tag_is_here and now.version == now.last):
        yield Problem(
            f"{now.version} is not higher than {now.last}, which is released",
            at,
            f"railrel release {name} patch",
            "not-higher",
        )
