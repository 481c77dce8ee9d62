"""What a proof of install asks uv, and what its answers mean. Pure."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import tomli
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

from railrel.errors import Problem

_UNREACHABLE = re.compile(
    r"error sending request|failed to (?:fetch|connect)|dns error|timed out|connection "
    r"(?:refused|reset)|HTTP status server error",
    re.IGNORECASE,
)
_REFUSED = re.compile(r"\b40[13]\b|unauthori[sz]ed|forbidden|missing credentials", re.IGNORECASE)
_MARKS = re.compile(r"[│╰├─▶\u00d7╭╮]+|^\s*(?:error|cause|hint|Caused by):", re.MULTILINE)
_LONGEST = 600

# A version that no index holds: who is asked for a name in it takes it from nowhere.
NOWHERE: Final = "0+railrel.is.not.published"


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python of this machine."""

    version: Version
    path: Path


@dataclass(frozen=True, slots=True)
class InstallReport:
    """A version as one Python got it."""

    python: str
    """Such as `3.11.7`."""
    packages: tuple[str, ...]
    """All that was installed, as `NAME==VERSION`."""
    imported: tuple[str, ...]
    """Modules that were imported; none without being asked to."""
    seconds: float

    @property
    def said(self) -> str:
        """In words."""
        count = len(self.packages)
        also = f", {', '.join(self.imported)} imported" if self.imported else ""
        return f"installed on Python {self.python}, {count} package{'s' * (count != 1)}{also}"


def interpreters(said: str, requires: str) -> tuple[Interpreter, ...]:
    """Of what `uv python list --output-format json` says, the newest of each 3.x that is admitted."""
    # Complaints about a Python that does not start stand around the one line of JSON.
    line = next((line for line in said.splitlines() if line.startswith("[{")), "[]")
    admitted = _specifiers(requires)
    newest: dict[tuple[int, ...], Interpreter] = {}
    for entry in json.loads(line):
        found = _interpreter(entry)
        if found is None or not admitted.contains(found.version, prereleases=True):
            continue
        known = newest.get(found.version.release[:2])
        if known is None or known.version < found.version:
            newest[found.version.release[:2]] = found
    return tuple(newest[minor] for minor in sorted(newest))


def _interpreter(entry: Mapping[str, object]) -> Interpreter | None:
    path = entry.get("path")
    if not path or entry.get("implementation") != "cpython" or entry.get("variant") != "default":
        return None
    try:
        return Interpreter(Version(str(entry.get("version"))), Path(str(path)))
    except InvalidVersion:
        return None


def _specifiers(text: str) -> SpecifierSet:
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        return SpecifierSet()


def resolving(
    uv: str, python: Path, lock: Path, folder: Path, fresh: Iterable[str], *, sdist_of: str = ""
) -> tuple[str, ...]:
    """The command that resolves what stands in `folder/asked.txt` into the lock."""
    refreshed = [word for name in sorted(fresh) for word in ("--refresh-package", name)]
    source = ("--no-binary", sdist_of) if sdist_of else ()
    return (
        uv, "pip", "compile", "--quiet", "--no-python-downloads", "--index-strategy", "first-index",
        "--python", str(python), "--format", "pylock.toml", "--no-header", "--output-file", str(lock),
        "--constraint", str(folder / "nowhere.txt"), *refreshed, *source, str(folder / "asked.txt"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Locked:
    """One package that would be installed."""

    name: NormalizedName
    version: str
    sha256: frozenset[str]
    """Of the files that it may be installed from."""


def locked(data: bytes) -> tuple[Locked, ...]:
    """What a `pylock.toml` names (PEP 751)."""
    packages = tomli.loads(data.decode("utf-8")).get("packages", [])
    return tuple(
        Locked(
            canonicalize_name(str(package["name"])),
            str(package.get("version", "")),
            frozenset(_hashes(package)),
        )
        for package in packages
    )


def _hashes(package: Mapping[str, object]) -> Iterator[str]:
    wheels = package.get("wheels")
    files = [*(wheels if isinstance(wheels, list) else []), package.get("sdist")]
    for file in files:
        hashes = file.get("hashes") if isinstance(file, dict) else None
        if isinstance(hashes, dict) and isinstance(hashes.get("sha256"), str):
            yield hashes["sha256"]


def strangers(
    packages: Iterable[Locked],
    ours: Mapping[NormalizedName, Collection[str | None]],
    place: str,
) -> list[Problem]:
    """Packages of our names whose files are not the registry's. `ours` has the hashes that it lists."""
    return [
        Problem(
            f"{package.name} {package.version} would not come from the registry: its files are others",
            place,
            f"railrel publish {package.name}, and see that no other index is asked for it",
            "not-from-registry",
        )
        for package in packages
        if package.name in ours
        and None not in ours[package.name]
        and not package.sha256 <= set(ours[package.name])
    ]


def condensed(said: str) -> str:
    """uv's words in one line."""
    words = " ".join(_MARKS.sub(" ", said).replace(NOWHERE, "NOT PUBLISHED").split())
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]} …"


def is_unreachable(said: str) -> bool:
    """Whether an index did not answer."""
    return bool(_UNREACHABLE.search(said))


def is_refused(said: str) -> bool:
    """Whether an index wanted another credential."""
    return bool(_REFUSED.search(said))


def of_django(said: str) -> bool:
    """Whether a module could not be imported because it wants Django's settings."""
    return "ImproperlyConfigured" in said or "AppRegistryNotReady" in said


def last_words(said: str) -> str:
    """The line of a traceback that says what is wrong."""
    lines = [line.strip() for line in said.strip().splitlines() if line.strip()]
    return lines[-1][:_LONGEST] if lines else "Python ended without a word"
