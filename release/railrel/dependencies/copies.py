"""Edits in a copy of the folder that they were planned for."""

from collections.abc import Iterable
from pathlib import Path

from railrel.dependencies.rewrite import FileRewrite
from railrel.world import World


def put_edits(world: World, root: Path, copy: Path, edited: Iterable[FileRewrite]) -> None:
    """Write the edits of a folder's files into its copy; those of other folders are passed over."""
    for file in edited:
        if file.path.is_relative_to(root):
            world.files.put(copy / file.path.relative_to(root), file.after)
