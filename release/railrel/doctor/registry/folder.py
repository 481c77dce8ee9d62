"""A folder as the registry: whether it can be written."""

import os
from pathlib import Path

from railrel.doctor.changes import Change
from railrel.doctor.findings import Finding, fine, wrong
from railrel.doctor.registry.site import Site

ID = "folder"
TITLE = "the folder can be written"
KINDS: tuple[str, ...] = ("folder",)
AFTER: tuple[str, ...] = ()


def examine(site: Site) -> tuple[Finding, ...]:
    folder = Path(site.place)
    there = next((f for f in (folder, *folder.parents) if f.exists()), Path("/"))
    if not there.is_dir():
        changes = (Change("setting", "registry", "a folder, or a server's address"),)
        return (wrong(f"{there} is a file, and no folder can be made there", *changes),)
    if not os.access(there, os.W_OK | os.X_OK):
        change = Change("host", "give yourself write access", f"{there}")
        return (wrong(f"{there} cannot be written", change),)
    said = "is there" if there == folder else "is made by the first publish"
    return (
        fine(
            f"the folder {said} and can be written; it needs no server, no token and no certificate"
        ),
    )
