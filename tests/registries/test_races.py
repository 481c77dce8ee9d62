"""Jobs that publish one version at the same moment, to Gitea on SQLite and on PostgreSQL."""

import threading
from collections.abc import Iterator

import pytest

from railrel.errors import ExitCode
from tests.registries.racing import jobs, uploads
from tests.servers.gitea import Gitea
from tests.servers.gitea_on_postgres import running_gitea_on_postgres
from tests.servers.postgres import Postgres
from tests.servers.proxy import Faults, proxied
from tests.servers.spoiling import Answer, Lost, Spoilt, Together
from tests.workbench import Workbench

JOBS = 2
TROUBLE = Lost(Answer(500, b"internal server error"))
# How PostgreSQL shows a race up to Gitea 1.26.1: stored, and answered by 500.
ANSWERS = pytest.mark.parametrize("then", [None, TROUBLE], ids=["answered", "answered by 500"])


@pytest.fixture(scope="module")
def on_postgres(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[Gitea]:
    folder = tmp_path_factory.mktemp("gitea-on-postgres")
    with running_gitea_on_postgres(folder, postgres) as server:
        yield server


@pytest.fixture(params=["gitea", "on_postgres"])
def server(request: pytest.FixtureRequest) -> Gitea:
    found: Gitea = request.getfixturevalue(request.param)
    return found


@ANSWERS
def test_two_jobs_with_the_same_bytes_end_in_one_version_and_two_zeros(
    bench: Workbench, server: Gitea, then: Lost | None
) -> None:
    at_once = Spoilt("upload", Together(threading.Barrier(JOBS), then), times=JOBS)
    with proxied(server.url, Faults(spoilt=(at_once,))) as proxy:
        name, codes = jobs(bench, server, proxy, ["", ""])

    assert codes == [0, 0]
    assert len(server.files(name, "1.0")) == 2
    assert uploads(proxy)[201] == 2
    assert uploads(proxy).keys() <= {201, 409}


@ANSWERS
def test_two_jobs_with_other_bytes_end_in_the_version_of_one_and_a_conflict(
    bench: Workbench, server: Gitea, then: Lost | None
) -> None:
    at_once = Spoilt("upload", Together(threading.Barrier(JOBS), then), times=JOBS)
    with proxied(server.url, Faults(spoilt=(at_once,))) as proxy:
        name, codes = jobs(bench, server, proxy, ["x = 1\n", "x = 2\n"])

    assert sorted(codes) == [0, ExitCode.CONFLICT]
    # Both files are those of the one that won: the other sent nothing more.
    assert len(server.files(name, "1.0")) == 2
    assert uploads(proxy) == {201: 2, 409: 1}


def test_a_500_that_stored_nothing_is_tried_again_and_a_409_behind_it_decided_by_the_bytes(
    bench: Workbench, server: Gitea
) -> None:
    lost = Answer(500, b"internal server error")
    with proxied(server.url, Faults(spoilt=(Spoilt("upload", lost, times=3),))) as proxy:
        name, codes = jobs(bench, server, proxy, ["", ""])

    assert codes == [0, 0]
    assert len(server.files(name, "1.0")) == 2
    assert uploads(proxy)[201] == 2


def test_two_jobs_on_one_machine_publish_one_build_also_where_no_two_are_the_same(
    bench: Workbench, server: Gitea
) -> None:
    at_once = Spoilt("upload", Together(threading.Barrier(JOBS)), times=JOBS)
    with proxied(server.url, Faults(spoilt=(at_once,))) as proxy:
        name, codes = jobs(bench, server, proxy, ["", ""], one_machine=True)

    assert codes == [0, 0]
    assert len(server.files(name, "1.0")) == 2
    assert uploads(proxy)[201] == 2
