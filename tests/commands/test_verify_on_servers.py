"""A version is installed from each real registry, by a credential that only uv is told."""

import secrets

import pytest

from railrel.errors import ExitCode
from tests.servers.gitea import Gitea
from tests.servers.pypiserver import Pypiserver
from tests.workbench import Workbench


@pytest.fixture(params=["gitea", "pypiserver"])
def there(request: pytest.FixtureRequest, bench: Workbench) -> Workbench:
    """A workspace that publishes to a server where nobody reads without a credential."""
    if request.param == "gitea":
        gitea: Gitea = request.getfixturevalue("gitea")
        place = gitea.registry(gitea.private_organisation)
        return bench.having(RAILREL_REGISTRY=place, RAILREL_TOKEN=gitea.tokens["publish"])
    server: Pypiserver = request.getfixturevalue("pypiserver")
    return bench.having(
        RAILREL_REGISTRY=server.url,
        RAILREL_USERNAME=server.username,
        RAILREL_PASSWORD=server.password,
    )


def two(bench: Workbench) -> tuple[str, str]:
    """Two published projects, the second needs the first by its path."""
    unique = secrets.token_hex(4)
    core, app = f"core-{unique}", f"app-{unique}"
    bench.library(core, "0.2.3")
    bench.commit(core, "v0.2.3")
    source = f'[tool.uv.sources]\n{core} = {{ path = "../{core}" }}\n'
    bench.library(app, "1.0.0", f'dependencies = ["{core}"]\n{source}')
    bench.commit(app, "v1.0.0")
    for name in (core, app):
        done = bench.railrel("publish", name)
        assert done.code == 0, done.err
    return core, app


def test_it_is_installed_with_what_it_needs_and_no_output_holds_the_credential(
    there: Workbench,
) -> None:
    core, app = two(there)

    result = there.railrel("verify", f"{app}==1.0.0", "--import", "--rebuild", "-v")

    assert result.code == 0, result.err
    assert f"2 packages, {app.replace('-', '_')} imported" in result.out
    assert result.out.count("rebuilt, identical") == 2
    secret = there.variables.get("RAILREL_TOKEN") or there.variables["RAILREL_PASSWORD"]
    assert secret not in result.out + result.err
    # Nor is anything left of the proof.
    assert not list((there.cache / "railrel" / "proofs").glob("proof-*/*"))
    assert core in there.railrel("verify", f"{app}==1.0.0", "--install", "--json").out


def test_a_credential_that_may_not_read_is_refused(gitea: Gitea, bench: Workbench) -> None:
    place = gitea.registry(gitea.private_organisation)
    able = bench.having(RAILREL_REGISTRY=place, RAILREL_TOKEN=gitea.tokens["publish"])
    _, app = two(able)

    result = able.having(RAILREL_TOKEN="0" * 40).railrel("verify", f"{app}==1.0.0", "--install")

    assert result.code == ExitCode.REFUSED
    assert "0" * 40 not in result.err
