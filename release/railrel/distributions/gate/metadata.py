"""Rules: the metadata can be read, by installers of any age."""

from collections.abc import Iterator

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from railrel.distributions.artefacts import Artefact
from railrel.distributions.gate.asked import Asked
from railrel.errors import Problem


def known_fields(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """The metadata can be read whole."""
    del asked
    if file.unknown:
        fields = ", ".join(sorted(file.unknown))
        yield Problem(
            f"the metadata holds fields that cannot be read: {fields}",
            file.path.name,
            "newer tools may know them; older installers may not",
            "unknown-metadata",
        )


def readable_metadata(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """What an installer must know is there, and is what the standards say.

    https://packaging.python.org/en/latest/specifications/core-metadata/
    """
    del asked
    missing = [
        field
        for field in ("metadata_version", "name", "version")
        if not str(file.metadata.get(field, "")).strip()
    ]
    if missing:
        names = ", ".join(field.replace("_", "-").title() for field in missing)
        yield _invalid(file, f"the metadata has no {names}")
    written = file.metadata.get("metadata_version", "1.0")
    if not _is_version(written) or Version(written).major not in (1, 2):
        yield _invalid(file, f"{written!r} is no version of the metadata's form")
    if file.metadata.get("version") and file.version is None:
        yield _invalid(file, f"{file.metadata.get('version')!r} is no version (PEP 440)")
    try:
        SpecifierSet(file.metadata.get("requires_python", ""))
    except ValueError:  # InvalidSpecifier is one; so is a number of five thousand digits
        requires = file.metadata.get("requires_python")
        yield _invalid(file, f"Requires-Python: {requires!r} is no range of versions")


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except ValueError:
        return False
    return True


def _invalid(file: Artefact, message: str) -> Problem:
    return Problem(
        message,
        file.path.name,
        "mend it in pyproject.toml and build again",
        "invalid-metadata",
    )
