"""What `railrel dockerfile` writes holds no secret, no trap, and loses nothing of the user's."""

import os
import stat
from pathlib import Path

import pytest

from railrel.assets import pipelines
from railrel.errors import ExitCode
from railrel.workspace.dockerignore import dockerignore
from tests.images.samples import SAMPLES
from tests.images.test_generate import LOCKS, REGISTRY
from tests.workbench import Workbench

WORKER = next(sample for sample in SAMPLES if sample.name == "tender-worker")


@pytest.fixture
def shop(bench: Workbench) -> Workbench:
    bench.write("railrel.toml", f'registry = "{REGISTRY}"\nindex-name = "acme"\n')
    bench.library()
    WORKER.write(bench, REGISTRY)
    name, lock = LOCKS[WORKER.tool]
    bench.write(f"{WORKER.name}/{name}", lock)
    return bench


def written(bench: Workbench) -> Path:
    result = bench.railrel("dockerfile", WORKER.name)
    assert result.code == 0, result.err
    return bench.root / WORKER.name / "Dockerfile"


def checked(bench: Workbench) -> int:
    return bench.railrel("dockerfile", WORKER.name, "--check").code


# --- .dockerignore

SECRETS = (
    ".pypirc", "_netrc", "netrc", ".netrc", ".git-credentials", ".npmrc", "pip.conf", "auth.toml",
    ".ssh/id_rsa", "deploy/id_ed25519", ".aws/credentials", ".docker/config.json", ".kube/config",
    "kubeconfig", "server.p12", "a/b.pfx", "X.PEM", "master.KEY", "private.asc", ".secrets.toml",
    "secrets.toml", "secrets/db", "credentials.json", "service-account.json", ".vault_pass",
    "conf/.htpasswd", ".env", ".env.production", "prod.env", ".envrc", "terraform.tfstate",
    "dump.sql", "db.sqlite", "db.sqlite3", ".bash_history", "env/bin/python", ".hg/store",
    ".git/config", "docker-compose.yml", "docker-compose.override.yaml", "compose.yaml",
)  # fmt: skip
NEEDED = (
    "pyproject.toml", "uv.lock", "poetry.toml", "README.md", "src/b/build/__init__.py",
    "src/b/dist/x.py", "src/b/static/dist/app.js", "src/b/static/build/main.css",
    "src/b/templates/Dockerfile.j2", "src/b/templates/compose.yaml", "src/b/netrc/__init__.py",
    "src/b/secrets/__init__.py", "src/b/migrations/0001.sql", "src/b/environment.py",
)  # fmt: skip


def test_no_file_that_usually_holds_a_secret_is_sent() -> None:
    text = (pipelines() / "images" / "dockerignore").read_text(encoding="utf-8")

    assert dockerignore(text).kept(SECRETS) == ()


def test_every_file_that_packages_are_made_of_is_sent() -> None:
    text = (pipelines() / "images" / "dockerignore").read_text(encoding="utf-8")

    assert dockerignore(text).kept(NEEDED) == NEEDED


def test_files_of_the_package_that_are_kept_out_are_named(shop: Workbench) -> None:
    shop.write(f"{WORKER.name}/tender_worker/data/ca.pem", "not secret")

    result = shop.railrel("dockerfile", WORKER.name)

    assert "keeps files of the package from the image: tender_worker/data/ca.pem" in result.err
    assert "write below its own lines: !tender_worker/data/ca.pem" in result.err
    ignore = shop.root / WORKER.name / ".dockerignore"
    last = "# own lines: ignored or not, the last pattern counts\n"
    ignore.write_text(ignore.read_text().replace(last, f"{last}!tender_worker/data/ca.pem\n"))
    assert "keeps files" not in shop.railrel("dockerfile", WORKER.name).err


def test_a_file_that_overrides_ours_is_told(shop: Workbench) -> None:
    shop.write(f"{WORKER.name}/Dockerfile.dockerignore", "")

    result = shop.railrel("dockerfile", WORKER.name)

    assert result.code == ExitCode.USAGE
    assert "Dockerfile.dockerignore takes the place of .dockerignore in BuildKit" in result.err
    assert not (shop.root / WORKER.name / "Dockerfile").exists()


# --- the label with the repository


def test_another_way_to_clone_is_no_drift(shop: Workbench) -> None:
    shop.commit(WORKER.name)
    shop.git(WORKER.name, "remote", "add", "origin", "git@git.example.com:acme/x.git")
    text = written(shop).read_text()
    assert 'org.opencontainers.image.source="https://git.example.com/acme/x"' in text

    for url in ("https://git.example.com/acme/x", "http://gitea-http.gitea:3000/acme/x.git"):
        shop.git(WORKER.name, "remote", "set-url", "origin", url)
        assert checked(shop) == 0
    shop.git(WORKER.name, "remote", "set-url", "origin", "https://git.example.com/acme/y")
    assert checked(shop) == ExitCode.FOUND


# --- the user's own lines and files


def test_bytes_that_are_not_utf8_stay_in_own_lines(shop: Workbench) -> None:
    path = written(shop)
    mark = b"# own lines: last\n"
    path.write_bytes(path.read_bytes().replace(mark, mark + b"# Pr\xfcfung\n"))
    before = path.read_bytes()

    assert checked(shop) == 0
    path.write_bytes(before.replace(b"USER 10001:10001", b"USER root"))
    assert shop.railrel("dockerfile", WORKER.name).code == 0
    assert path.read_bytes() == before


def test_own_lines_whose_beginning_is_gone_stop(shop: Workbench) -> None:
    path = written(shop)
    text = path.read_text().replace("# own lines: packages for running\n", "RUN mine\n")
    path.write_text(text)

    result = shop.railrel("dockerfile", WORKER.name)

    assert result.code == ExitCode.USAGE
    assert "own lines end here that begin nowhere" in result.err
    assert path.read_text() == text


def test_own_lines_that_an_editor_indented_are_kept(shop: Workbench) -> None:
    path = written(shop)
    text = path.read_text().replace(
        "# own lines: last\n# end of own lines\n",
        "  # own lines: last\nRUN mine\n  # end of own lines\n",
    )
    path.write_text(text)

    assert shop.railrel("dockerfile", WORKER.name).code == 0
    assert "# own lines: last\nRUN mine\n# end of own lines\n" in path.read_text()


def test_marks_alone_make_no_file_ours(shop: Workbench) -> None:
    text = "FROM scratch\n# own lines: see wiki\nRUN x\n# end of own lines\n"
    path = shop.write(f"{WORKER.name}/Dockerfile", text)

    assert shop.railrel("dockerfile", WORKER.name).code == ExitCode.USAGE
    assert path.read_text() == text
    assert shop.railrel("dockerfile", WORKER.name, "--replace").code == 0


def test_a_checkout_with_other_line_endings_is_no_drift(shop: Workbench) -> None:
    path = written(shop)
    for file in (path, path.with_name(".dockerignore")):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))

    assert checked(shop) == 0


def test_new_files_have_the_mode_that_the_user_gives_files(shop: Workbench) -> None:
    before = os.umask(0o027)
    try:
        path = written(shop)
    finally:
        os.umask(before)

    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_pipe_is_not_waited_for(shop: Workbench) -> None:
    os.mkfifo(shop.root / WORKER.name / "Dockerfile")

    result = shop.railrel("dockerfile", WORKER.name)

    assert result.code == ExitCode.USAGE
    assert "Dockerfile is no file" in result.err


# --- settings that go into the files


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("image-base", "python:3.12\\nRUN evil"),
        ("image-base", ""),
        ("image-base", "python:3.12 AS x"),
        ("image-python", "3.12\\nRUN x"),
        ("image-python", "latest"),
        ("image-uv", "uv'; curl evil | sh; '"),
        ("image-port", "99999"),
        ("image-port", "0"),
        ("image-port", "abc"),
        ("image-healthcheck", "/x'); import os"),
    ],
)
def test_settings_that_would_mean_something_else_are_refused(
    shop: Workbench, name: str, value: str
) -> None:
    shop.write("railrel.toml", f'registry = "{REGISTRY}"\n{name} = "{value}"\n')

    result = shop.railrel("dockerfile", WORKER.name)

    assert result.code == ExitCode.USAGE
    assert f"error: {name} cannot be " in result.err
    assert f'hint: {name} = "' in result.err


@pytest.mark.parametrize("owner", ["$(touch x)", "a;touch x", "a&b", "ac me", "a'b", "`x`"])
def test_a_registry_whose_url_a_shell_would_read_is_refused(shop: Workbench, owner: str) -> None:
    shop.write("railrel.toml", f'registry = "https://git.example.com/api/packages/{owner}/pypi"\n')

    result = shop.railrel("dockerfile", WORKER.name)

    assert result.code == ExitCode.USAGE
    assert "the registry's URL has characters that a shell would take for its own" in result.err


def test_migrating_and_replacing_are_two_things(shop: Workbench) -> None:
    result = shop.railrel("dockerfile", WORKER.name, "--migrate", "--replace")

    assert result.code == ExitCode.USAGE
    assert "one of them" in result.err
