"""Whether to push, from what the registry holds."""

import json

import pytest
from packaging.version import Version

from railrel.errors import ConflictError, RailrelError, RefusedError, UnreachableError
from railrel.images.dockerfiles import Dockerfile
from railrel.images.pushes.decide import Held, Shipment, already
from railrel.images.pushes.login import login
from railrel.images.pushes.marks import marks_of
from railrel.images.pushes.names import ImageName
from railrel.images.pushes.said import explained
from railrel.world import Credential, Secret
from tests.workbench import Workbench

MINE, THEIRS = "a" * 40, "b" * 40
NAME = ImageName("git.example.com", "acme/app", "1.2.3")


def shipment(tag: str = "1.2.3", revision: str = MINE) -> Shipment:
    return Shipment(ImageName("git.example.com", "acme/app", tag), Version("1.2.3"), revision)


def test_nothing_there_is_to_be_pushed() -> None:
    assert already(shipment(), None) is None


@pytest.mark.parametrize("tag", ["1.2.3", "edge"])
def test_the_same_commit_is_there_already(tag: str) -> None:
    held = Held("sha256:1", MINE)

    assert already(shipment(tag), held) == held


@pytest.mark.parametrize("revision", [MINE, f"{MINE}-dirty", ""])
@pytest.mark.parametrize("theirs", [THEIRS, f"{MINE}-dirty", ""])
def test_anything_else_is_replaced_only_under_a_name_that_moves(revision: str, theirs: str) -> None:
    held = Held("sha256:1", theirs)

    assert already(shipment("edge", revision), held) is None
    with pytest.raises(ConflictError) as caught:
        already(shipment("1.2.3", revision), held)
    (problem,) = caught.value.problems
    assert problem.at == "git.example.com/acme/app@sha256:1"
    assert "--name git.example.com/acme/app:edge" in problem.hint


def test_the_image_is_marked_and_the_files_own_arguments_are_given(bench: Workbench) -> None:
    text = "ARG REVISION\nFROM x\nARG OTHER=1\nONBUILD ARG VERSION\nLABEL version=mine\n"
    file = Dockerfile(bench.root / "Dockerfile", text.encode())

    marks = marks_of(file, "1.2.3", MINE)

    prefix = "org.opencontainers.image"
    assert marks.labels == ((f"{prefix}.version", "1.2.3"), (f"{prefix}.revision", MINE))
    assert marks.arguments == (("REVISION", MINE),)


@pytest.mark.parametrize(
    ("own", "kept"),
    [
        (b"", {}),
        (b"{broken", {}),
        (b"[]", {}),
        (
            b'{"auths": {"other": {"auth": "x"}}, "credsStore": "pass", "currentContext": "far"}',
            {"currentContext": "far"},
        ),
    ],
)
def test_the_login_is_for_one_host_and_keeps_which_daemon_is_asked(
    own: bytes, kept: dict[str, str]
) -> None:
    credential = Credential("__token__", Secret("secret"), "RAILREL_TOKEN")

    content = json.loads(login(own, "git.example.com:3000", credential))

    auth = {"git.example.com:3000": {"auth": "X190b2tlbl9fOnNlY3JldA=="}}
    assert content == {**kept, "auths": auth}


@pytest.mark.parametrize(
    ("words", "kind", "hint"),
    [
        (
            "unauthorized: reqPackageAccess",
            RefusedError,
            "write:package, and its user the right to write to acme",
        ),
        ("denied: requested access to the resource is denied", RefusedError, "write:package"),
        (
            "http: server gave HTTP response to HTTPS client",
            RefusedError,
            "insecure-registries in Docker's daemon.json",
        ),
        (
            "x509: certificate signed by unknown authority",
            RefusedError,
            "/etc/docker/certs.d/git.example.com/ca.crt",
        ),
        (
            "received unexpected HTTP status: 413 Request Entity Too Large",
            RefusedError,
            "body-size",
        ),
        ("dial tcp: connection refused", UnreachableError, "layers that arrived are kept"),
        ("received unexpected HTTP status: 502 Bad Gateway", UnreachableError, "run the same"),
    ],
)
def test_a_push_that_failed_is_explained(words: str, kind: type[RailrelError], hint: str) -> None:
    error = explained("docker", words, NAME)

    (problem,) = error.problems
    assert type(error) is kind
    assert words in problem.message
    assert hint in problem.hint
