"""Wheels and sdists made by hand, fit or unfit as a test wants them."""

import io
import re
import tarfile
import zipfile
from pathlib import Path

METADATA = "Metadata-Version: 2.4\nName: {name}\nVersion: {version}\nSummary: A test\n"


def wheel(
    folder: Path, name: str = "lib", version: str = "1.0", more: str = "", text: str = ""
) -> Path:
    """A wheel; `more` are further metadata lines, `text` is the module's content."""
    folder.mkdir(parents=True, exist_ok=True)
    escaped = re.sub(r"[-_.]+", "_", name)
    path = folder / f"{escaped}-{version}-py3-none-any.whl"
    info = f"{escaped}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{escaped}.py", text)
        archive.writestr(f"{info}/METADATA", METADATA.format(name=name, version=version) + more)
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", f"{escaped}.py,,\n{info}/METADATA,,\n{info}/RECORD,,\n")
    return path


def sdist(
    folder: Path, name: str = "lib", version: str = "1.0", more: str = "", pyproject: str = ""
) -> Path:
    """An sdist with PKG-INFO and `pyproject.toml`."""
    folder.mkdir(parents=True, exist_ok=True)
    top = f"{re.sub(r'[-_.]+', '_', name)}-{version}"
    path = folder / f"{top}.tar.gz"
    files = {
        "PKG-INFO": METADATA.format(name=name, version=version) + more,
        "pyproject.toml": pyproject or f'[project]\nname = "{name}"\nversion = "{version}"\n',
    }
    with tarfile.open(path, "w:gz") as archive:
        for filename, content in files.items():
            member = tarfile.TarInfo(f"{top}/{filename}")
            member.size = len(content.encode())
            archive.addfile(member, io.BytesIO(content.encode()))
    return path
