"""What a build and a start are given."""

import json
import netrc as readers

import pytest
from hypothesis import given
from hypothesis import strategies as st

from railrel.images.proofs.job import missing_variables, netrc, variables_of
from railrel.world import Credential, Secret

_TEXTS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)


@given(_TEXTS, st.lists(_TEXTS, min_size=1, max_size=2).map(" ".join))
def test_others_read_the_netrc_that_we_write(
    tmp_path_factory: pytest.TempPathFactory, user: str, password: str
) -> None:
    path = tmp_path_factory.mktemp("any") / "netrc"
    path.write_bytes(netrc("git.example.com", Credential(user, Secret(password), "")))
    path.chmod(0o600)

    found = readers.netrc(str(path)).authenticators("git.example.com")

    assert found == (user, "", password)


def test_variables_are_said_or_passed_on() -> None:
    environment = {"KEPT": "a b\n'c'", "EMPTY": ""}

    given = ("KEPT", "SAID=x=y", "EMPTY")

    assert json.loads(variables_of(given, environment)) == {
        "KEPT": "a b\n'c'",
        "SAID": "x=y",
        "EMPTY": "",
    }
    assert missing_variables(given, environment) == []
    (problem,) = missing_variables(("GONE", "SAID=1"), environment)
    assert problem.hint == "set it, or say it whole: --env GONE=VALUE"
