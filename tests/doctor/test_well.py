"""A Gitea that is set as it should be."""

import contextlib
import secrets
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from tests.doctor.examined import examine
from tests.servers.gitea import Gitea, running_gitea
from tests.servers.go_programs import OTHER_GITEAS
from tests.servers.proxy import proxied
from tests.servers.running import free_port
from tests.workbench import Workbench


@pytest.mark.parametrize("owner", ["acme", "secret-acme"])
def test_on_a_gitea_that_is_set_well_nothing_is_found(
    bench: Workbench, gitea: Gitea, owner: str
) -> None:
    gitea.upload_raw(
        "well-1.0-py3-none-any.whl", secrets.token_bytes(90_000), name="well", version="1.0", owner=owner
    )  # fmt: skip

    found = examine(bench, gitea.registry(owner), gitea.tokens["publish"], "--size", "3MB")

    assert (found.code, found.wrong, found.untold) == (0, set(), set()), found.text
    assert found.findings["server"][0] == (
        "ok",
        "Gitea 1.26.4: a file that is there already is a 409, hashes can be read",
    )
    assert found.said("links") == "the file that the index links for well can be fetched"


@pytest.mark.parametrize("version", OTHER_GITEAS)
def test_on_an_older_gitea_nothing_is_wrong_and_what_its_version_means_is_noted(
    bench: Workbench, other_gitea: Callable[[str], Gitea], version: str
) -> None:
    gitea = other_gitea(version)
    gitea.upload_raw("well-1.0.tar.gz", b"an sdist", name="well", version="1.0")

    found = examine(bench, gitea.registry(), gitea.tokens["publish"], "--size", "3MB")

    assert (found.code, found.wrong, found.untold) == (0, set(), set()), found.text
    fine, (status, said) = found.findings["server"]
    assert fine[0] == "ok"
    assert fine[1].startswith(f"Gitea {version}: ")
    assert status == "note"
    assert said.startswith(f"on PostgreSQL, Gitea {version} answers 500 to some of several uploads")
    assert found.said("links") == "the file that the index links for well can be fetched"


def test_nothing_is_found_behind_tls_of_an_authority_that_is_named(
    bench: Workbench, tmp_path: Path
) -> None:
    port, authority = free_port(), trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    root = f"https://127.0.0.1:{port}/"
    with (
        running_gitea(tmp_path / "gitea", {"server": {"ROOT_URL": root}}) as gitea,
        proxied(gitea.url, None, authority.issue_cert("127.0.0.1"), port) as proxy,
    ):
        gitea.upload_raw("well-1.0.tar.gz", b"an sdist", name="well", version="1.0")
        found = examine(
            bench,
            f"{proxy.url}/api/packages/acme/pypi",
            gitea.tokens["publish"],
            SSL_CERT_FILE=str(tmp_path / "ca.pem"),
        )

    assert (found.code, found.wrong, found.untold) == (0, set(), set()), found.text
    assert found.said("reachable").endswith("answers, and its certificate is trusted")
    assert found.said("encryption") == "https"


def test_the_doctor_leaves_nothing_behind(bench: Workbench, gitea: Gitea) -> None:
    owner = gitea.make_private_organisation()
    before = bench.snapshot()

    examine(bench, gitea.registry(owner), gitea.tokens["publish"])

    assert gitea.ask("GET", f"/packages/{owner}").json() == []
    assert bench.snapshot() == before


def test_the_doctor_adds_and_takes_no_row_of_giteas_database(
    bench: Workbench, gitea: Gitea
) -> None:
    """Also as an admin, who may do everything: what is counted is what an admin could see."""
    owner = gitea.make_private_organisation()
    admin = gitea.make_token("all", user=gitea.admin[0])
    before = rows(gitea)

    for token in (admin, gitea.tokens["publish"], gitea.tokens["read"], ""):
        examine(bench, gitea.registry(owner), token, "--size", "9MB", "--label", "any")

    assert rows(gitea) == before


def rows(gitea: Gitea) -> dict[str, int]:
    """How many there are, by table."""
    database = gitea.folder / "data" / "gitea.db"
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        names = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 -- its own names
            for name in names
        }


def test_a_person_is_told_in_lines_and_the_result_is_on_stdout(
    bench: Workbench, gitea: Gitea
) -> None:
    having = bench.having(
        RAILREL_REGISTRY=gitea.registry(), RAILREL_TOKEN=gitea.tokens["repository"]
    )

    result = having.railrel("doctor")

    assert result.code == 0
    assert "\nok       packages    packages are switched on\n" in result.out
    assert "\nnote     scopes      the token has " in result.out
    assert (
        "\n                       scope of the token  make another token with write:" in result.out
    )
    assert result.err.splitlines()[-1] == "nothing is wrong"


def test_another_owner_is_examined_where_one_is_named(bench: Workbench, gitea: Gitea) -> None:
    found = examine(
        bench, gitea.registry(), gitea.tokens["publish"], "--owner", "nobody-of-that-name"
    )

    assert found.code == 1
    assert "no user or organisation nobody-of-that-name" in found.said("owner")
    assert found.said("writing") == "not asked, because of owner"
