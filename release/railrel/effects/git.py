"""Git: what every publish asks by `git` itself, refs and objects through GitPython."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from railrel.effects.checkouts import check_out
from railrel.effects.git_itself import (
    QUIET,
    Checkouts,
    cannot_read,
    files_of,
    hidden_in,
    not_installed,
    of_hook,
    state_of,
    status_question,
)
from railrel.effects.refs import fetched_tag, peeled
from railrel.effects.status_lines import changed_paths
from railrel.errors import ConfigError
from railrel.world import GitState

if TYPE_CHECKING:
    import git

_SECONDS = 60


class RealGit:
    """The repositories on this disk. Never writes to one, not even its index."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._checkouts: Checkouts = {}

    def state(self, folder: Path) -> GitState | None:
        return state_of(folder, self._environment, self._checkouts)

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
        return files_of(folder, self._environment, self._checkouts)

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
            uncommitted = changed_paths(
                self._ask(repository, folder, *status_question("all")).split("\0")
            )
        return tuple(root / name for name in sorted({*differ.split("\0"), *uncommitted} - {""}))

    def hidden(self, folder: Path) -> tuple[str, ...]:
        return hidden_in(folder, self._environment, self._checkouts)

    def _repository(self, folder: Path) -> "git.Repo | None":
        # Most questions are answered by this; GitPython and `git` are for repositories alone.
        if not any((parent / ".git").exists() for parent in (folder, *folder.parents)):
            return None
        try:
            import git
        except ImportError as error:
            raise not_installed(folder) from error
        try:
            repository = git.Repo(str(folder), search_parent_directories=True, expand_vars=False)
        except (git.InvalidGitRepositoryError, git.NoSuchPathError):
            return None
        if repository.bare:
            return None
        root, git_dir = Path(str(repository.working_tree_dir)), Path(str(repository.git_dir))
        told = of_hook(self._environment, root, git_dir.resolve())
        repository.git.update_environment(**QUIET, **told)
        return repository

    def _ask(self, repository: "git.Repo", folder: Path, *arguments: str) -> str:
        import git

        try:
            answer = repository.git.execute(
                ["git", "-C", str(folder), *arguments],
                kill_after_timeout=_SECONDS,
                strip_newline_in_stdout=False,
            )
        except git.GitCommandNotFound as error:
            raise not_installed(folder) from error
        except git.GitCommandError as error:
            root = Path(str(repository.working_tree_dir))
            raise cannot_read(str(error.stderr), root, folder) from error
        return str(answer)
