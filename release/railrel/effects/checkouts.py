"""A commit of a repository as a checkout of its own, in a folder of ours. The repository is only read."""

from pathlib import Path
from typing import TYPE_CHECKING

from railrel.errors import ConfigError, RefusedError

if TYPE_CHECKING:
    import git

_SECONDS = 600
# Without whatever somebody's templates and settings would run.
_QUIET = ("-c", "core.hooksPath=/dev/null", "-c", "advice.detachedHead=false")
_LFS = b"version https://git-lfs.github.com/spec/"


def check_out(repository: "git.Repo", commit: str, tag: str, target: Path) -> None:
    """Put a commit into a new folder that shares the repository's objects, at a tag of its own.

    RefusedError where its files would not be whole: submodules, LFS, history that is not here.
    """
    objects = Path(_ask(repository, "rev-parse", "--git-path", "objects"))
    root = Path(str(repository.working_tree_dir))
    form = _ask(repository, "rev-parse", "--show-object-format") or "sha1"
    target.mkdir(parents=True)
    there = ("-C", str(target))
    _ask(repository, *there, "init", "--quiet", "--template=", f"--object-format={form}")
    alternates = target / ".git" / "objects" / "info" / "alternates"
    alternates.parent.mkdir(parents=True, exist_ok=True)
    alternates.write_text(f"{(root / objects).resolve()}\n", encoding="utf-8")
    listed = _ask(repository, *there, "ls-tree", "-r", commit)
    submodules = [
        line.partition("\t")[2] for line in listed.splitlines() if line.startswith("160000")
    ]
    if submodules:
        raise _refused(
            f"it has submodules, which nobody fetches here: {', '.join(submodules)}", root
        )
    _ask(repository, *there, *_QUIET, "checkout", "--quiet", "--detach", commit)
    _ask(repository, *there, "update-ref", f"refs/tags/{tag}", commit)
    for path in target.rglob("*"):
        if (
            path.is_file()
            and not path.is_symlink()
            and ".git" not in path.relative_to(target).parts
        ):
            with path.open("rb") as file:
                if file.read(len(_LFS)) == _LFS:
                    name = path.relative_to(target)
                    raise _refused(
                        f"{name} is kept by git-lfs, whose files nobody fetches here", root
                    )


def _ask(repository: "git.Repo", *arguments: str) -> str:
    import git

    # What a hook's environment says of its repository is nothing about the one that is made here.
    told = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
    try:
        answer = repository.git.execute(
            ["env", *(word for name in told for word in ("-u", name)), "git", *arguments],
            kill_after_timeout=_SECONDS,
        )
    except git.GitCommandError as error:
        lines = str(error.stderr).strip(" '\n").splitlines()
        raise ConfigError(
            f"git cannot give this commit: {lines[-1].strip() if lines else 'no reason given'}",
            at=str(repository.working_tree_dir),
            hint="git fetch --unshallow --tags, where the history is not here",
        ) from error
    return str(answer)


def _refused(message: str, root: Path) -> RefusedError:
    return RefusedError(
        f"the commit cannot be built alone: {message}",
        at=str(root),
        hint="build it by hand in a checkout that has them, and compare the sha256",
        rule="not-whole",
    )
