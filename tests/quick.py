"""A project that builds in milliseconds: its backend lies in it and needs nothing."""

from tests.workbench import Workbench

_PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "{name}"
version = "{version}"
requires-python = ">=3.11"
"""
# As good as the large ones: sorted, hashed, with fixed times, the wheel made from what is in the sdist.
_BACKEND = """\
import base64, gzip, hashlib, io, pathlib, tarfile, time, tomllib, zipfile

PROJECT = tomllib.loads(pathlib.Path("pyproject.toml").read_text())["project"]
NAME, VERSION = PROJECT["name"].replace("-", "_"), PROJECT["version"]
METADATA = (
    f"Metadata-Version: 2.1\\nName: {PROJECT['name']}\\nVersion: {VERSION}\\n"
    f"Summary: A test\\nRequires-Python: {PROJECT['requires-python']}\\n"
)


def stamp():
    return STAMP


def files():
    yield f"{NAME}/__init__.py", pathlib.Path(NAME, "__init__.py").read_text() + stamp()


def build_wheel(folder, config_settings=None, metadata_directory=None):
    info = f"{NAME}-{VERSION}.dist-info"
    members = dict(files())
    members[f"{info}/METADATA"] = METADATA
    members[f"{info}/WHEEL"] = (
        "Wheel-Version: 1.0\\nGenerator: quick\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    )
    lines = [f"{name},sha256={digest(text)},{len(text)}" for name, text in members.items()]
    members[f"{info}/RECORD"] = "\\n".join([*lines, f"{info}/RECORD,,"]) + "\\n"
    path = pathlib.Path(folder, f"{NAME}-{VERSION}-py3-none-any.whl")
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            member = zipfile.ZipInfo(name, (2020, 2, 2, 0, 0, 0))
            member.external_attr = 0o100644 << 16
            archive.writestr(member, text)
    return path.name


def build_sdist(folder, config_settings=None):
    top = f"{NAME}-{VERSION}"
    members = {"PKG-INFO": METADATA, **dict(files())}
    for name in ("pyproject.toml", "backend.py"):
        members[name] = pathlib.Path(name).read_text()
    path = pathlib.Path(folder, f"{top}.tar.gz")
    with path.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed:
        with tarfile.open(fileobj=packed, mode="w") as archive:
            for name, text in members.items():
                member = tarfile.TarInfo(f"{top}/{name}")
                member.size = len(text.encode())
                archive.addfile(member, io.BytesIO(text.encode()))
    return path.name


def digest(text):
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
"""


def quick_library(
    bench: Workbench, name: str, version: str = "1.0", text: str = "", *, stamped: bool = False
) -> None:
    """Write it; `text` is in its module, and with `stamped` the moment of each build is too."""
    module = name.replace("-", "_")
    stamp = 'f"BUILT_AT = {time.time_ns()}\\\\n"' if stamped else '""'
    bench.write(f"{name}/pyproject.toml", _PYPROJECT.format(name=name, version=version))
    bench.write(f"{name}/backend.py", _BACKEND.replace("STAMP", stamp))
    bench.write(f"{name}/{module}/__init__.py", f'NAME = "{name}"\n{text}')
