"""What each builder is told. That they do it is in test_prove.py."""

import pkgutil
from dataclasses import replace
from pathlib import Path

import pytest

from railrel.images import builders
from railrel.images.builders import BUILDERS
from railrel.images.builders.protocol import Build, Builder, Push, Run

BUILD = Build(Path("/s/app"), "app:1", (("netrc", Path("/s/netrc")),), ("--network", "host"))
RUN = Run("app:1", "proof", ("serve",), Path("/s"), ("KEY", "A=b c"), Path("/s/v.json"), "8000")
PUSH = Push("git.example.com/acme/app:1", Path("/s/login"))
HELPERS = {"protocol", "as_docker", "ask", "offline"}


def test_each_file_is_in_the_table() -> None:
    there = {module.name for module in pkgutil.iter_modules(builders.__path__)}

    assert {builder.ID for builder in BUILDERS} == there - HELPERS


@pytest.mark.parametrize("builder", BUILDERS, ids=lambda builder: builder.ID)
def test_a_build_gets_the_secret_by_its_file(builder: Builder) -> None:
    argv = builder.build(BUILD)

    assert argv[:2] == (builder.ID, "build")
    assert argv[-1] == "/s/app"
    assert argv[argv.index("--secret") + 1] == "id=netrc,src=/s/netrc"
    assert argv[-3:-1] == ("--network", "host")


@pytest.mark.parametrize("builder", BUILDERS, ids=lambda builder: builder.ID)
def test_a_start_has_no_network_and_no_value_of_ours(builder: Builder) -> None:
    argv = builder.start(RUN)

    if builder.ID == "buildah":
        assert "--net" in argv
        assert "A=b c" not in argv
        assert argv[-2:] == ("/run/railrel-variables", "serve")
    else:
        assert argv[argv.index("--network") + 1] == "none"
        assert argv[-5:] == ("--env", "KEY", "--env", "A=b c", "app:1")


def test_buildah_needs_its_user_namespace_only_where_we_are_not_root() -> None:
    (buildah,) = (builder for builder in BUILDERS if builder.ID == "buildah")

    assert "buildah unshare" not in " ".join(buildah.start(RUN))
    assert "buildah unshare -- setpriv" in " ".join(buildah.start(replace(RUN, root=False)))


@pytest.mark.parametrize("builder", BUILDERS, ids=lambda builder: builder.ID)
def test_a_build_is_told_labels_and_arguments_before_the_users_own_options(
    builder: Builder,
) -> None:
    argv = builder.build(replace(BUILD, labels=(("a.b", "1"),), arguments=(("VERSION", "2"),)))

    start = argv.index("--label")
    assert argv[start : start + 4] == ("--label", "a.b=1", "--build-arg", "VERSION=2")
    assert argv[start + 4 :] == ("--network", "host", "/s/app")


@pytest.mark.parametrize("builder", BUILDERS, ids=lambda builder: builder.ID)
def test_a_push_gets_the_login_by_its_file(builder: Builder) -> None:
    argv = builder.push(PUSH)

    if builder.ID == "docker":
        assert argv == ("docker", "--config", "/s/login", "push", PUSH.name)
    else:
        login = ("--authfile", "/s/login/config.json")
        assert argv == (builder.ID, "push", *login, PUSH.name, f"docker://{PUSH.name}")


@pytest.mark.parametrize("builder", BUILDERS, ids=lambda builder: builder.ID)
def test_plain_http_and_a_ca_are_told_to_those_who_ask_the_registry_themselves(
    builder: Builder,
) -> None:
    argv = builder.push(replace(PUSH, plain=True, certificates=Path("/s/certificates")))

    told = ("--tls-verify=false", "--cert-dir", "/s/certificates")
    assert (argv[4:7] == told) == (builder.ID != "docker")
