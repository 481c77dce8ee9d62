"""What the module for GitHub asks, and takes care of; on a double, for its shapes alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from railrel.errors import RefusedError, UnreachableError
from railrel.forges.github import GitHub, connect
from railrel.forges.github_answers import explain
from railrel.forges.tokens import JOBS
from railrel.workspace.remotes import Repository
from railrel.world import Credential, Response, Secret
from tests.forges.github_double import Double, doubled
from tests.workbench import Workbench

REPOSITORY = Repository("https", "github.com", None, "acme", "core")


@pytest.fixture
def double() -> Iterator[Double]:
    with doubled() as double:
        yield double


@pytest.fixture
def forge(double: Double, bench: Workbench) -> GitHub:
    who = Credential("", Secret(double.token), "GITHUB_TOKEN", bearer=True)
    return connect("github", double.url, who, bench.world())


def test_storage_is_asked_without_the_token(double: Double, forge: GitHub) -> None:
    double.add_asset(double.add_release("v1.0"), "lib.whl", b"bytes")
    release = forge.release(REPOSITORY, "v1.0")
    assert release

    (asset,) = forge.assets(REPOSITORY, release)
    content = forge.download(asset)

    assert content == b"bytes"
    assert [who for method, path, who in double.asked if path.startswith("/storage")] == [""]


def test_a_file_that_was_cut_is_known_by_its_state(double: Double, forge: GitHub) -> None:
    number = double.add_release("v1.0")
    double.add_asset(number, "lib.whl", b"", state="starter")
    release = forge.release(REPOSITORY, "v1.0")
    assert release

    (asset,) = forge.assets(REPOSITORY, release)

    assert not asset.whole


def test_a_name_that_is_taken_is_no_error(double: Double, forge: GitHub, tmp_path: Path) -> None:
    double.add_asset(double.add_release("v1.0"), "lib.whl", b"bytes")
    file = tmp_path / "lib.whl"
    file.write_bytes(b"bytes")
    release = forge.release(REPOSITORY, "v1.0")
    assert release

    assert forge.upload(REPOSITORY, release, "lib.whl", file) is None


def test_the_token_goes_to_no_host_that_only_an_answer_names(
    double: Double, forge: GitHub, tmp_path: Path
) -> None:
    number = double.add_release("v1.0")
    double.releases[number]["upload_url"] = "https://elsewhere.example/assets{?name,label}"
    release = forge.release(REPOSITORY, "v1.0")
    assert release

    with pytest.raises(RefusedError, match="names another host for uploads"):
        forge.upload(REPOSITORY, release, "lib.whl", tmp_path)


def test_setting_a_secret_is_left_to_githubs_own_tool(forge: GitHub) -> None:
    with pytest.raises(RefusedError) as caught:
        forge.set_secret(REPOSITORY, "REGISTRY_TOKEN", Secret("marked"))

    assert caught.value.problems[0].hint == "gh secret set REGISTRY_TOKEN --repo acme/core"


@pytest.mark.parametrize(
    ("status", "headers", "kind"),
    [
        (403, {"x-ratelimit-remaining": "0"}, UnreachableError),
        (429, {}, UnreachableError),
        (502, {}, UnreachableError),
        (401, {}, RefusedError),
        (404, {}, RefusedError),
        (301, {}, RefusedError),
        (422, {}, RefusedError),
    ],
)
def test_each_answer_is_an_error_of_its_kind(
    status: int, headers: dict[str, str], kind: type[Exception]
) -> None:
    assert isinstance(explain(Response(status, headers, b"{}"), REPOSITORY, "GH_TOKEN"), kind)


def test_a_job_is_told_of_the_workflows_permissions() -> None:
    answer = Response(403, {}, b'{"message":"Resource not accessible by integration"}')

    assert "contents: write" in explain(answer, REPOSITORY, JOBS).problems[0].hint
