from dataclasses import replace
from pathlib import Path

import pytest

from railrel.errors import ConfigError, RefusedError
from railrel.registries.credentials import NoCredential, find
from railrel.registries.places import Place
from railrel.world import Credential, Secret
from tests.workbench import Workbench

URL = "https://git.example.com/api/packages/acme/pypi"
PLACE = Place(URL, None, "railrel.toml", "acme", "")


def found(bench: Workbench, place: Place = PLACE, **variables: str) -> tuple[str, str, str] | None:
    hidden: list[Secret] = []
    bench.home.mkdir(exist_ok=True)
    credential = find(place, bench.having(**variables).world(), hidden.append)
    if isinstance(credential, NoCredential):
        return None
    assert credential.password.reveal() in [secret.reveal().strip() for secret in hidden]
    return credential.username, credential.password.reveal(), credential.origin


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"RAILREL_TOKEN": "a", "GITEA_TOKEN": "b"}, ("__token__", "a", "RAILREL_TOKEN")),
        (
            {"RAILREL_USERNAME": "u", "RAILREL_PASSWORD": "p", "GITEA_TOKEN": "b"},
            ("u", "p", "RAILREL_PASSWORD"),
        ),
        (
            {"POETRY_HTTP_BASIC_ACME_USERNAME": "u", "POETRY_HTTP_BASIC_ACME_PASSWORD": "p"},
            ("u", "p", "POETRY_HTTP_BASIC_ACME_PASSWORD"),
        ),
        ({"UV_PUBLISH_TOKEN": "a"}, ("__token__", "a", "UV_PUBLISH_TOKEN")),
        ({"TWINE_USERNAME": "u", "TWINE_PASSWORD": "p"}, ("u", "p", "TWINE_PASSWORD")),
        ({"HATCH_INDEX_USER": "u", "HATCH_INDEX_AUTH": "p"}, ("u", "p", "HATCH_INDEX_AUTH")),
        ({"RAILREL_TOKEN": " a \n"}, ("__token__", "a", "RAILREL_TOKEN")),
        ({"RAILREL_TOKEN": "  "}, None),
        ({"TWINE_USERNAME": "u"}, None),
    ],
)
def test_variables_that_people_already_have_are_understood(
    bench: Workbench, variables: dict[str, str], expected: tuple[str, str, str] | None
) -> None:
    assert found(bench, PLACE, **variables) == expected


def write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)


def test_pypirc_is_found_by_url_or_by_name(bench: Workbench) -> None:
    other = "[other]\nrepository = https://other\nusername = x\npassword = y\n"
    write(
        bench.home / ".pypirc",
        f"{other}[mine]\nrepository = {URL}/\nusername = u\npassword = 100%\n",
    )

    assert found(bench) == ("u", "100%", f"{bench.home}/.pypirc [mine]")
    assert found(bench, replace(PLACE, url="https://unknown")) is None


def test_netrc_is_found_by_host(bench: Workbench) -> None:
    write(bench.home / ".netrc", "machine git.example.com login u password p\n")

    assert found(bench) == ("u", "p", f"{bench.home}/.netrc")
    assert found(bench, replace(PLACE, url="https://elsewhere.example.com/x")) is None


def test_the_keyring_comes_before_netrc(bench: Workbench) -> None:
    class Ring:
        def credential(self, service: str) -> tuple[str, str] | None:
            return ("u", "from-ring") if service == "git.example.com" else None

    write(bench.home / ".netrc", "machine git.example.com login u password p\n")
    world = replace(bench.world(), keyring=Ring())

    credential = find(PLACE, world, lambda _: None)

    assert isinstance(credential, Credential)
    assert credential.password.reveal() == "from-ring"


def test_nothing_found_lists_everywhere_that_was_looked(bench: Workbench) -> None:
    nothing = find(PLACE, bench.world(), lambda _: None)

    assert isinstance(nothing, NoCredential)
    assert {"RAILREL_TOKEN", "TWINE_PASSWORD", "the keyring"} <= set(nothing.looked)


@pytest.mark.parametrize("file", [".pypirc", ".netrc"])
def test_a_broken_file_is_named_without_quoting_it(bench: Workbench, file: str) -> None:
    write(bench.home / file, "marked-secret [[[ not a file\n")

    with pytest.raises(ConfigError, match="cannot be read") as caught:
        found(bench)

    assert "marked-secret" not in repr(caught.value.problems)


def test_a_token_that_no_header_can_carry_is_refused_without_showing_it(bench: Workbench) -> None:
    with pytest.raises(RefusedError, match="no header can carry") as caught:
        found(bench, RAILREL_TOKEN="marked\nsecret")

    assert "secret" not in repr(caught.value.problems)


def test_a_secret_shows_itself_nowhere() -> None:
    secret = Secret("marked-secret")

    assert "marked" not in f"{secret} {secret!r} {Credential('u', secret, 'here')}"
