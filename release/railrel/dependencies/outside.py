"""Which folders an image build does not have: those outside of the project."""

from pathlib import Path

from railrel.dependencies.paths import Folder, from_path, from_url


def index_outside(written: str, project: Path) -> bool:
    """Whether an index, or a place for links, is a folder that is not in the project's."""
    if written.startswith("$"):
        return False
    target = from_url(written, project)
    return target is not None and not (
        isinstance(target, Folder) and target.folder.is_relative_to(project)
    )


def file_outside(written: str, beside: Path, project: Path) -> bool:
    """Whether a file that is named beside another one lies outside of the project."""
    target = from_path(written, beside)
    return (
        isinstance(target, Folder)
        and "://" not in written
        and not target.folder.is_relative_to(project)
    )
