"""Projects that build in an instant, with a backend that lies in them and can wait for others."""

import os
import textwrap

from tests.workbench import Workbench

BACKEND = '''\
import base64, fcntl, hashlib, io, os, pathlib, tarfile, time, tomllib, zipfile


def _project():
    return tomllib.loads(pathlib.Path("pyproject.toml").read_text())["project"]


def _metadata(project):
    needs = "".join(f"Requires-Dist: {need}\\n" for need in project.get("dependencies", ()))
    head = f"Metadata-Version: 2.1\\nName: {project['name']}\\nVersion: {project['version']}\\n"
    return f"{head}Summary: A test\\n{needs}"


def _meet(name):
    """Be there, and wait until as many are: all must be at work at one moment.

    Who is there holds the file of his name.
    """
    place = os.environ.get("MEETING")
    if not place:
        return
    here = open(pathlib.Path(place, name), "w")
    fcntl.flock(here, fcntl.LOCK_EX)
    end = time.monotonic() + 60
    while len(list(pathlib.Path(place).iterdir())) < int(pathlib.Path(f"{place}.size").read_text()):
        if time.monotonic() > end:
            raise SystemExit("nobody else came")
        time.sleep(0.02)


def build_sdist(folder, settings=None):
    project = _project()
    _meet(project["name"])
    if pathlib.Path("broken").exists():
        raise SystemExit("this project is broken")
    top = f"{project['name'].replace('-', '_')}-{project['version']}"
    with tarfile.open(f"{folder}/{top}.tar.gz", "w:gz") as archive:
        for path in sorted(p for p in pathlib.Path().rglob("*") if p.is_file()):
            if "__pycache__" not in path.parts:
                archive.add(path, f"{top}/{path}")
        data = _metadata(project).encode()
        member = tarfile.TarInfo(f"{top}/PKG-INFO")
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return f"{top}.tar.gz"


def build_wheel(folder, settings=None, metadata=None):
    project = _project()
    module = project["name"].replace("-", "_")
    info = f"{module}-{project['version']}.dist-info"
    files = {f"{module}/{p.name}": p.read_bytes() for p in sorted(pathlib.Path(module).iterdir())}
    files[f"{info}/METADATA"] = _metadata(project).encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    record = ""
    name = f"{module}-{project['version']}-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as archive:
        for path, data in files.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
            record += f"{path},sha256={digest},{len(data)}\\n"
            archive.writestr(zipfile.ZipInfo(path), data)
        archive.writestr(zipfile.ZipInfo(f"{info}/RECORD"), f"{record}{info}/RECORD,,\\n")
    return name
'''


def small(
    bench: Workbench, name: str, *needs: str, version: str = "1.0", more: str = "", size: int = 0
) -> None:
    """A repository of its own at the tag of its version, which needs these by their folders.

    A name that holds a range is needed by that. `size` is how large a file lies in it, in bytes.
    """
    asked = [need if "=" in need else f"{need} @ ../{need}" for need in needs]
    module = name.rpartition("/")[2].replace("-", "_")
    bench.write(
        f"{name}/pyproject.toml",
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n\n'
        f'[project]\nname = "{name.rpartition("/")[2]}"\nversion = "{version}"\n'
        f"dependencies = {asked!r}\n{textwrap.dedent(more)}",
    )
    bench.write(f"{name}/backend.py", BACKEND)
    bench.write(f"{name}/{module}/__init__.py", f'NAME = "{name}"\n')
    if size:
        # Nothing that packs it makes it smaller.
        bench.write(f"{name}/{module}/data.bin", os.urandom(size))
    bench.commit(name, f"v{version}")
