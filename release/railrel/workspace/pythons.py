"""Which Pythons a project says that it works with."""

from functools import lru_cache

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from railrel.documents import Document

_MINORS = range(6, 40)


def requires_python(document: Document) -> str:
    """The range as it is written, in the standard table or in Poetry's; empty where there is none."""
    written = document.table("project").get("requires-python")
    if not isinstance(written, str):
        written = document.table("tool", "poetry", "dependencies").get("python")
    return written if isinstance(written, str) else ""


@lru_cache(maxsize=256)
def minors(written: str) -> tuple[int, ...] | None:
    """The 3.x that a range admits any release of; None when it is no range, of Poetry's neither."""
    try:
        allowed = SpecifierSet(written)
    except InvalidSpecifier:
        return _minors_of_poetry(written)
    # A bound such as >=3.11.4 admits the newest 3.11.
    return tuple(m for m in _MINORS if any(allowed.contains(f"3.{m}.{patch}") for patch in (0, 99)))


def _minors_of_poetry(written: str) -> tuple[int, ...] | None:
    """Carets and tildes."""
    from poetry.core.constraints.version import Version, parse_constraint
    from poetry.core.constraints.version.exceptions import ParseConstraintError

    try:
        allowed = parse_constraint(written)
    except ParseConstraintError:
        return None
    return tuple(
        m
        for m in _MINORS
        if any(allowed.allows(Version.parse(f"3.{m}.{patch}")) for patch in (0, 99))
    )
