"""twine's metadata check, and the upload form as twine fills it in."""

import contextlib
import io
import logging
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from railrel.errors import Problem

# twine talks through rich's console and logging's logger, of which there is one each for all threads.
_ONE_AT_A_TIME = threading.Lock()

# What twine's `_RENDERERS` has no renderer for: such a description cannot be refused.
_NEVER_RENDERED = ("text/plain", "text/markdown")
_IS_RST = re.compile(r"\.rst\b|text/x-rst", re.IGNORECASE)


def twine_problems(paths: Iterable[Path]) -> list[Problem]:
    """What `twine check` would refuse."""
    from twine.exceptions import InvalidDistribution, TwineException

    problems: list[Problem] = []
    for path in paths:
        try:
            said = _said_by_check(path) if _is_rendered(path) else None
        # ValueError: twine wonders at an absolute path among relative ones.
        except (InvalidDistribution, TwineException, ValueError) as error:
            problems.append(_refused(path, str(error)))
        else:
            if said is not None:
                problems.append(_refused(path, said))
    return problems


def modules_needed(project: Mapping[str, object]) -> tuple[str, ...]:
    """What the check of a build of this `[project]` table loads, as far as the table tells."""
    renderer = ("twine.commands.check",) if _IS_RST.search(str(project.get("readme", ""))) else ()
    return ("packaging.metadata", "twine.package", *renderer)


def _is_rendered(path: Path) -> bool:
    """Whether `twine check` would render the description; the rest of what it does is done here.

    It refuses what `PackageFile` refuses, and then only what docutils cannot render, which takes a
    tenth of a second to load.
    """
    from twine.package import PackageFile

    metadata = PackageFile.from_filename(str(path), None).metadata_dictionary()
    description = metadata.get("description")
    if not description or description.rstrip() == "UNKNOWN":
        return False
    # Without one it counts as reStructuredText.
    content_type = metadata.get("description_content_type", "")
    return content_type.partition(";")[0].strip().lower() not in _NEVER_RENDERED


def _said_by_check(path: Path) -> str | None:
    """Why `twine check` refuses it; None when it does not."""
    from twine.commands.check import check

    with _listening() as said:
        failed = check([str(path)])
    return " ".join(said.getvalue().split()) if failed else None


@contextlib.contextmanager
def _listening() -> Iterator[io.StringIO]:
    """What twine prints and logs at error level, instead of letting it out."""
    import rich

    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setLevel(logging.ERROR)
    logger = logging.getLogger("twine")
    with _ONE_AT_A_TIME:
        propagates, logger.propagate = logger.propagate, False
        logger.addHandler(handler)
        # Not by another sys.stdout, through which others may speak meanwhile.
        rich.get_console().file = io.StringIO()
        try:
            yield said
        finally:
            logger.removeHandler(handler)
            logger.propagate = propagates


def _refused(path: Path, said: str) -> Problem:
    return Problem(
        f"twine's metadata check refuses it: {said}",
        path.name,
        "mend the description or the metadata; twine check says the same",
        "twine-check",
    )


def upload_form(path: Path) -> tuple[tuple[str, str], ...]:
    """The fields of a legacy upload, without the file.

    https://docs.pypi.org/api/upload/
    """
    from twine.package import PackageFile

    package = PackageFile.from_filename(str(path), None)
    fields: list[tuple[str, str]] = [(":action", "file_upload"), ("protocol_version", "1")]
    for key, value in package.metadata_dictionary().items():
        match value:
            case dict():
                fields += [(key, f"{label}, {url}") for label, url in value.items()]
            case list() if key == "keywords":
                fields.append((key, ",".join(value)))
            case list() | tuple():
                fields += [(key, str(item)) for item in value]
            case _:
                fields.append((key, str(value or "")))
    return tuple((key, value) for key, value in fields if value)
