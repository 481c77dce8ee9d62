"""What a git remote names, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from railrel.workspace.remotes import Repository, repository_of


@pytest.mark.parametrize(
    ("remote", "page"),
    [
        ("git@git.example.com:acme/x.git", "https://git.example.com/acme/x"),
        ("git.example.com:/acme/x.git", "https://git.example.com/acme/x"),
        ("ssh://git:pw@git.example.com:2222/acme/x.git", "https://git.example.com/acme/x"),
        ("git://git.example.com/acme/x.git", "https://git.example.com/acme/x"),
        ("https://me:pw@git.example.com:3000/acme/x.git/", "https://git.example.com:3000/acme/x"),
        ("https://Git.Example.com:443/acme/x", "https://git.example.com/acme/x"),
        ("http://git.example.com:443/acme/x", "http://git.example.com:443/acme/x"),
        ("https://git.example.com/acme/x?private_token=abc", "https://git.example.com/acme/x"),
        ("https://example.com/git/tea/acme/x.git", "https://example.com/git/tea/acme/x"),
        ("http://127.0.0.1:3000/acme/x", "http://127.0.0.1:3000/acme/x"),
        ("http://[::1]:3000/acme/x", "http://[::1]:3000/acme/x"),
        ("https://git.example.com/x.git", "https://git.example.com/x"),
        ("https://git.example.com/acme/my.git.thing.git", "https://git.example.com/acme/my.git.thing"),
    ],
)  # fmt: skip
def test_a_remote_is_the_page_that_people_look_at(remote: str, page: str) -> None:
    found = repository_of(remote)

    assert found
    assert found.page == page
    assert repository_of(found.page) == found


@pytest.mark.parametrize(
    "remote",
    [
        "",
        "/srv/git/x.git",
        "../x",
        "./host:acme/x",
        "file:///srv/git/acme/x.git",
        'https://git.example.com/acme/x"$HOME.git',
        "https://git.example.com/acme/../x",
        "https://git.example.com/",
        "https://git.example.com:none/acme/x",
        "https://[::1/acme/x",
        "https://git.example.com/acme/x\nevil",
        "https://$(id)/acme/x",
        "ftp://git.example.com/acme/x",
    ],
)
def test_paths_and_what_could_harm_name_nothing(remote: str) -> None:
    assert repository_of(remote) is None


def test_what_stands_before_the_owner_belongs_to_the_server() -> None:
    found = repository_of("https://example.com:3000/git/tea/acme/x.git")

    assert found == Repository("https", "example.com", 3000, "acme", "x", "/git/tea")
    assert found.root == "https://example.com:3000/git/tea"
    assert found.full_name == "acme/x"


names = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,8}[A-Za-z0-9_]", fullmatch=True).filter(
    lambda name: not name.endswith(".git")
)
hosts = st.sampled_from(["git.example.com", "gitea", "10.0.0.7", "a-b.example"])
secrets = st.from_regex(r"[A-Za-z0-9_.~-]{1,8}", fullmatch=True)


@given(hosts, names, names, secrets, st.sampled_from(["", ".git", "/", ".git/"]))
def test_every_form_of_one_repository_is_one_value(
    host: str, owner: str, name: str, secret: str, end: str
) -> None:
    path = f"{owner}/{name}{end}"
    forms = [
        f"https://{host}/{path}",
        f"https://{host}:443/{path}",
        f"https://{secret}@{host}/{path}",
        f"https://me:{secret}@{host.upper()}/{path}",
        f"ssh://{host}/{path}",
        f"ssh://git:{secret}@{host}:2222/{path}",
        f"git://{host}/{path}",
        f"git@{host}:{path}",
        f"git@{host}:/{path}",
        f"{host}:{path}",
    ]

    assert {repository_of(form) for form in forms} == {Repository("https", host, None, owner, name)}
