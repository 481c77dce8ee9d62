"""Each answer of Gitea's, told apart by what was asked besides. The texts were seen on 1.25 and 1.26."""

import pytest

from railrel.errors import RefusedError, UnreachableError
from railrel.registries.gitea_answers import Clues, explain
from railrel.world import Response

CLUES = Clues(owner="acme", root="https://git.example.com", credential="RAILREL_TOKEN")


def said(status: int, body: str = "", clues: Clues = CLUES, **headers: str) -> tuple[type, str]:
    error = explain(Response(status, headers, body.encode()), "publish", clues)
    (problem,) = error.problems
    assert problem.at.startswith("https://git.example.com")
    return type(error), f"{problem.message} | {problem.hint}"


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (
            401,
            "Failed to authenticate user",
            RefusedError,
            "does not know the token from RAILREL_TOKEN",
        ),
        (403, "maximum allowed package type size exceeded", RefusedError, "LIMIT_SIZE_PYPI"),
        (
            403,
            "maximum allowed package storage quota exceeded",
            RefusedError,
            "LIMIT_TOTAL_OWNER_SIZE",
        ),
        (403, "maximum allowed package count exceeded", RefusedError, "LIMIT_TOTAL_OWNER_COUNT"),
        (403, "reqToken", RefusedError, "for public packages only"),
        (400, "hash mismatch", RefusedError, "finds fault with the upload (400): hash mismatch"),
        (400, "unexpected EOF", UnreachableError, "cut on its way"),
        (405, "", RefusedError, "https://git.example.com/api/packages/acme/pypi"),
        (413, "<html>nginx</html>", RefusedError, "proxy-body-size"),
        (429, "", UnreachableError, "run the same command again"),
        (500, "internal server error", UnreachableError, "500 internal server error"),
        (502, "<html>Bad Gateway</html>", UnreachableError, "502"),
        (418, "", UnreachableError, "nobody expects: 418"),
    ],
)
def test_an_answer_with_one_meaning(status: int, body: str, kind: type, words: str) -> None:
    found, text = said(status, body)

    assert found is kind
    assert words in text
    assert "<html>" not in text


def test_a_401_without_a_token_says_which_to_make_and_where_it_was_looked_for() -> None:
    _, text = said(
        401, "reqPackageAccess", Clues("acme", CLUES.root, "", ("RAILREL_TOKEN", "netrc"))
    )

    assert "no token was found" in text
    assert "write:package" in text
    assert "looked at RAILREL_TOKEN, netrc" in text


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, "", "does not know the token"),
        (
            403,
            '{"message": "token does not have at least one of required scope(s), '
            'required=[read:user], token scope=read:package,write:issue"}',
            "lacks the scope write:package; it has read:package,write:issue",
        ),
        (
            403,
            '{"message": "token does not have at least one of required scope(s), '
            'required=[read:user], token scope=write:package"}',
            "is known, but its user may not publish packages of acme",
        ),
        (200, "{}", "is known, but its user may not publish packages of acme"),
    ],
)
def test_what_the_user_page_says_tells_a_wrong_token_from_a_missing_right(
    status: int, body: str, words: str
) -> None:
    assert words in said(401, "reqPackageAccess", CLUES.with_user(status, body.encode()))[1]


@pytest.mark.parametrize(
    ("packages_on", "owner_status", "words"),
    [
        (False, 404, "packages are switched off on this Gitea, or this is no Gitea"),
        (True, 404, "there is no user or organisation acme"),
        (True, 200, "Gitea knows no such address"),
    ],
)
def test_the_probes_tell_the_meanings_of_404_apart(
    *, packages_on: bool, owner_status: int, words: str
) -> None:
    clues = CLUES.with_owner(packages_on=packages_on, owner_status=owner_status)

    assert words in said(404, "Not found.", clues)[1]


def test_a_renamed_owner_is_named_and_a_foreign_address_is_not_followed() -> None:
    assert "another name now: new-acme" in said(307, location="/api/packages/new-acme/pypi")[1]
    assert "https://evil" in said(302, location="https://evil.example.com/")[1]
