"""Gitea up to 1.26.1 on PostgreSQL answers 500 to some of several uploads at the same moment: for real.

`test_races.py` has what a newer one does, and this answer made by a proxy.
"""

import gzip
import secrets
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from railrel.errors import ExitCode
from tests.registries.racing import jobs, uploads
from tests.servers.gitea import Gitea
from tests.servers.gitea_on_postgres import running_gitea_on_postgres
from tests.servers.postgres import running_postgres
from tests.servers.proxy import Faults, proxied
from tests.servers.spoiling import Spoilt, Together
from tests.workbench import Workbench

JOBS = 4
# The moments meet by chance: one round in five has a 500, on a busy machine one in ten or fewer.
ROUNDS = 100
TRIES = 3
SAME, OTHER = ["", "", "", ""], ["x = 1\n", "x = 1\n", "x = 2\n", "x = 2\n"]
Sent = tuple[str, bytes]
"""A file's name and content."""


@pytest.fixture(scope="module")
def racy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gitea]:
    """With a database of its own: no Gitea takes one that a newer one has had."""
    folder, tables = tmp_path_factory.mktemp("racy"), tmp_path_factory.mktemp("tables")
    with (
        running_postgres(tables) as postgres,
        running_gitea_on_postgres(folder, postgres, "1.26.0") as server,
    ):
        yield server


def sent_at_once(server: Gitea, name: str, files: Sequence[Sent]) -> Counter[int]:
    """What Gitea answers to files of one version that are all sent in the same moment."""
    together = threading.Barrier(len(files))

    def send(file: Sent) -> int:
        together.wait(30)
        return server.upload_raw(*file, name=name, version="1.0").status_code

    with ThreadPoolExecutor(len(files)) as pool:
        return Counter(pool.map(send, files))


def test_this_gitea_does_answer_500_to_uploads_at_the_same_moment(racy: Gitea) -> None:
    one_twice = [("race-1.0.tar.gz", b"one")] * 2
    several = [(f"race-1.0-{number}.whl", b"%d" % number) for number in range(JOBS)]
    for _ in range(ROUNDS):
        for files in (one_twice, several):
            answers = sent_at_once(racy, f"raw-{secrets.token_hex(4)}", files)
            assert answers.keys() <= {201, 409, 500}
            if answers[500]:
                return
    pytest.fail(f"no 500 in {ROUNDS} rounds: this Gitea has not what these tests are about")


def raced(bench: Workbench, server: Gitea, texts: Sequence[str]) -> tuple[str, list[int], int]:
    """Jobs whose first uploads meet: the version's name, their exit codes, and how many 500 they got."""
    at_once = Spoilt("upload", Together(threading.Barrier(JOBS)), times=JOBS)
    with proxied(server.url, Faults(spoilt=(at_once,))) as proxy:
        name, codes = jobs(bench, server, proxy, texts)
    return name, codes, uploads(proxy)[500]


def content(server: Gitea, name: str, filename: str) -> bytes:
    """Of a published file, such that the text of a module in it can be found."""
    url = f"{server.registry()}/files/{name}/1.0/{filename}"
    found = httpx.get(url, trust_env=False).raise_for_status().content
    return gzip.decompress(found) if filename.endswith(".gz") else found


@pytest.mark.parametrize(
    ("texts", "ends"),
    [
        pytest.param(SAME, {0: JOBS}, id="same bytes"),
        pytest.param(OTHER, {0: 2, ExitCode.CONFLICT: 2}, id="other bytes"),
    ],
)
def test_jobs_that_may_get_a_500_end_as_if_they_had_come_one_after_the_other(
    bench: Workbench, racy: Gitea, texts: Sequence[str], ends: dict[int, int]
) -> None:
    for _ in range(TRIES):
        name, codes, troubles = raced(bench, racy, texts)

        assert Counter(codes) == ends
        files = [content(racy, name, filename) for filename in racy.files(name, "1.0")]
        assert len(files) == 2
        # The wheel and the sdist are of one job, or of two with the same.
        assert len({b"x = 1" in file for file in files}) == 1
        if troubles:
            return
