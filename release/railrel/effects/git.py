"""Git, through GitPython: it reads refs and objects itself and asks `git` for the rest."""

from collections.abc import Mapping
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from railrel.effects.checkouts import check_out
from railrel.effects.refs import fetched_tag, peeled, tags_at_head
from railrel.effects.status_lines import ahead_and_behind, changed_paths
from railrel.errors import ConfigError
from railrel.world import GitState

if TYPE_CHECKING:
    import git

_SECONDS = 60


class RealGit:
    """The repositories on this disk. Never writes to one, not even its index."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def state(self, folder: Path) -> GitState | None:
        repository = self._repository(folder)
        if repository is None:
            return None
        with repository:
            root = Path(str(repository.working_tree_dir))
            lines = self._status(repository, folder).split("\0")
            headers = dict(line[2:].split(" ", 1) for line in lines if line.startswith("# "))
            known = headers.get("branch.oid", "(initial)") != "(initial)"
            ahead, behind = ahead_and_behind(headers.get("branch.ab"))
            branch = headers.get("branch.head", "")
            return GitState(
                root=root,
                branch=None if branch == "(detached)" else branch,
                commit=headers["branch.oid"] if known else None,
                commit_time=int(repository.head.commit.committed_date) if known else None,
                dirty=changed_paths(lines),
                ahead=ahead,
                behind=behind,
                tags=tags_at_head(repository) if known else (),
                remote=_remote(repository),
            )

    def has_tag(self, folder: Path, tag: str) -> bool:
        repository = self._repository(folder)
        if repository is None:
            return False
        with repository:
            return tag in repository.tags

    def commit_of(self, folder: Path, name: str) -> str | None:
        repository = self._repository(folder)
        if repository is None:
            return None
        with repository:
            for candidate in (name, fetched_tag(repository, name)):
                found = peeled(repository, candidate) if candidate else None
                if found:
                    return found
        return None

    def files(self, folder: Path) -> tuple[str, ...] | None:
        repository = self._repository(folder)
        if repository is None:
            return None
        with repository:
            # What a submodule ignores is listed by nobody; what it tracks, by this.
            listed = self._ask(
                repository, folder, "ls-files", "-z", "--cached", "--recurse-submodules"
            ) + self._ask(repository, folder, "ls-files", "-z", "--others", "--exclude-standard")
        # A file that is deleted but not yet committed is still listed.
        names = sorted(set(listed.split("\0")) - {""})
        return tuple(n for n in names if (folder / n).exists() or (folder / n).is_symlink())

    def check_out(self, folder: Path, commit: str, tag: str, target: Path) -> None:
        repository = self._repository(folder)
        if repository is None:
            raise ConfigError("this is no git repository", at=str(folder))
        with repository:
            check_out(repository, commit, tag, target)

    def staged(self, folder: Path) -> tuple[str, ...] | None:
        repository = self._repository(folder)
        if repository is None:
            return None
        with repository:
            root = Path(str(repository.working_tree_dir))
            below = folder.resolve().relative_to(root).as_posix()
            # From the root: a hook's GIT_INDEX_FILE is relative to it.
            names = self._ask(
                repository, root, "diff", "--cached", "--name-only", "-z", "--no-renames",
                "--diff-filter=ACMT", "--", below,
            )  # fmt: skip
        places = (root / name for name in names.split("\0") if name)
        return tuple(place.relative_to(folder.resolve()).as_posix() for place in places)

    def staged_content(self, folder: Path, name: str) -> bytes:
        repository = self._repository(folder)
        if repository is None:
            raise ConfigError("this is no git repository", at=str(folder))
        with repository:
            root = Path(str(repository.working_tree_dir))
            path = (folder.resolve() / name).relative_to(root).as_posix()
            return self._blob(repository, root, path)

    def _blob(self, repository: "git.Repo", root: Path, path: str) -> bytes:
        import git

        try:
            return repository.git.execute(
                ["git", "-C", str(root), "cat-file", "blob", f":{path}"],
                stdout_as_string=False,
                strip_newline_in_stdout=False,
                kill_after_timeout=_SECONDS,
            )
        except git.GitCommandError:
            # A submodule is no file.
            return b""

    def changed(self, folder: Path, ref: str) -> tuple[Path, ...] | None:
        repository = self._repository(folder)
        if repository is None:
            return None
        with repository:
            root = Path(str(repository.working_tree_dir))
            commit = peeled(repository, ref)
            if commit is None:
                return None
            differ = self._ask(
                repository, folder, "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff",
                commit, "HEAD", "--", ".",
            )  # fmt: skip
            uncommitted = changed_paths(self._status(repository, folder, "all").split("\0"))
        return tuple(root / name for name in sorted({*differ.split("\0"), *uncommitted} - {""}))

    def hidden(self, folder: Path) -> tuple[str, ...]:
        repository = self._repository(folder)
        if repository is None:
            return ()
        with repository:
            lines = self._ask(repository, folder, "ls-files", "-z", "-v").split("\0")
        return tuple(line[2:] for line in lines if line[:1].islower() or line[:1] == "S")

    def _repository(self, folder: Path) -> "git.Repo | None":
        # Most questions are answered by this; GitPython and `git` are for repositories alone.
        if not any((parent / ".git").exists() for parent in (folder, *folder.parents)):
            return None
        try:
            import git
        except ImportError as error:
            raise ConfigError(
                "git is not installed, or not on PATH",
                at=str(folder),
                hint="sudo apt-get install git",
            ) from error
        try:
            repository = git.Repo(str(folder), search_parent_directories=True, expand_vars=False)
        except (git.InvalidGitRepositoryError, git.NoSuchPathError):
            return None
        if repository.bare:
            return None
        repository.git.update_environment(
            GIT_OPTIONAL_LOCKS="0", GIT_TERMINAL_PROMPT="0", LC_ALL="C", **self._of(repository)
        )
        return repository

    def _of(self, repository: "git.Repo") -> dict[str, str]:
        """What a hook's environment says of this repository; of others it says nothing true.

        `git commit -a` works on an index of its own, and tells its hooks of it.
        """
        told = {name for name in ("GIT_DIR", "GIT_INDEX_FILE") if name in self._environment}
        if not told:
            return {}
        folder = Path(str(repository.git_dir)).resolve()
        tree = Path(str(repository.working_tree_dir))
        index = (tree / self._environment.get("GIT_INDEX_FILE", folder / "index")).resolve()
        own = index if index.is_relative_to(folder) else folder / "index"
        return {"GIT_DIR": str(folder), "GIT_WORK_TREE": str(tree), "GIT_INDEX_FILE": str(own)}

    def _status(self, repository: "git.Repo", folder: Path, untracked: str = "normal") -> str:
        return self._ask(
            repository, folder, "status", "--porcelain=v2", "--branch", "-z",
            f"--untracked-files={untracked}", "--", ".",
        )  # fmt: skip

    def _ask(self, repository: "git.Repo", folder: Path, *arguments: str) -> str:
        import git

        try:
            answer = repository.git.execute(
                ["git", "-C", str(folder), *arguments],
                kill_after_timeout=_SECONDS,
                strip_newline_in_stdout=False,
            )
        except git.GitCommandNotFound as error:
            raise ConfigError(
                "git is not installed", at=str(folder), hint="sudo apt-get install git"
            ) from error
        except git.GitCommandError as error:
            raise ConfigError(
                f"git cannot read this repository: {_last_line(str(error.stderr))}",
                at=str(folder),
                hint=_cure(str(error.stderr), repository, folder),
            ) from error
        return str(answer)


def _cure(said: str, repository: "git.Repo", folder: Path) -> str:
    if "dubious ownership" in said:
        # So it is in containers of jobs, whose checkout another user made.
        return f"git config --global --add safe.directory {quote(str(repository.working_tree_dir))}"
    return f"git -C {folder} status"


def _last_line(text: str) -> str:
    lines = [line.strip(" '\"") for line in text.splitlines() if line.strip(" '\"")]
    return next(
        (line for line in lines if "fatal:" in line), lines[-1] if lines else "no reason given"
    )


def _remote(repository: "git.Repo") -> str | None:
    if "origin" not in [remote.name for remote in repository.remotes]:
        return None
    url = next(iter(repository.remotes["origin"].urls), "")
    parts = urlsplit(url)
    if not parts.scheme or not parts.netloc:
        return url or None
    user, at, host = parts.netloc.rpartition("@")
    # The name in an ssh URL is part of the address; a password and a query never are.
    kept = f"{user.partition(':')[0]}{at}" if parts.scheme == "ssh" else ""
    return urlunsplit(parts._replace(netloc=f"{kept}{host}", query="", fragment=""))
