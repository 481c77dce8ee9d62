"""Each answer of Gitea's, told apart by what was asked besides. The texts were seen on 1.25 and 1.26."""

from dataclasses import replace

import pytest

from railrel.errors import RefusedError, UnreachableError
from railrel.registries.gitea_answers import Clues, explain
from railrel.registries.gitea_jobs import in_job
from railrel.world import Credential, Response, Secret

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
        (413, "enforcePackagesQuota\n", RefusedError, "user of the token has used up its quota"),
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


TOKEN = Credential("__token__", Secret("marked-token"), "RAILREL_TOKEN")
IN_A_JOB = {"GITHUB_ACTIONS": "true", "GITEA_ACTIONS": "true"}


def in_job_of(credential: Credential | None, **variables: str) -> Clues:
    origin = credential.origin if credential else ""
    return replace(CLUES, credential=origin, in_job=in_job({**IN_A_JOB, **variables}, credential))


@pytest.mark.parametrize(
    ("clues", "words"),
    [
        (
            in_job_of(None),
            "this job's step was given no token; jobs for pull requests of forks get",
        ),
        (
            in_job_of(None, RAILREL_TOKEN=" "),
            "RAILREL_TOKEN is empty: this job gets no secret REGI",
        ),
        (
            in_job_of(TOKEN).with_user(200, b'{"login": "gitea-actions"}').with_user(200, b"[]"),
            "the token from RAILREL_TOKEN is the job's own, which can never publish packages in Gi",
        ),
        (
            in_job_of(TOKEN).with_user(200, b'{"login": "forgejo-actions"}').with_user(200, b""),
            "the token from RAILREL_TOKEN is the job's own, which can never publish packages in Gi",
        ),
        (
            in_job_of(TOKEN).with_user(200, b'{"login": "bot"}'),
            "is known, but its user may not publish packages of acme",
        ),
        (in_job_of(TOKEN).with_user(401, b""), "does not know the token from RAILREL_TOKEN"),
    ],
    ids=["none", "empty", "gitea's job's own", "forgejo's", "of no right", "unknown"],
)
def test_a_401_in_a_job_tells_why_and_always_which_token_to_make_and_where_to_put_it(
    clues: Clues, words: str
) -> None:
    kind, text = said(401, "reqPackageAccess", clues)

    assert kind is RefusedError
    assert words in text
    for cure in (
        "the job's own token can never publish packages in Gitea",
        "a personal token with the one scope write:package",
        "https://git.example.com/user/settings/applications",
        "as the secret REGISTRY_TOKEN by railrel workflow PROJECT --set-secret",
        "env: RAILREL_TOKEN: ${{ secrets.REGISTRY_TOKEN }}",
    ):
        assert cure in text
    assert "marked" not in text


@pytest.mark.parametrize(
    ("body", "is_cured"),
    [("reqToken", True), ("", True), ("maximum allowed package count exceeded", False)],
)
def test_a_403_in_a_job_is_cured_by_another_token_unless_it_is_a_limit(
    body: str, *, is_cured: bool
) -> None:
    text = said(403, body, in_job_of(TOKEN))[1]

    assert ("REGISTRY_TOKEN" in text) == is_cured


def test_outside_of_a_job_nobody_speaks_of_jobs() -> None:
    assert in_job({"RAILREL_TOKEN": ""}, None) is None
    for clues in (CLUES, replace(CLUES, credential="")):
        assert "job" not in said(401, "reqPackageAccess", clues)[1]
