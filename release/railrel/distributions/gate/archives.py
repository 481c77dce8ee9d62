"""Rules: any installer unpacks the same files from the archive, and touches no others."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import PurePosixPath
from posixpath import normpath

from railrel.distributions.artefacts import Artefact
from railrel.distributions.gate.asked import Asked
from railrel.distributions.members import Member
from railrel.errors import Problem

_SHOWN = 5


def one_reading(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """Directory and headers of the archive agree, and nothing is hidden around them."""
    del asked
    yield from file.contents.tricks


def members_inside(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """No member is written outside of the folder that it is unpacked in."""
    del asked
    for member in file.contents.members:
        if _leaves(member.name):
            yield Problem(
                f"{member.name} would install outside of where it is installed"
                if file.kind == "wheel"
                else f"{member.name} would be unpacked outside of the sdist's folder",
                _at(file, member),
                "mend the paths that the backend is told to include",
                "member-outside",
            )


def members_once(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """No two members are one file, on disks that ignore case neither."""
    del asked
    spelled: defaultdict[str, list[str]] = defaultdict(list)
    for member in file.contents.members:
        if member.sort != "folder":
            spelled[normpath(member.name).casefold()].append(member.name)
    for names in spelled.values():
        if len(names) < 2:
            continue
        if len(set(names)) < len(names):
            message, rule = f"{names[0]} is in it {len(names)} times", "member-twice"
        elif file.kind == "wheel":
            message, rule = f"{' and '.join(names)} are one file where case is ignored", "same-name"
        else:
            continue
        hint = "keep one of them; the other overwrites it"
        yield Problem(message, f"{file.path.name}: {names[0]}", hint, rule)


def links_inside(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """A wheel holds no links, an sdist none that leads out of it."""
    del asked
    for member in file.contents.members:
        if member.sort == "link" and file.kind == "wheel":
            yield Problem(
                f"{member.name} is a link, which installers write as a text",
                _at(file, member),
                "put the file itself in its place",
                "link-in-wheel",
            )
        elif member.sort == "link" and _leads_out(member):
            yield Problem(
                f"{member.name} is a link that leads out of the sdist: {member.target}",
                _at(file, member),
                "put the file itself in its place",
                "link-out",
            )
        elif member.sort == "other" and not file.contents.tricks:
            yield Problem(
                f"{member.name} is neither a file nor a folder",
                _at(file, member),
                "leave it out",
                "no-file",
            )


def one_top_folder(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """An sdist unpacks into one folder (PEP 517)."""
    del asked
    if file.kind != "sdist":
        return
    tops = dict.fromkeys(
        parts[0] for m in file.contents.members if (parts := PurePosixPath(m.name).parts)
    )
    if len(tops) > 1:
        some = ", ".join(list(tops)[:_SHOWN])
        yield Problem(
            f"it unpacks into {len(tops)} folders: {some}",
            file.path.name,
            "build it with a backend (PEP 517), not by hand",
            "several-top-folders",
        )


def _leaves(name: str) -> bool:
    path = PurePosixPath(name)
    # Windows takes the other stroke and the letter of a drive.
    return (
        path.is_absolute() or ".." in path.parts or "\\" in name or ":" in (path.parts or ("",))[0]
    )


def _leads_out(link: Member) -> bool:
    if PurePosixPath(link.target).is_absolute() or "\\" in link.target:
        return True
    # A hard link's target is named from the top, a symbolic one's from its own folder; one of both
    # inside is enough, as nobody tells them apart here.
    top = PurePosixPath(link.name).parts[0]
    beside = normpath(f"{PurePosixPath(link.name).parent}/{link.target}")
    return all(
        PurePosixPath(place).parts[:1] != (top,) for place in (beside, normpath(link.target))
    )


def _at(file: Artefact, member: Member) -> str:
    return f"{file.path.name}: {member.name}"
