"""twine's metadata check, and the upload form as twine fills it in."""

import contextlib
import io
import logging
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from railrel.errors import Problem

# twine talks through rich's console and logging's logger, of which there is one each for all threads.
_ONE_AT_A_TIME = threading.Lock()


def twine_problems(paths: Iterable[Path]) -> list[Problem]:
    """What `twine check` would refuse."""
    from twine.commands.check import check
    from twine.exceptions import InvalidDistribution, TwineException

    problems: list[Problem] = []
    for path in paths:
        try:
            with _listening() as said:
                failed = check([str(path)])
        # ValueError: twine wonders at an absolute path among relative ones.
        except (InvalidDistribution, TwineException, ValueError) as error:
            problems.append(_refused(path, str(error)))
        else:
            if failed:
                problems.append(_refused(path, " ".join(said.getvalue().split())))
    return problems


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
