"""A real Gitea with our settings, in each form; and with those that the checks find."""

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from railrel.helm.checks import findings
from railrel.helm.forms import env, helm, ini
from railrel.helm.values_file import ValuesFile
from railrel.helm.wishes import Wishes
from tests.doctor.examined import examine
from tests.helm.rendering import HELMS, ini_by_helm, sections_of
from tests.servers.gitea import Gitea, Sections, running_gitea
from tests.servers.missing import need
from tests.servers.proxy import proxied
from tests.servers.running import free_port
from tests.workbench import Workbench

URL = "http://git.example.com/"
MEBIBYTE = 1024**2
WISHES = Wishes(URL, max_file=MEBIBYTE)
SECONDS = 60


def by_ini(wishes: Wishes, folder: Path) -> Sections:
    del folder
    return sections_of(ini.render(wishes))


def by_env(wishes: Wishes, folder: Path, secrets: Path = Path("/run/secrets")) -> Sections:
    """What Gitea's own command makes of the variables, as the containers do when they start."""
    config = folder / "written.ini"
    config.write_text("[server]\nHTTP_PORT = 3000\n")
    text = env.render(wishes).replace("/run/secrets", str(secrets))
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    argv = [
        str(need("gitea")),
        "-c",
        str(config),
        "config",
        "edit-ini",
        "--in-place",
        "--apply-env",
    ]
    variables = dict(line.split("=", 1) for line in lines)
    unsafe = {"GITEA_I_AM_BEING_UNSAFE_RUNNING_AS_ROOT": "true"}
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), **unsafe, **variables}
    subprocess.run(argv, env=environment, check=True, timeout=SECONDS, capture_output=True)
    written = sections_of(config.read_text())
    written["server"].pop("HTTP_PORT")
    return written


def by_helm(wishes: Wishes, folder: Path) -> Sections:
    """What the real Helm hands on."""
    path = folder / "values.yaml"
    path.write_text(helm.render(wishes))
    return as_sections(path)


def as_sections(values: Path) -> Sections:
    found: dict[str, dict[str, str]] = {}
    for (section, key), value in ini_by_helm(HELMS[0], values).items():
        found.setdefault(section, {})[key] = value
    return found


@pytest.fixture(scope="module", params=[by_ini, by_env, by_helm], ids=["ini", "env", "helm"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gitea]:
    """A Gitea with what we wish, told in each form."""
    folder = tmp_path_factory.mktemp("wished")
    with running_gitea(folder, request.param(WISHES, folder)) as server:
        yield server


def get(server: Gitea, path: str, *, token: str = "") -> httpx.Response:
    auth = ("__token__", token) if token else None
    return httpx.get(f"{server.url}{path}", auth=auth, timeout=SECONDS, trust_env=False)


def test_a_file_over_the_limit_is_refused_and_one_below_is_stored(server: Gitea) -> None:
    small = server.upload_raw("limit-1.0.tar.gz", b"x" * MEBIBYTE, name="limit", version="1.0")
    large = server.upload_raw(
        "limit-2.0.tar.gz", b"x" * (MEBIBYTE + 1), name="limit", version="2.0"
    )

    assert small.status_code == 201
    assert large.status_code == 403
    assert "maximum allowed package type size exceeded" in large.text


def test_links_begin_with_the_address_that_was_given(server: Gitea) -> None:
    server.upload_raw("links-1.0.tar.gz", b"x", name="links", version="1.0")

    page = get(server, "/api/packages/acme/pypi/simple/links/", token=server.tokens["read"])

    assert f'href="{URL}api/packages/acme/pypi/files/links/1.0/links-1.0.tar.gz' in page.text


def test_strangers_see_nothing_and_make_no_account(server: Gitea) -> None:
    assert get(server, "/api/v1/version").status_code == 403
    assert get(server, "/api/packages/acme/pypi/simple/links/").status_code == 401
    assert "Registration is disabled" in get(server, "/user/sign_up").text


def test_the_clean_up_runs_as_it_was_told(server: Gitea) -> None:
    tasks = {task["name"]: task for task in server.ask("GET", "/admin/cron?limit=50").json()}

    assert tasks["cleanup_packages"]["schedule"] == "@midnight"


def test_repositories_have_actions(server: Gitea) -> None:
    server.make_repository("with-actions")

    repository = server.ask("GET", "/repos/acme/with-actions").json()

    assert repository["has_actions"] is True


@pytest.mark.parametrize("form", [by_ini, by_env, by_helm], ids=["ini", "env", "helm"])
def test_the_doctor_finds_nothing_wrong_in_it(
    bench: Workbench, tmp_path: Path, form: Callable[[Wishes, Path], Sections]
) -> None:
    port = free_port()
    sections = form(Wishes(f"http://127.0.0.1:{port}/"), tmp_path)
    with (
        running_gitea(tmp_path / "gitea", sections) as server,
        proxied(server.url, port=port) as proxy,
    ):
        server.upload_raw("well-1.0.tar.gz", b"an sdist", name="well", version="1.0")
        found = examine(
            bench,
            f"{proxy.url}/api/packages/acme/pypi",
            server.tokens["publish"],
            "--size",
            "3MB",
        )

    assert (found.code, found.wrong, found.untold) == (0, set(), set()), found.text


def rules(path: Path) -> set[str]:
    return {finding.rule for finding in findings(ValuesFile(path, path.read_bytes()))}


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("LIMIT_SIZE_PYPI: 1048576", "number-as-float"),
        ("LIMIT_SIZE_PYPI: 1 Meg", "unreadable-size"),
        ("LIMIT_SIZE_PIPY: 1MiB", "unknown-key"),
    ],
)
def test_a_limit_that_is_wrong_limits_nothing_and_is_found(
    tmp_path: Path, written: str, rule: str
) -> None:
    values = tmp_path / "values.yaml"
    values.write_text(
        f"gitea:\n  config:\n    server: {{ROOT_URL: '{URL}'}}\n    packages:\n      {written}\n"
    )

    with running_gitea(tmp_path / "gitea", as_sections(values)) as server:
        large = server.upload_raw("x-2.0.tar.gz", b"x" * (MEBIBYTE + 1), name="x", version="2.0")

    assert large.status_code == 201
    assert rules(values) == {rule}


def test_packages_that_are_off_are_a_404_and_found(tmp_path: Path) -> None:
    values = tmp_path / "values.yaml"
    values.write_text(
        f"gitea: {{config: {{server: {{ROOT_URL: '{URL}'}}, packages: {{ENABLED: no}}}}}}\n"
    )

    with running_gitea(tmp_path / "gitea", as_sections(values)) as server:
        answer = get(server, "/api/packages/acme/pypi")

    assert answer.status_code == 404
    assert rules(values) == {"switched-off"}


def test_a_gitea_with_a_storage_that_there_is_not_does_not_start_and_is_found(
    tmp_path: Path,
) -> None:
    values = tmp_path / "values.yaml"
    values.write_text(
        f"gitea: {{config: {{server: {{ROOT_URL: '{URL}'}}, packages: {{STORAGE_TYPE: s3}}}}}}\n"
    )

    with (
        pytest.raises(RuntimeError, match="s3"),
        running_gitea(tmp_path / "gitea", as_sections(values)),
    ):
        pass

    assert rules(values) == {"storage"}


def test_a_larger_limit_takes_the_same_file(tmp_path: Path) -> None:
    sections = by_ini(replace(WISHES, max_file=2 * MEBIBYTE, sign_in="open"), tmp_path)

    with running_gitea(tmp_path / "gitea", sections) as server:
        large = server.upload_raw("x-2.0.tar.gz", b"x" * (MEBIBYTE + 1), name="x", version="2.0")
        version = get(server, "/api/v1/version")

    assert large.status_code == 201
    assert version.status_code == 200
