"""A secret is found wherever in an image it is, and however it is written."""

import gzip
import io
import json
import tarfile
from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from railrel.errors import UnfitError, UnreachableError
from railrel.images.proofs.leaks import Leak, leaks, prove, saved, spellings
from railrel.world import Credential, Secret

TOKEN = 'marked/secret+"1"'
WHO = Credential("__token__", Secret(TOKEN), "RAILREL_TOKEN")
BASE = {"etc/passwd": b"root\n"}


def layer(files: dict[str, bytes], link: str = "") -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        if link:
            member = tarfile.TarInfo("a-link")
            member.type, member.linkname = tarfile.SYMTYPE, link
            archive.addfile(member)
    return packed.getvalue()


def image(folder: Path, *layers: bytes, **config: object) -> Path:
    """As `docker save` writes it."""
    steps = [{"created_by": f"RUN step {n}"} for n, _ in enumerate(layers, 1)]
    told = {"config": {}, "history": [*steps, {"created_by": "CMD", "empty_layer": True}], **config}
    files = {f"{n}/layer.tar": content for n, content in enumerate(layers)}
    manifest = [{"Config": "config.json", "Layers": list(files)}]
    files |= {
        "config.json": json.dumps(told).encode(),
        "manifest.json": json.dumps(manifest).encode(),
    }
    path = folder / "image.tar"
    path.write_bytes(layer(files))
    return path


def found(path: Path) -> list[Leak]:
    return leaks(saved(path), spellings(WHO))


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    "written",
    [
        TOKEN.encode(),
        b64encode(f"__token__:{TOKEN}".encode()).rstrip(b"="),
        b64encode(TOKEN.encode()),
        b"https://__token__:marked%2Fsecret%2B%221%22@git.example.com/",
        json.dumps({"password": TOKEN}).encode(),
    ],
    ids=["plain", "basic", "base64", "url", "json"],
)
def test_it_is_found_in_a_file(tmp_path: Path, written: bytes, pack: type[bytes]) -> None:
    holding = layer({"app/pip.conf": b"x" * 2_000_000 + written + b"y", "app/fine": b""})

    path = image(tmp_path, pack(layer(BASE)), pack(holding))

    assert found(path) == [Leak("layer 2 of 2", "app/pip.conf", "RUN step 2")]


@given(st.integers(min_value=0, max_value=40))
def test_it_is_found_across_the_pieces_that_are_read(
    tmp_path_factory: pytest.TempPathFactory, before: int
) -> None:
    content = b"x" * ((1 << 20) - before) + TOKEN.encode() + b"y" * 10

    path = image(tmp_path_factory.mktemp("any"), layer({"kept": content}))

    assert [leak.path for leak in found(path)] == ["kept"]


def test_it_is_found_in_names_and_links(tmp_path: Path) -> None:
    path = image(tmp_path, layer({f"cache/{TOKEN}": b""}), layer(BASE, link=f"/x/{TOKEN}"))

    assert [leak.path for leak in found(path)] == [f"cache/{TOKEN}", "a-link"]


@pytest.mark.parametrize(
    ("config", "where"),
    [
        ({"config": {"Env": [f"TOKEN={TOKEN}"]}}, "the image's configuration: Env"),
        ({"history": [{"created_by": f"ARG {TOKEN}"}]}, "the image's history: step 1 of 1"),
        ({"author": TOKEN}, "the image's configuration"),
    ],
)
def test_it_is_found_in_what_is_told_of_the_image(
    tmp_path: Path, config: dict[str, object], where: str
) -> None:
    assert found(image(tmp_path, layer(BASE), **config)) == [Leak(where, "", "")]


def test_an_image_without_it_passes(tmp_path: Path) -> None:
    config = {
        "Entrypoint": ["python"],
        "Cmd": ["-m", "app"],
        "ExposedPorts": {"53/udp": {}, "8000/tcp": {}},
    }
    one = saved(image(tmp_path, layer(BASE), layer({"app": b"marked/secret"}), config=config))

    assert prove(one, WHO) == "not in 2 layers, names, configuration or history"
    assert one.starts == ("python", "-m", "app")
    assert one.port == "8000"


def test_the_error_names_the_place_and_not_the_secret(tmp_path: Path) -> None:
    one = saved(image(tmp_path, layer({"kept": TOKEN.encode()})))

    with pytest.raises(UnfitError) as raised:
        prove(one, WHO)

    (problem,) = raised.value.problems
    assert problem.message.endswith("from RAILREL_TOKEN, is in layer 1 of 1: kept")
    assert problem.at == "RUN step 1"
    assert TOKEN not in str(problem)


@pytest.mark.parametrize(
    "content", [b"", b"no archive", layer({"x": b""}), layer({"manifest.json": b"{"})]
)
def test_what_is_no_image_is_not_called_clean(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "image.tar"
    path.write_bytes(content)

    with pytest.raises(UnreachableError, match="nobody knows what is in it"):
        saved(path)


def test_a_layer_that_cannot_be_read_is_not_called_clean(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="layer 1 of 1 cannot be read"):
        found(image(tmp_path, b"\x28\xb5\x2f\xfd packed in a way that nobody knows"))
