"""Base images without any image registry, made of what this machine has: CPython and a shell, uv.

An image is an archive in the layout of OCI that has Docker's manifest too, so every builder reads
it. Neither root nor a builder is needed to make it.
"""

import hashlib
import importlib.metadata
import io
import json
import os
import platform
import re
import shutil
import ssl
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

# What the Python of this machine, which is in the image, is called on image registries.
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
PYTHON_IMAGE = f"python:{PYTHON}-slim"
# Which image of ours stands in for one of this name.
STANDS_IN = {
    "python": re.compile(r"(?:docker\.io/)?(?:library/)?python:[\w.]+-slim(?:-\w+)?"),
    "uv": re.compile(r"(?:\S+/)?uv:[\w.]+"),
}
BLOBS = "blobs/sha256"
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
PYTHON_CONFIG = {
    "Env": [
        "PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG=C.UTF-8",
        # The index may have a certificate of an authority that only this machine knows.
        f"SSL_CERT_FILE={BUNDLE}",
        f"PIP_CERT={BUNDLE}",
    ],
    "Cmd": ["python3"],
}
UV_CONFIG = {"Entrypoint": ["/uv"]}
# Taken from the machine, if it has them, as the real image has them: those of busybox know less.
PROGRAMS = ("/bin/bash", "/bin/dash", "/usr/sbin/groupadd", "/usr/sbin/useradd", "/sbin/ldconfig")
# Loaded by others when they run, or by wheels; nobody that `ldd` is asked about names them.
LIBRARIES = (
    "libgcc_s.so.1", "libstdc++.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2",
    "librt.so.1", "libnss_files.so.2", "libnss_dns.so.2", "libresolv.so.2",
)  # fmt: skip
UNNEEDED = ("site-packages", "dist-packages", "test", "idlelib", "tkinter", "turtledemo", "lib2to3")
FILES = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/:/bin/false\n",
    "etc/group": "root:x:0:\nnogroup:x:65534:\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
    "etc/login.defs": "UID_MIN 1000\nGID_MIN 1000\nSYS_UID_MAX 999\nSYS_GID_MAX 999\n",
}
FOLDERS = ("dev", "home", "proc", "root", "run", "sys", "tmp", "var/tmp")
PIP = """\
#!/usr/local/bin/python3
import sys
from pip._internal.cli.main import main
sys.exit(main())
"""


def stand_in_for(reference: str) -> str:
    """Which of our images stands in for the one of this name."""
    for name, references in STANDS_IN.items():
        if references.fullmatch(reference):
            return name
    raise ValueError(f"no image of ours stands in for {reference}")


def in_full(reference: str) -> str:
    """The name of an image with its registry, as Docker completes it."""
    registry, slash, _ = reference.partition("/")
    if slash and ("." in registry or ":" in registry or registry == "localhost"):
        return reference
    return f"docker.io/{reference}" if slash else f"docker.io/library/{reference}"


def id_of(archive: Path) -> str:
    """What every builder calls the image in this file."""
    with tarfile.open(archive) as opened:
        manifest = opened.extractfile("manifest.json")
        assert manifest is not None
        config: str = json.load(manifest)[0]["Config"]
    return Path(config).name


def manifest_of(archive: Path) -> str:
    """The digest of the manifest of the image in this file, by which OCI's tools call it."""
    with tarfile.open(archive) as opened:
        index = opened.extractfile("index.json")
        assert index is not None
        digest: str = json.load(index)["manifests"][0]["digest"]
    return digest


def name_of_images() -> str:
    """Of the folder that they are kept in. It tells what they were made from."""
    parts = [
        Path(__file__).read_bytes(),
        f"{sys.version} {sys.base_prefix} {platform.libc_ver()}".encode(),
        *(importlib.metadata.version(name).encode() for name in ("pip", "uv")),
        _bundle().read_bytes(),
    ]
    digest = hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]
    return f"base-image-{platform.python_version()}-{digest}"


def make_images(folder: Path) -> None:
    """Make `python.tar` and `uv.tar` in a folder. Exit if this machine cannot."""
    if shutil.which("busybox") is None:
        sys.exit("a base image is made with busybox: apt-get install busybox-static")
    tree = folder / "tree"
    _lay_python(tree)
    _write_image(folder, "python", PYTHON_CONFIG)
    tree.mkdir()
    shutil.copy(_uv(), tree / "uv")
    _write_image(folder, "uv", UV_CONFIG)


def _lay_python(tree: Path) -> None:
    for name in FOLDERS:
        (tree / name).mkdir(parents=True)
    for name in ("tmp", "var/tmp"):
        (tree / name).chmod(0o1777)
    for name, text in FILES.items():
        _copied_to(tree, name).write_text(text)
    shutil.copyfile(_bundle(), _copied_to(tree, BUNDLE))
    needing = [*_lay_interpreter(tree), *_lay_shell(tree)]
    for library in _libraries_of(needing):
        # One that lies beside this interpreter is put where the image's loader looks.
        own = library.is_relative_to(sys.base_prefix) and sys.base_prefix != "/usr"
        place = f"usr/lib/{library.name}" if own else str(library)
        shutil.copy(library, _copied_to(tree, place))


def _lay_interpreter(tree: Path) -> list[Path]:
    """Lay out CPython as the real image has it, and give what needs libraries."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    source, library = Path(sysconfig.get_path("stdlib")), tree / "usr/local/lib" / version
    shutil.copytree(source, library, symlinks=True, ignore=_unneeded)
    packages = library / "site-packages"
    packages.mkdir()
    program = _copied_to(tree, f"usr/local/bin/{version}")
    shutil.copy(Path(sys.base_prefix, "bin", version), program)
    for name in ("python3", "python"):
        program.with_name(name).symlink_to(version)
    for file in importlib.metadata.files("pip") or ():
        if ".." not in file.parts and "__pycache__" not in file.parts:
            shutil.copyfile(str(file.locate()), _copied_to(packages, str(file)))
    for name in ("pip", "pip3"):
        program.with_name(name).write_text(PIP)
        program.with_name(name).chmod(0o755)
    return [program, *library.glob("lib-dynload/*.so")]


def _lay_shell(tree: Path) -> list[Path]:
    """Lay out busybox, and over it the shells and more of this machine; give all of these."""
    busybox = Path(shutil.which("busybox") or "busybox")
    laid = _copied_to(tree, "bin/busybox")
    shutil.copy(busybox, laid)
    applets = _said([str(busybox), "--list"]).split()
    for applet in applets:
        if applet != "busybox":
            laid.with_name(applet).symlink_to("busybox")
    for name in PROGRAMS:
        if Path(name).exists():
            (laid.parent / Path(name).name).unlink(missing_ok=True)
            shutil.copy(name, _copied_to(tree, name))
    if (tree / "bin/dash").exists():
        (tree / "bin/sh").unlink()
        (tree / "bin/sh").symlink_to("dash")
    return [busybox, *(Path(name) for name in PROGRAMS if Path(name).exists())]


def _libraries_of(programs: Iterable[Path]) -> Iterator[Path]:
    said = "".join(_said(["ldd", str(program)]) for program in programs)
    found = {Path(name) for name in re.findall(r"(/\S+\.so\S*) \(", said)}
    yield from found
    for folder in {path.parent for path in found if path.name.startswith("libc.so")}:
        yield from (folder / name for name in LIBRARIES if (folder / name).exists())


def _unneeded(_folder: str, names: list[str]) -> set[str]:
    # What is compiled already stays: every container's Python starts sooner, and no layer gets it.
    ends = (".a", ".opt-1.pyc", ".opt-2.pyc")
    return {
        name
        for name in names
        if name in UNNEEDED or name.endswith(ends) or name.startswith("config-")
    }


def _write_image(folder: Path, name: str, config: Mapping[str, object]) -> None:
    """Make `folder/name.tar` of `folder/tree`."""
    layer = folder / "layer"
    with tarfile.open(layer, "w") as archive:
        archive.add(folder / "tree", "", filter=_of_root)
    with layer.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    with tarfile.open(folder / f"{name}.tar", "w") as archive:
        archive.add(layer, f"{BLOBS}/{digest}")
        for path, content in _describe(digest, layer.stat().st_size, config).items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    layer.unlink()
    shutil.rmtree(folder / "tree")


def _describe(layer: str, size: int, config: Mapping[str, object]) -> dict[str, bytes]:
    """The files that make an image of a layer: OCI's three, and Docker's own."""
    image = _to_json(
        architecture={"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), "unknown"),
        os="linux",
        config=config,
        rootfs={"type": "layers", "diff_ids": [f"sha256:{layer}"]},
        history=[{"created": "2001-01-01T00:00:00Z", "created_by": "stands in for the real one"}],
    )
    kind = "application/vnd.oci.image"
    blob = {"mediaType": f"{kind}.layer.v1.tar", "digest": f"sha256:{layer}", "size": size}
    manifest = _to_json(
        schemaVersion=2,
        mediaType=f"{kind}.manifest.v1+json",
        config=_entry(f"{kind}.config.v1+json", image),
        layers=[blob],
    )
    docker = {"Config": _blob(image), "RepoTags": None, "Layers": [f"{BLOBS}/{layer}"]}
    return {
        _blob(image): image,
        _blob(manifest): manifest,
        "oci-layout": _to_json(imageLayoutVersion="1.0.0"),
        "index.json": _to_json(
            schemaVersion=2, manifests=[_entry(f"{kind}.manifest.v1+json", manifest)]
        ),
        "manifest.json": json.dumps([docker]).encode(),
    }


def _to_json(**content: object) -> bytes:
    return json.dumps(content).encode()


def _entry(kind: str, content: bytes) -> dict[str, object]:
    digest = hashlib.sha256(content).hexdigest()
    return {"mediaType": kind, "digest": f"sha256:{digest}", "size": len(content)}


def _blob(content: bytes) -> str:
    return f"{BLOBS}/{hashlib.sha256(content).hexdigest()}"


def _of_root(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return member


def _copied_to(tree: Path, name: str) -> Path:
    path = tree / name.lstrip("/")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _bundle() -> Path:
    """The certificates that this machine trusts."""
    paths = ssl.get_default_verify_paths()
    named = [os.environ.get("SSL_CERT_FILE"), BUNDLE, paths.cafile]
    for name in named:
        if name and Path(name).is_file():
            return Path(name)
    raise RuntimeError("this machine trusts no certificates: apt-get install ca-certificates")


def _uv() -> str:
    import uv

    return uv.find_uv_bin()


def _said(argv: list[str]) -> str:
    quiet = subprocess.DEVNULL
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=quiet, text=True, check=False)
    return done.stdout
