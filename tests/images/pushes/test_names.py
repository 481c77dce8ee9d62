"""What images are called, and which names stand for one commit for ever."""

import pytest
from packaging.version import Version

from railrel.errors import ConfigError
from railrel.images.pushes.names import Wish, moves, name_of
from railrel.workspace.hosts import host_of, is_at, is_loopback, scheme_of


def named(text: str, version: str = "1.2.3") -> str:
    return str(name_of(Wish(text, "railrel.toml:1:1"), Version(version)))


@pytest.mark.parametrize(
    ("text", "version", "name"),
    [
        ("git.example.com/acme/app", "1.2.3", "git.example.com/acme/app:1.2.3"),
        ("git.example.com/acme/app:edge", "1.2.3", "git.example.com/acme/app:edge"),
        ("git.example.com/acme/a/b", "1.0rc1", "git.example.com/acme/a/b:1.0rc1"),
        ("localhost/app", "1.0", "localhost/app:1.0"),
        ("gitea:3000/acme/app_x.y--z", "1.0", "gitea:3000/acme/app_x.y--z:1.0"),
        ("[::1]:3000/acme/app", "1.0", "[::1]:3000/acme/app:1.0"),
        ("git.example.com/acme/app", "1.0+local.1", "git.example.com/acme/app:1.0-local.1"),
        ("git.example.com/acme/app", "1!2.0", "git.example.com/acme/app:1-2.0"),
    ],
)
def test_a_whole_name_is_taken_and_the_version_is_its_tag(
    text: str, version: str, name: str
) -> None:
    assert named(text, version) == name


@pytest.mark.parametrize(
    "text",
    [
        "app",
        "app:1.0",
        "acme/app",
        "git.example.com",
        "git.example.com/",
        "git.example.com/Acme/app",
        "git.example.com/acme/app:",
        "git.example.com/acme/app:-x",
        f"git.example.com/acme/app:{'x' * 129}",
        f"git.example.com/acme/app@sha256:{'0' * 64}",
        "https://git.example.com/acme/app",
        "git.example.com/acme/app b",
        "--privileged",
    ],
)
def test_what_builders_would_take_for_something_else_is_refused(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        named(text)

    (problem,) = caught.value.problems
    assert problem.at == "railrel.toml:1:1"
    assert "git.example.com/acme/app:" in problem.hint


@pytest.mark.parametrize("tag", ["latest", "edge", "main", "1", "1.2", "v1", "v1.2", "pr-7"])
def test_names_that_move(tag: str) -> None:
    assert moves(tag, Version("1.2.3"))


@pytest.mark.parametrize(
    "tag", ["1.2.3", "v1.2.3", "1.2.3-slim", "1.2.3.1", "1.1", "0.9.0", "2", "1.2rc1", "1.2.4"]
)
def test_names_that_stand(tag: str) -> None:
    assert not moves(tag, Version("1.2.3"))


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://git.example.com/api/packages/acme/pypi", "git.example.com"),
        ("https://bot:x@git.example.com:8443/gitea", "git.example.com:8443"),
        ("http://gitea/api", "gitea:80"),
        ("https://gitea/api", "gitea:443"),
        ("http://localhost/api", "localhost"),
    ],
)
def test_the_host_of_a_server_is_one_that_no_builder_takes_for_docker_hubs_user(
    url: str, host: str
) -> None:
    assert host_of(url) == host
    assert is_at(host, url)


@pytest.mark.parametrize(
    ("host", "url", "scheme"),
    [
        ("git.example.com", "https://git.example.com/api", "https"),
        ("git.example.com:443", "https://git.example.com/api", "https"),
        ("git.local:80", "http://git.local/api", "http"),
        ("git.example.com", "http://other.example.com/api", "https"),
        ("git.example.com:444", "http://git.example.com/api", "https"),
        ("127.0.0.1:3000", "/srv/index", "http"),
        ("localhost:3000", "https://git.example.com/api", "http"),
        ("[::1]:3000", "https://[::1]:3000/api", "https"),
    ],
)
def test_the_scheme_is_the_one_of_the_same_server(host: str, url: str, scheme: str) -> None:
    assert scheme_of(host, url) == scheme


def test_loopback_is_this_machine_alone() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.1.2.3:5000", "localhost:80", "[::1]:5000")))
    assert not any(map(is_loopback, ("127.example.com.", "git.localhost.example", "10.0.0.1")))
