"""Wheels and sdists made by hand, fit or unfit as a test wants them."""

import hashlib
import io
import re
import tarfile
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path

METADATA = "Metadata-Version: 2.4\nName: {name}\nVersion: {version}\nSummary: A test\n"
WHEEL = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def wheel(
    folder: Path,
    name: str = "lib",
    version: str = "1.0",
    more: str = "",
    text: str = "",
    members: Mapping[str, str] | None = None,
) -> Path:
    """A wheel; `more` are further metadata lines, `text` is the module's content."""
    folder.mkdir(parents=True, exist_ok=True)
    escaped = re.sub(r"[-_.]+", "_", name)
    path = folder / f"{escaped}-{version}-py3-none-any.whl"
    info = f"{escaped}-{version}.dist-info"
    files = {
        f"{escaped}.py": text,
        f"{info}/METADATA": METADATA.format(name=name, version=version) + more,
        f"{info}/WHEEL": WHEEL,
        **(members or {}),
    }
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in files.items():
            archive.writestr(member, content)
        archive.writestr(f"{info}/RECORD", record(files, f"{info}/RECORD"))
    return path


def record(files: Mapping[str, str], own: str) -> str:
    """What RECORD says of these files, and of itself."""
    hashed = ((name, hashlib.sha256(text.encode()).digest()) for name, text in files.items())
    rows = [
        f"{n},sha256={urlsafe_b64encode(d).decode().rstrip('=')},{len(files[n].encode())}"
        for n, d in hashed
    ]
    return "\n".join([*rows, f"{own},,", ""])


def sdist(
    folder: Path,
    name: str = "lib",
    version: str = "1.0",
    more: str = "",
    pyproject: str = "",
    members: Mapping[str, str] | None = None,
) -> Path:
    """An sdist with PKG-INFO and `pyproject.toml`."""
    folder.mkdir(parents=True, exist_ok=True)
    top = f"{re.sub(r'[-_.]+', '_', name)}-{version}"
    path = folder / f"{top}.tar.gz"
    files = {
        "PKG-INFO": METADATA.format(name=name, version=version) + more,
        "pyproject.toml": pyproject or f'[project]\nname = "{name}"\nversion = "{version}"\n',
        **(members or {}),
    }
    with tarfile.open(path, "w:gz") as archive:
        for filename, content in files.items():
            member = tarfile.TarInfo(f"{top}/{filename}")
            member.size = len(content.encode())
            archive.addfile(member, io.BytesIO(content.encode()))
    return path


BACKEND = """\
import pathlib

NAME, VERSION = "{name}", "{version}"


def _metadata(folder):
    info = f"{{NAME.replace('-', '_')}}-{{VERSION}}.dist-info"
    place = pathlib.Path(folder, info)
    place.mkdir()
    text = f"Metadata-Version: 2.1\\nName: {{NAME}}\\nVersion: {{VERSION}}\\n"
    (place / "METADATA").write_text(text)
    (place / "WHEEL").write_text("Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    return info


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    return _metadata(metadata_directory)


def prepare_metadata_for_build_editable(metadata_directory, config_settings=None):
    return _metadata(metadata_directory)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    raise RuntimeError("nobody builds this")


build_editable = build_wheel
"""


def library_without_needs(folder: Path, name: str, version: str) -> None:
    """A project whose metadata any tool can have with no index at all: its backend lies in it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(
        f'[project]\nname = "{name}"\nversion = "{version}"\nrequires-python = ">=3.11"\n'
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    (folder / "backend.py").write_text(BACKEND.format(name=name, version=version))
