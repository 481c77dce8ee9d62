"""A folder as a registry: a static index (PEP 503, with PEP 691 beside it).

    simple/index.html                   the projects
    simple/issue-core/index.html        its files; written last, and so the truth
    simple/issue-core/index.json        the same for servers that can choose
    simple/issue-core/*.whl, *.tar.gz

pip and uv install from it over `file:`, and these and Poetry over any static web server.
"""

import hashlib
import html
import json
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from packaging.utils import NormalizedName

from railrel.distributions.artefacts import Artefact, inspect
from railrel.errors import ConfigError, RailrelError, RefusedError
from railrel.registries.places import Place
from railrel.registries.protocol import Answer, RemoteFile, Stored, Taken
from railrel.registries.simple import files_of_page
from railrel.world import Credential, Secret, Told, World

KIND = "folder"
TITLE = "a folder"


def claims(place: Place) -> bool:
    """Any path."""
    return place.folder is not None


def connect(place: Place, world: World, hide: Callable[[Secret], None]) -> "Folder":
    """The index in the folder, which need not be there yet."""
    del hide
    if place.folder is None:
        raise ConfigError("this registry is not a folder", at=place.origin)
    return Folder(place.folder, world)


class Folder:
    """An index on this disk."""

    kind = KIND
    index_name = ""
    images = ""

    def __init__(self, folder: Path, world: World) -> None:
        self._simple = folder / "simple"
        self._world = world
        self.place = str(folder)
        self.simple_url = self._simple.as_uri()
        self.publish_url = folder.as_uri()

    def check_access(self) -> None:
        """Make the folder, if need be, and write into it."""
        with self._world.files.locked(self._simple.parent / ".lock"):
            self._prepare()

    def credential(self) -> Credential | None:
        return None

    def held(self, name: NormalizedName) -> tuple[RemoteFile, ...]:
        page = self._simple / name / "index.html"
        try:
            body = page.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise RefusedError(
                f"the index cannot be read: {error.strerror}", at=str(page)
            ) from error
        listed = files_of_page(body, "text/html", f"{page.parent.as_uri()}/")
        # A file that somebody removed or changed is not what the page says: it is looked at.
        there = [file for file in listed if (page.parent / file.filename).is_file()]
        return tuple(found for file in there if (found := self._looked_at(file)))

    def upload(self, artefact: Artefact, told: Told | None = None) -> Answer:
        del told
        target = self._simple / artefact.name / artefact.path.name
        with self._world.files.locked(self._simple.parent / ".lock"):
            self._prepare()
            listed = {file.filename for file in self.held(artefact.name)}
            if artefact.path.name in listed:
                return Taken()
            # What lies there unlisted was left by somebody who was killed; nobody installed it.
            self._world.files.copy(artefact.path, target)
            self._list(artefact.name, listed | {artefact.path.name})
        return Stored()

    def download(self, file: RemoteFile) -> bytes:
        path = self._path(file)
        try:
            return path.read_bytes()
        except OSError as error:
            raise RefusedError(
                f"{file.filename}, which the index lists, cannot be read: {error.strerror}",
                at=str(path),
                hint=f"ls -l {shlex.quote(str(path))}; if it is gone, publish that version again",
            ) from error

    def _looked_at(self, file: RemoteFile) -> RemoteFile | None:
        try:
            data = self.download(file)
        except RefusedError:
            if self._path(file).exists():
                raise
            return None
        return replace(file, sha256=hashlib.sha256(data).hexdigest())

    def _path(self, file: RemoteFile) -> Path:
        path = Path(unquote(urlsplit(file.url).path))
        if not file.url.startswith("file:") or not path.resolve().is_relative_to(
            self._simple.resolve()
        ):
            raise RefusedError(
                f"the index sends us elsewhere for {file.filename}: {file.url}",
                at=str(self._simple),
                hint="remove that link from its page; nothing that publishes here writes one",
                rule="leads-out",
            )
        return path

    def link(self, name: NormalizedName, remote: str | None) -> str:
        del name, remote
        return ""

    def page(self, name: NormalizedName, version: str) -> str:
        del name, version
        return ""

    def how_to_delete(self, name: NormalizedName, version: str) -> str:
        return f"delete the files of {version} and index.html in {self._simple / name}"

    def _prepare(self) -> None:
        for folder in (self._simple.parent, self._simple, *self._simple.glob("*/")):
            self._world.files.sweep(folder)
        own = self._simple.parent.parent
        if own.name == ".railrel":
            self._world.files.sweep(own)
            if not (own / ".gitignore").exists():
                self._world.files.put(own / ".gitignore", b"*\n")

    def _list(self, name: NormalizedName, filenames: set[str]) -> None:
        """Write the pages; the project's own page last, so that what it lists is all there."""
        files = []
        for filename in sorted(filenames):
            path = self._simple / name / filename
            if path.is_file():
                files.append(_described(path))
        put = self._world.files.put
        put(self._simple / name / "index.json", _json_page(name, files))
        projects = {name, *(p.parent.name for p in self._simple.glob("*/index.html"))}
        put(self._simple / "index.html", _root_page(sorted(projects)))
        put(self._simple / name / "index.html", _html_page(name, files))


def _described(path: Path) -> Artefact:
    try:
        return inspect(path)
    except RailrelError as error:
        raise ConfigError(
            f"the index holds a file that cannot be read: {path.name}",
            at=str(path),
            hint=f"rm {shlex.quote(str(path))}, and publish that version again",
        ) from error


def _html_page(name: str, files: list[Artefact]) -> bytes:
    lines = []
    for file in files:
        requires = file.metadata.get("requires_python")
        attribute = f' data-requires-python="{html.escape(requires)}"' if requires else ""
        href = f"{quote(file.path.name)}#sha256={file.sha256}"
        lines.append(f'<a href="{href}"{attribute}>{html.escape(file.path.name)}</a><br>')
    return _page(f"Links for {name}", lines)


def _root_page(names: list[str]) -> bytes:
    return _page("Projects", [f'<a href="{name}/">{name}</a><br>' for name in names])


def _page(title: str, lines: list[str]) -> bytes:
    head = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="pypi:repository-version" content="1.0">\n'
        f"<title>{title}</title>\n</head>\n<body>\n<h1>{title}</h1>\n"
    )
    return (head + "\n".join(lines) + "\n</body>\n</html>\n").encode()


def _json_page(name: str, files: list[Artefact]) -> bytes:
    entries = [
        {
            "filename": file.path.name,
            "url": quote(file.path.name),
            "hashes": {"sha256": file.sha256},
            "size": file.size,
            **(
                {"requires-python": file.metadata["requires_python"]}
                if "requires_python" in file.metadata
                else {}
            ),
        }
        for file in files
    ]
    versions = sorted({str(file.file_version) for file in files})
    page = {"meta": {"api-version": "1.1"}, "name": name, "versions": versions, "files": entries}
    return (json.dumps(page, indent=1) + "\n").encode()
