"""What a publish asks of git, by `git` itself and all at once.

GitPython takes longer to load than all of it to be answered.
"""

import contextlib
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from shlex import quote
from typing import TypeAlias
from urllib.parse import urlsplit, urlunsplit

from railrel.effects.status_lines import ahead_and_behind, changed_paths
from railrel.errors import ConfigError
from railrel.values import dataclass
from railrel.world import GitState

_SECONDS = 60
# Of each question: nothing is written, nobody is asked, and errors come in the words we know.
QUIET = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
# What a hook's environment says of its own repository.
_OF_HOOKS = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX")
_WHERE = ("rev-parse", "--show-toplevel", "--absolute-git-dir")
# The commit's time, and the tags on it, also those that are tags of tags.
_HEAD = (
    "log", "-1", "--no-show-signature", "--decorate=full", "--decorate-refs=refs/tags/",
    "--format=%ct%x00%D",
)  # fmt: skip
_TAG = "tag: refs/tags/"

Question: TypeAlias = tuple[str, ...]
Checkouts: TypeAlias = dict[Path, tuple[Path, Path]]
"""What is known of a folder: the root of the checkout that it is in, and where git keeps that."""


@dataclass(frozen=True, slots=True)
class _Answer:
    code: int
    said: str
    complaint: str


def state_of(folder: Path, environment: Mapping[str, str], checkouts: Checkouts) -> GitState | None:
    """How the repository that holds `folder` stands; None where there is none."""
    answers = _answered(
        folder,
        environment,
        checkouts,
        status_question("normal"),
        _HEAD,
        ("remote", "get-url", "origin"),
    )
    if answers is None:
        return None
    root, (status, head, remote) = answers
    lines = _said(folder, status).split("\0")
    headers = dict(line[2:].split(" ", 1) for line in lines if line.startswith("# "))
    known = headers.get("branch.oid", "(initial)") != "(initial)"
    ahead, behind = ahead_and_behind(headers.get("branch.ab"))
    branch = headers.get("branch.head", "")
    time, _, decorations = _said(folder, head).strip().partition("\0") if known else ("", "", "")
    return GitState(
        root=root,
        branch=None if branch == "(detached)" else branch,
        commit=headers["branch.oid"] if known else None,
        commit_time=int(time) if known else None,
        dirty=changed_paths(lines),
        ahead=ahead,
        behind=behind,
        tags=tuple(
            sorted(n.removeprefix(_TAG) for n in decorations.split(", ") if n.startswith(_TAG))
        ),
        remote=_without_credentials(remote.said.strip()) if remote.code == 0 else None,
    )


def files_of(
    folder: Path, environment: Mapping[str, str], checkouts: Checkouts
) -> tuple[str, ...] | None:
    """What is tracked, and what is neither tracked nor ignored; None where there is no repository."""
    # What a submodule ignores is listed by nobody; what it tracks, by the first.
    answers = _answered(
        folder,
        environment,
        checkouts,
        ("ls-files", "-z", "--cached", "--recurse-submodules"),
        ("ls-files", "-z", "--others", "--exclude-standard"),
    )
    if answers is None:
        return None
    names = {n for answer in answers[1] for n in _said(folder, answer).split("\0") if n}
    # A file that is deleted but not yet committed is still listed.
    return tuple(n for n in sorted(names) if (folder / n).exists() or (folder / n).is_symlink())


def hidden_in(
    folder: Path, environment: Mapping[str, str], checkouts: Checkouts
) -> tuple[str, ...]:
    """Tracked files whose changes git was told not to look for."""
    answers = _answered(folder, environment, checkouts, ("ls-files", "-z", "-v"))
    lines = _said(folder, answers[1][0]).split("\0") if answers else []
    return tuple(line[2:] for line in lines if line[:1].islower() or line[:1] == "S")


def _answered(
    folder: Path, environment: Mapping[str, str], checkouts: Checkouts, *questions: Question
) -> tuple[Path, list[_Answer]] | None:
    """The root of the checkout, and an answer to each; None where there is none, or a bare one.

    Which one it is, is asked once.
    """
    # Most folders are in none; `git` is for those that are.
    marks = (parent / ".git" for parent in (folder, *folder.parents))
    mark = next((mark for mark in marks if mark.exists()), None)
    if mark is None:
        return None
    variables = {n: v for n, v in environment.items() if n not in _OF_HOOKS} | QUIET
    # Whether the index that a hook is told of is ours is only known by asking first.
    in_hook = _in_hook(environment)
    answers: list[_Answer] = []
    if folder not in checkouts:
        where, *answers = _asked(folder, variables, _WHERE, *(() if in_hook else questions))
        if "not a git repository" in where.complaint or "in a work tree" in where.complaint:
            return None
        checkouts[folder] = _two_folders(_said(folder, where, mark.parent))
    root, git_dir = checkouts[folder]
    if not answers:
        told = of_hook(environment, root, git_dir) if in_hook else {}
        answers = _asked(folder, variables | told, *questions)
    return root, answers


def _two_folders(said: str) -> tuple[Path, Path]:
    """Each was said in a line of its own, or in more: a folder's name may have ends of lines in it."""
    lines = said.removesuffix("\n").split("\n")
    pairs = (("\n".join(lines[:n]), "\n".join(lines[n:])) for n in range(1, len(lines)))
    root, git_dir = next(pair for pair in pairs if len(lines) == 2 or all(map(_is_folder, pair)))
    return Path(root), Path(git_dir)


def _is_folder(name: str) -> bool:
    return name.startswith("/") and Path(name).is_dir()


def status_question(untracked: str) -> Question:
    """How a folder stands; `untracked` is how files that are not tracked are listed."""
    listed = f"--untracked-files={untracked}"
    return ("status", "--porcelain=v2", "--branch", "-z", listed, "--", ".")


def of_hook(environment: Mapping[str, str], root: Path, git_dir: Path) -> dict[str, str]:
    """What a hook's environment says of this repository; of others it says nothing true.

    `git commit -a` works on an index of its own, and tells its hooks of it.
    """
    if not _in_hook(environment):
        return {}
    index = (root / environment.get("GIT_INDEX_FILE", git_dir / "index")).resolve()
    own = index if index.is_relative_to(git_dir.resolve()) else git_dir / "index"
    return {"GIT_DIR": str(git_dir), "GIT_WORK_TREE": str(root), "GIT_INDEX_FILE": str(own)}


def _in_hook(environment: Mapping[str, str]) -> bool:
    return "GIT_DIR" in environment or "GIT_INDEX_FILE" in environment


def _asked(folder: Path, variables: Mapping[str, str], *questions: Question) -> list[_Answer]:
    with contextlib.ExitStack() as stack:
        begun = [
            stack.enter_context(_running(folder, variables, question)) for question in questions
        ]
        return [_ended(folder, process) for process in begun]


@contextlib.contextmanager
def _running(
    folder: Path, variables: Mapping[str, str], question: Question
) -> "Iterator[subprocess.Popen[bytes]]":
    try:
        process = subprocess.Popen(
            ("git", "-C", str(folder), *question),
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except OSError as error:
        raise not_installed(folder) from error
    with process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise


def _ended(folder: Path, process: "subprocess.Popen[bytes]") -> _Answer:
    try:
        said, complaint = process.communicate(timeout=_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise ConfigError(
            f"git did not answer within {_SECONDS} seconds", at=str(folder)
        ) from error
    # As Python names files on this system, whatever bytes they have.
    return _Answer(
        process.returncode,
        said.decode("utf-8", "surrogateescape"),
        complaint.decode("utf-8", "replace"),
    )


def _said(folder: Path, answer: _Answer, root: Path | None = None) -> str:
    """What was answered. ConfigError in git's own words where it could not."""
    if answer.code == 0:
        return answer.said
    raise cannot_read(answer.complaint, root or folder, folder)


def not_installed(folder: Path) -> ConfigError:
    """There is no `git`."""
    return ConfigError(
        "git is not installed, or not on PATH", at=str(folder), hint="sudo apt-get install git"
    )


def cannot_read(complaint: str, root: Path, folder: Path) -> ConfigError:
    """`git` failed with these words."""
    lines = [line.strip(" '\"") for line in complaint.splitlines() if line.strip(" '\"")]
    last = lines[-1] if lines else "no reason given"
    reason = next((line for line in lines if "fatal:" in line), last)
    # So it is in containers of jobs, whose checkout another user made.
    theirs = "dubious ownership" in complaint
    return ConfigError(
        f"git cannot read this repository: {reason}",
        at=str(folder),
        hint=f"git config --global --add safe.directory {quote(str(root))}"
        if theirs
        else f"git -C {quote(str(folder))} status",
    )


def _without_credentials(url: str) -> str | None:
    parts = urlsplit(url)
    if not parts.scheme or not parts.netloc:
        return url or None
    user, at, host = parts.netloc.rpartition("@")
    # The name in an ssh URL is part of the address; a password and a query never are.
    kept = f"{user.partition(':')[0]}{at}" if parts.scheme == "ssh" else ""
    return urlunsplit(parts._replace(netloc=f"{kept}{host}", query="", fragment=""))
