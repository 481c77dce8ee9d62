"""Files that no stranger should be given: each with the rule of the gate that says so."""

import io
import re
import struct
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.wheels import METADATA, WHEEL, record, sdist, wheel

INFO = "lib-1.0.dist-info"
KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQ==\n-----END PRIVATE KEY-----\n"
ENTRY = "[console_scripts]\nlib = lib_cli:main\n"


@dataclass(frozen=True, slots=True)
class Case:
    """One way to be unfit."""

    title: str
    make: Callable[[Path], Path]
    rule: str
    seen_by: tuple[str, ...] = ()
    """Other people's checks that see something in it as well."""

    def __str__(self) -> str:
        return self.title


def _requiring(text: str) -> Callable[[Path], Path]:
    return lambda folder: wheel(folder, more=f"Requires-Dist: {text}\n", text="x = 1\n")


def _holding(**members: str) -> Callable[[Path], Path]:
    return lambda folder: wheel(folder, text="x = 1\n", members=members)


def _package(**members: str) -> Callable[[Path], Path]:
    return _raw({"libs/__init__.py": "x = 1\n", **members})


def _raw(members: Mapping[str, str], change: Callable[[str], str] = str) -> Callable[[Path], Path]:
    """A wheel with exactly these members beside its metadata, and a RECORD that is changed."""

    def make(folder: Path) -> Path:
        path = wheel(folder)
        files = {f"{INFO}/METADATA": METADATA.format(name="lib", version="1.0"), **members}
        files.setdefault(f"{INFO}/WHEEL", WHEEL)
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
            own = record(files, f"{INFO}/RECORD")
            archive.writestr(f"{INFO}/RECORD", change(own))
        return path

    return make


def _patched(change: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    """A fit wheel whose bytes were changed afterwards."""

    def make(folder: Path) -> Path:
        path = wheel(folder, text="x = 1\n")
        path.write_bytes(change(path.read_bytes()))
        return path

    return make


def _renamed(name: str) -> Callable[[Path], Path]:
    return lambda folder: wheel(folder, text="x = 1\n").rename(folder / name)


def _twice(folder: Path) -> Path:
    path = wheel(folder, text="x = 1\n")
    with zipfile.ZipFile(path, "a") as archive:
        archive.filelist = [i for i in archive.filelist if i.filename != "lib.py"]
        kept = archive.NameToInfo.pop("lib.py")
        archive.writestr("lib.py", "x = 1\n")
        archive.filelist.insert(0, kept)
    return path


def _linked(folder: Path) -> Path:
    path = _package(**{"libs/link.py": "__init__.py"})(folder)
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(folder / "new", "w") as after:
        for info in before.infolist():
            if info.filename == "libs/link.py":
                info.external_attr = 0o120777 << 16
            after.writestr(info, before.read(info))
    return (folder / "new").replace(path)


def _other_header(data: bytes) -> bytes:
    """The header before the first member says that it is unpacked to something longer."""
    at = data.index(b"PK\x03\x04") + 22
    return data[:at] + struct.pack("<L", 60_000) + data[at + 4 :]


def _with_member(member: tarfile.TarInfo, content: bytes = b"") -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        path = sdist(folder)
        with tarfile.open(path) as archive:
            before = [(m, archive.extractfile(m)) for m in archive]
            with tarfile.open(folder / "new", "w:gz") as again:
                for info, file in before:
                    again.addfile(info, file)
                member.size = len(content)
                again.addfile(member, io.BytesIO(content) if content else None)
        return (folder / "new").replace(path)

    return make


def _many_tags() -> str:
    part = ".".join(f"a{number}" for number in range(1_000))
    return f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {part}-{part}-{part}\n"


def _link(name: str, target: str) -> tarfile.TarInfo:
    link = tarfile.TarInfo(name)
    link.type, link.linkname = tarfile.SYMTYPE, target
    return link


def _project(text: str) -> Callable[[Path], Path]:
    return lambda folder: sdist(folder, pyproject=text)


CASES: tuple[Case, ...] = (
    Case("a requirement by a relative path", _requiring("core @ ../core"), "direct-reference"),
    Case("a requirement by file:", _requiring("core @ file:///home/me/core"), "direct-reference"),
    Case(
        "a requirement in a temporary folder of uv",
        _requiring("core @ file:///root/.cache/uv/sdists-v9/.tmpX/core"),
        "direct-reference",
    ),
    Case("a requirement by git", _requiring("core @ git+https://x.org/core"), "direct-reference"),
    Case("a sibling in any version", _requiring("issue-core"), "unbounded-sibling"),
    Case(
        "a path in the sdist's sources",
        _project('[project]\nname = "lib"\n[tool.uv.sources]\ncore = { path = "../core" }\n'),
        "direct-reference",
    ),
    Case(
        "a path in what the sdist builds with",
        _project('[build-system]\nrequires = ["core @ file:///home/me/core"]\n'),
        "direct-reference",
    ),
    Case(
        "another name inside", lambda f: wheel(f, name="core").rename(f / "lib-1.0-py3-none-any.whl"),
        "other-name", ("check-wheel-contents",)),
    Case("another version inside", _renamed("lib-2.0-py3-none-any.whl"), "other-version", ("check-wheel-contents",)),
    Case("a development version", lambda f: wheel(f, version="1.0.dev3"), "unreleased-version"),
    Case("a local version", lambda f: wheel(f, version="1.0+g12ab"), "unreleased-version"),
    Case("other tags than its name", _renamed("lib-1.0-cp311-cp311-win_amd64.whl"), "other-tags"),
    Case("a thousand million tags", _raw({"lib.py": "", f"{INFO}/WHEEL": _many_tags()}), "other-tags"),
    Case("a tag that is none", _raw({"lib.py": "", f"{INFO}/WHEEL": "Wheel-Version: 1.0\nTag: py3.--none-any\n"}), "other-tags", ("check-wheel-contents",)),
    Case("no WHEEL's Tag", _raw({"lib.py": "", f"{INFO}/WHEEL": "Wheel-Version: 1.0\n"}), "other-tags", ("check-wheel-contents",)),
    Case("a compiled module for any platform",
         _package(**{"libs/fast.cpython-311-x86_64-linux-gnu.so": "ELF"}), "compiled-in-pure"),
    Case("a command that starts nothing", _holding(**{f"{INFO}/entry_points.txt": ENTRY}),
         "entry-point-to-nothing"),
    Case("nothing in it", _raw({}), "empty-wheel", ("check-wheel-contents",)),
    Case("RECORD with another hash",
         _raw({"lib.py": "x = 1\n"}, lambda own: re.sub(r"(?m)^lib.py,.*", f"lib.py,sha256={'A' * 43},6", own)),
         "record-differs"),
    Case("RECORD without a member",
         _raw({"lib.py": "x = 1\n"}, lambda own: re.sub(r"(?m)^lib.py,.*\n", "", own)), "record-differs", ("check-wheel-contents",)),
    Case("RECORD with a member too many",
         _raw({"lib.py": "x = 1\n"}, lambda own: f"gone.py,sha256={'A' * 43},6\n{own}"),
         "record-differs", ("check-wheel-contents",)),
    Case("RECORD without hashes",
         _raw({"lib.py": "x = 1\n"}, lambda own: re.sub(r"(?m)^lib.py,.*", "lib.py,,", own)),
         "record-differs"),
    Case("a member outside", _holding(**{"../evil.py": "x = 1\n"}), "member-outside", ("check-wheel-contents",)),
    Case("a member at a place of its own", _holding(**{"/etc/evil": "x\n"}), "member-outside", ("check-wheel-contents",)),
    Case("a member twice", _twice, "member-twice", ("pydistcheck",)),
    Case("two spellings of one name", _package(**{"libs/a.py": "", "libs/A.py": ""}),
         "same-name", ("pydistcheck",)),
    Case("a link in a wheel", _linked, "link-in-wheel"),
    Case("bytes before the archive", _patched(lambda data: b"#!/bin/sh\nexit 0\n" + data),
         "nothing-before-archive"),
    Case("bytes after the archive", _patched(lambda data: data + b"more"), "nothing-after-archive"),
    Case("two sizes of one member", _patched(_other_header), "two-readings"),
    Case("variables of a machine", _package(**{"libs/.env": "TOKEN=abc\n"}), "secret-file"),
    Case("a private key", _package(**{"libs/server.pem": KEY}), "secret-file"),
    Case("a key of ssh", _package(**{"libs/id_rsa": KEY}), "secret-file"),
    Case("passwords for indexes", lambda f: sdist(f, members={".pypirc": "[pypi]\n"}), "secret-file"),
    Case("the repository", lambda f: sdist(f, members={".git/config": "[core]\n"}),
         "repository-inside"),
    Case("a link out of an sdist", _with_member(_link("lib-1.0/passwd", "../../etc/passwd")), "link-out"),
    Case("a link to a place of its own", _with_member(_link("lib-1.0/passwd", "/etc/passwd")), "link-out"),
    Case("a member outside of an sdist", _with_member(tarfile.TarInfo("lib-1.0/../../evil.py"), b"x"),
         "member-outside"),
    Case("two top folders", _with_member(tarfile.TarInfo("other/setup.py"), b"x"), "several-top-folders", ("twine",)),
    Case("no range of Pythons", lambda f: wheel(f, more="Requires-Python: three\n", text="x = 1\n"),
         "invalid-metadata", ("twine",)),
)  # fmt: skip


def only_requirements(folder: Path) -> Path:
    """A wheel that gathers others; that is no fault."""
    more = METADATA.format(name="lib", version="1.0") + "Requires-Dist: django>=5\n"
    return _raw({f"{INFO}/METADATA": more})(folder)
