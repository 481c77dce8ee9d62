"""Rules: nothing is in it that was never meant for others."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from railrel.distributions.artefacts import Artefact
from railrel.distributions.gate.asked import Asked
from railrel.distributions.members import KEY_NAMES
from railrel.errors import Problem

_PASSWORD_FILES: Final = frozenset({".pypirc", ".netrc", "_netrc", ".git-credentials"})
# `.env.example` and its kin are for others.
_VARIABLES = re.compile(r"\.env(?:\.(?:local|prod|production|staging|dev|development))?")
# What tests sign with is made for that, and everybody has it.
_FOR_TESTS = re.compile(r"test|fixture|example|demo|dummy|sample|docs?$|mock|bench", re.IGNORECASE)
_LEFTOVERS = re.compile(r".*\.sw[po]|.*~|\.DS_Store|Thumbs\.db|.*\.orig|.*\.rej|\.#.*|#.*#")
_BESIDE: Final = frozenset({"test", "tests", "docs", "doc", "examples", "scripts", "benchmarks"})
_GIT: Final = frozenset({".git", ".hg", ".svn"})


def no_secrets(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """No file by which somebody proves who they are."""
    del asked
    for member in file.contents.members:
        path = PurePosixPath(member.name)
        if member.sort == "folder" or any(_FOR_TESTS.search(p) for p in path.parts[1:-1]):
            continue
        if path.name in _PASSWORD_FILES:
            what = "passwords"
        elif _VARIABLES.fullmatch(path.name) and member.size:
            what = "the variables of one machine"
        elif _is_private_key(file, member.name) and not _FOR_TESTS.search(path.stem):
            what = "a private key"
        else:
            continue
        yield Problem(
            f"{member.name} holds {what}, for everybody who can install it",
            f"{file.path.name}: {member.name}",
            "leave it out, by .gitignore or the backend's exclude; if it was published once, change "
            "what it holds",
            "secret-file",
        )


def no_repository(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """Not the repository itself, with all that was ever in it."""
    del asked
    for member in file.contents.members:
        folder = _GIT & set(PurePosixPath(member.name).parts[:-1])
        if folder:
            yield Problem(
                f"the repository itself is in it: {member.name}",
                f"{file.path.name}: {member.name}",
                f"have the backend leave out {min(folder)}",
                "repository-inside",
            )
            return


def leftovers(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """A remark: what editors and Python leave behind."""
    del asked
    left = [
        m.name
        for m in file.contents.members
        if m.sort == "file"
        for path in (PurePosixPath(m.name),)
        if _LEFTOVERS.fullmatch(path.name) or "__pycache__" in path.parts
    ]
    if left:
        more = f" and {len(left) - 1} more" if len(left) > 1 else ""
        yield Problem(
            f"{left[0]}{more} was left behind by an editor or by Python",
            f"{file.path.name}: {left[0]}",
            "leave it out, by .gitignore or the backend's exclude",
            "leftover",
        )


def installed_beside(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """A remark: `tests` at the top of a wheel is installed as everybody's `tests`."""
    del asked
    if file.kind != "wheel":
        return
    tops = {PurePosixPath(m.name).parts[0] for m in file.contents.members if "/" in m.name}
    for top in sorted(tops & _BESIDE - {asked_name(file)}):
        yield Problem(
            f"{top} is installed beside the package, where those of others lie too",
            f"{file.path.name}: {top}/",
            "have the backend leave it out of the wheel",
            "installed-beside",
        )


def asked_name(file: Artefact) -> str:
    """The folder that a project of this name would have."""
    return file.name.replace("-", "_")


def _is_private_key(file: Artefact, name: str) -> bool:
    text = file.contents.texts.get(name)
    path = PurePosixPath(name)
    if text is None or not (path.name in KEY_NAMES or path.suffix in (".pem", ".key", ".ppk")):
        return False
    return b"PRIVATE KEY-----" in text or text.startswith(b"PuTTY-User-Key-File")
