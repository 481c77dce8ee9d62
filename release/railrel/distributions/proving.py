"""What a proof of install asks uv, and what its answers mean. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import tomli
from packaging.utils import NormalizedName, canonicalize_name

from railrel.distributions.variables import seen_by_installers
from railrel.errors import Problem
from railrel.values import dataclass

_MARKS = re.compile(r"[│╰├─▶\u00d7╭╮]+|^\s*(?:error|cause|hint|Caused by):", re.MULTILINE)
_LONGEST = 600
# Other indexes, and what would let them be preferred.
_OTHER_INDEXES = frozenset(
    {"UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_INDEX_STRATEGY", "UV_NO_SOURCES",
     "UV_PYTHON", "UV_OVERRIDE", "UV_CONSTRAINT", "UV_EXCLUDE_NEWER", "UV_NO_BINARY", "UV_PRERELEASE"}
)  # fmt: skip

# A version that no index holds: who is asked for a name in it takes it from nowhere.
NOWHERE: Final = "0+railrel.is.not.published"


def asking_only(environment: Mapping[str, str], name: str, index: str) -> dict[str, str]:
    """What uv gets of the environment: this index and the public one, and nothing that publishes.

    The credential of the index goes by it.
    """
    seen = seen_by_installers(environment)
    kept = {key: value for key, value in seen.items() if key not in _OTHER_INDEXES}
    return {**kept, "UV_INDEX": f"{name}={index}"}


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


def making(
    uv: str, python: Path, environment: Path, lock: Path
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The commands that make a fresh environment and install the lock into it."""
    base = ("--quiet", "--no-python-downloads")
    return (
        (uv, "venv", *base, "--no-project", "--python", str(python), str(environment)),
        (
            uv, "pip", "install", *base, "--python", str(environment), "--requirements", str(lock),
        ),
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


def of_django(said: str) -> bool:
    """Whether a module could not be imported because it wants Django's settings."""
    return "ImproperlyConfigured" in said or "AppRegistryNotReady" in said


def last_words(said: str) -> str:
    """The line of a traceback that says what is wrong."""
    lines = [line.strip() for line in said.strip().splitlines() if line.strip()]
    return lines[-1][:_LONGEST] if lines else "Python ended without a word"
