"""What a repository's commits are called: tags, and what was fetched without a name."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import git

_SECONDS = 60


def peeled(repository: "git.Repo", name: str) -> str | None:
    """The commit behind a ref or an object, through any annotated tags; None if it is not here."""
    import git

    argv = ["git", "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"]
    try:
        said = repository.git.execute(argv, kill_after_timeout=_SECONDS)
    except git.GitCommandError:
        return None
    return str(said).strip()


def fetched_tag(repository: "git.Repo", name: str) -> str | None:
    """The object of `refs/tags/…` when `git fetch` brought it last and gave it no name here."""
    note = Path(str(repository.git_dir)) / "FETCH_HEAD"
    if not note.is_file():
        return None
    marked = f"\ttag '{name.removeprefix('refs/tags/')}' of "
    lines = note.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line.split("\t")[0] for line in lines if marked in line), None)
