"""`railrel helm-values`, through the command."""

import json
import stat
from pathlib import Path

import pytest
import yaml

from railrel.errors import ExitCode
from tests.helm.rendering import HELMS
from tests.servers.missing import need
from tests.servers.releases import serving_release
from tests.workbench import Workbench

REGISTRY = "https://git.example.com/api/packages/acme/pypi"
URL = "https://git.example.com/"
SECRET = "marked-secret"
VALUES = f"""
    # ours
    gitea:
      admin: {{password: {SECRET}}}
      config:
        database: {{PASSWD: {SECRET}}}   # soon elsewhere
        packages:
          LIMIT_SIZE_PYPI: 1 GiB
    ingress:
      enabled: true
      className: nginx
      hosts: [{{host: git.example.com}}]
      tls: [{{secretName: x}}]
"""


def test_values_are_printed_for_the_registry_that_is_set(bench: Workbench) -> None:
    result = bench.having(RAILREL_REGISTRY=REGISTRY).railrel("helm-values")

    assert result.code == 0, result.err
    assert yaml.safe_load(result.out)["gitea"]["config"]["server"]["ROOT_URL"] == URL
    assert bench.snapshot() == {"railrel.toml": b""}


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("ini", "; Settings of Gitea"),
        ("env", "# Settings of Gitea"),
        ("compose", "# Settings of Gitea"),
        ("helm", "# Values of the official"),
    ],
)
def test_each_form_is_printed_and_is_in_the_report(
    bench: Workbench, form: str, begins: str
) -> None:
    argv = ["helm-values", "--url", URL, "--format", form, "--max-owner", "20GiB"]

    result = bench.railrel(*argv)
    report = bench.railrel(*argv, "--json").json

    assert result.out.startswith(begins)
    assert "20GiB" in result.out
    assert str(report["text"]).strip() == result.out.strip()
    assert "LIMIT_TOTAL_OWNER_SIZE" in [one["key"] for one in report["settings"]]  # type: ignore[attr-defined]  # a list


def test_a_file_is_patched_once_and_then_as_it_should_be(bench: Workbench) -> None:
    path = bench.write("gitea/values.yaml", VALUES)
    path.chmod(0o640)
    before = path.read_text()

    diff = bench.railrel("helm-values", "--patch", "gitea/values.yaml", "--diff")
    dry = bench.railrel("helm-values", "--patch", "gitea/values.yaml", "-n")
    assert path.read_text() == before
    result = bench.railrel("helm-values", "--patch", "gitea/values.yaml", "-v")

    text = path.read_text()
    assert result.code == diff.code == dry.code == 0, result.err
    assert "patched values.yaml" in result.err
    assert "would patch values.yaml" in dry.err
    assert "kept: gitea.config.packages.LIMIT_SIZE_PYPI is 1 GiB" in result.err
    assert result.out == diff.out == dry.out
    values = yaml.safe_load(text)
    # From the ingress, whose host and TLS the file knows; and for the size that the file has.
    assert values["gitea"]["config"]["server"]["ROOT_URL"] == URL
    assert values["ingress"]["annotations"] == {
        "nginx.ingress.kubernetes.io/proxy-body-size": "1032m"
    }
    assert [line for line in before.splitlines() if line not in text.splitlines()] == []
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    again = bench.railrel("helm-values", "--patch", "gitea/values.yaml")
    assert (again.code, again.out, path.read_text()) == (0, "", text)
    assert "values.yaml: as it should be" in again.err


def test_what_stands_in_the_way_is_told_and_replaced_only_when_asked(bench: Workbench) -> None:
    path = bench.write("values.yaml", "gitea: {config: {server: {ROOT_URL: 'http://old/'}}}\n")
    argv = ["helm-values", "--patch", "values.yaml", "--url", URL]

    told = bench.railrel(*argv)
    assert "ROOT_URL: 'http://old/'" in path.read_text()
    replaced = bench.railrel(*argv, "--replace")

    assert told.code == ExitCode.FOUND
    assert f"at: {path}:1:37" in told.err
    assert "hint: --replace" in told.err
    assert replaced.code == 0, replaced.err
    assert f'ROOT_URL: "{URL}"' in path.read_text()


def test_a_file_outside_of_the_workspace_is_patched_as_well(
    bench: Workbench, tmp_path: Path
) -> None:
    path = tmp_path / "elsewhere" / "values.yaml"
    path.parent.mkdir()
    path.write_text("a: 1\n")

    result = bench.railrel("helm-values", "--patch", str(path), "--url", URL)

    assert result.code == 0, result.err
    assert f'ROOT_URL: "{URL}"' in path.read_text()


def test_values_are_patched_where_no_project_is(bench: Workbench) -> None:
    (bench.root / "railrel.toml").unlink()
    bench.write("infra/values.yaml", "a: 1\n")

    result = bench.railrel("helm-values", "--patch", "values.yaml", "--url", URL, folder="infra")

    assert result.code == 0, result.err
    assert sorted(bench.snapshot()) == ["infra/values.yaml"]


def test_a_link_out_of_the_workspace_is_not_followed(bench: Workbench, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text("a: 1\n")
    (bench.root / "values.yaml").symlink_to(outside)

    result = bench.railrel("helm-values", "--patch", "values.yaml", "--url", URL)

    assert result.code == ExitCode.REFUSED
    assert outside.read_text() == "a: 1\n"


def test_no_secret_of_a_file_is_ever_shown(bench: Workbench) -> None:
    # All on one line, so that a diff must show it.
    path = bench.write(
        "values.yaml",
        f"gitea: {{admin: {{password: {SECRET}}}, config: {{database: {{PASSWD: {SECRET}}}}}}}\n",
    )
    number = bench.write("number.yaml", "gitea: {config: {database: {PASSWD: 12345678901}}}\n")
    results = [
        bench.railrel("helm-values", *argv, "-v", *more)
        for argv in (
            ["--patch", path.name, "--url", URL, "--diff"],
            ["--patch", path.name, "--url", URL, "-n"],
            ["--check", path.name],
            ["--check", number.name],
        )
        for more in ([], ["--json"])
    ]

    assert any("***" in result.out for result in results)
    for result in results:
        assert SECRET not in result.out + result.err
        assert "12345678901" not in result.out + result.err
        assert "1.2345678901e+10" not in result.out + result.err


def test_a_file_is_judged_with_every_place(bench: Workbench) -> None:
    path = bench.write("values.yaml", VALUES)
    before = bench.snapshot()

    result = bench.railrel("helm-values", "--check", "values.yaml")
    report = bench.railrel("helm-values", "--check", "values.yaml", "--json")

    assert result.code == report.code == ExitCode.FOUND
    assert bench.snapshot() == before
    places = [line.removeprefix("     at: ") for line in result.err.splitlines() if "at: " in line]
    assert places == [f"{path}:{line}" for line in ("3:21", "4:3", "5:24", "9:3")]
    found = report.json["findings"]
    assert isinstance(found, list)
    assert [one["rule"] for one in found] == [
        "secret-in-clear",
        "root-url",
        "secret-in-clear",
        "body-limit",
    ]


def test_a_good_file_is_a_zero(bench: Workbench) -> None:
    bench.write("values.yaml", bench.railrel("helm-values", "--url", URL).out)

    result = bench.railrel("helm-values", "--check", "values.yaml")

    assert (result.code, result.out) == (0, "")
    assert "values.yaml: nothing to find" in result.err


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ([], "nobody says at which address"),
        (["--url", "git.example.com"], "is not a URL that links can begin with"),
        (["--url", "https://u:marked-secret@x/"], "is not a URL that links can begin with"),
        (["--url", "https://x:port/"], "is not a URL that links can begin with"),
        (["--url", URL, "--max-file", "100 Megs"], "is no size of a file"),
        (["--url", URL, "--max-file", "0"], "is no size of a file"),
        (["--url", URL, "--s3-bucket", "x"], "packages are not to lie there"),
        (["--url", URL, "--storage", "s3"], "nobody says where the S3 server is"),
        (["--url", URL, "--storage", "s3", "--s3-endpoint", "https://x"], "a host and a port"),
        (["--url", URL, "--replace"], "are for --patch"),
        (["--url", URL, "--diff"], "are for --patch"),
        (["--url", URL, "--namespace", "x"], "is that of --from-release"),
        (["--patch", "list.yaml", "--format", "env"], "--format is for what is printed"),
        (["--check", "list.yaml", "--patch", "list.yaml"], "only judges one"),
        (["--check", "list.yaml", "--url", URL], "judges a file as it is"),
        (["--check", "list.yaml", "--s3-plain-http"], "judges a file as it is"),
        (["--url", URL, "--max-file", "1,5GiB"], "is no size of a file"),
        (["--check", "large.yaml"], "5 MiB"),
        (["--check", "nothing.yaml"], "see what is there: ls -l '/"),
        (["--check", "list.yaml"], "is no mapping"),
        (["--patch", "list.yaml", "--url", URL], "is no mapping"),
        (["--from-release", "A B"], "is no name in Kubernetes"),
    ],
)
def test_what_cannot_be_meant_is_an_error(bench: Workbench, argv: list[str], said: str) -> None:
    bench.write("list.yaml", "- a\n")
    bench.write("large.yaml", "# a line of a comment\n" * 250_000)

    result = bench.railrel("helm-values", *argv)

    assert result.code == ExitCode.USAGE, result.err
    assert said in result.err
    assert SECRET not in result.err
    assert result.out == ""


RELEASE = f"""
WARNING: Kubernetes configuration file is group-readable. This is insecure.
gitea:
  admin: {{password: {SECRET}}}
  config:
    server: {{ROOT_URL: "https://code.example.com/", SSH_PORT: 22}}
    packages: {{LIMIT_SIZE_PYPI: 2 GiB}}
    ui: {{DEFAULT_THEME: x}}
ingress: {{enabled: true, className: nginx}}
"""


def with_helm(bench: Workbench, says: str, code: int = 0) -> Workbench:
    """A helm that says this, and keeps what it was asked and with which environment."""
    said = bench.write("bin/said", says.lstrip("\n").encode())
    script = bench.write(
        "bin/helm",
        f'#!/bin/sh\necho "$@" >"$0.asked"\nenv >"$0.environment"\ncat "{said}"\nexit {code}\n',
    )
    script.chmod(0o755)
    path = f"{script.parent}:{bench.environment['PATH']}"
    return bench.having(PATH=path, RAILREL_TOKEN="marked-token")


def test_what_a_release_says_is_not_asked_again(bench: Workbench) -> None:
    having = with_helm(bench, RELEASE)

    result = having.railrel("helm-values", "--from-release", "git", "--namespace", "forge")

    assert result.code == 0, result.err
    asked = (bench.root / "bin" / "helm.asked").read_text().split()
    assert asked == ["get", "values", "git", "--all", "--output", "yaml", "--namespace", "forge"]
    values = yaml.safe_load(result.out)
    assert values["gitea"]["config"]["server"]["ROOT_URL"] == "https://code.example.com/"
    assert values["gitea"]["config"]["packages"]["LIMIT_SIZE_PYPI"] == "2GiB"
    assert "proxy-body-size" in result.out
    assert "note: gitea.admin.password is a secret in clear text" in result.err
    assert SECRET not in result.out + result.err
    assert "marked-token" not in (bench.root / "bin" / "helm.environment").read_text()


def test_a_key_that_a_file_lacks_stays_in_app_ini(bench: Workbench) -> None:
    bench.write(
        "values.yaml", 'gitea: {config: {server: {ROOT_URL: "https://code.example.com/"}}}\n'
    )

    result = with_helm(bench, RELEASE).railrel(
        "helm-values", "--check", "values.yaml", "--from-release", "git"
    )

    assert result.code == 0, result.err
    assert "packages.LIMIT_SIZE_PYPI of the release is not in values.yaml" in result.err
    assert "ui.DEFAULT_THEME of the release is not in values.yaml" in result.err
    assert "SSH_PORT" not in result.err


@pytest.mark.parametrize(
    ("says", "code", "said"),
    [
        ("Error: release: not found\n", ExitCode.USAGE, "no release called git"),
        (f"Error: unreachable {SECRET}\n", ExitCode.UNREACHABLE, "helm cannot tell"),
    ],
)
def test_a_helm_that_fails_is_explained_and_not_quoted(
    bench: Workbench, says: str, code: ExitCode, said: str
) -> None:
    result = with_helm(bench, says, 1).railrel("helm-values", "--from-release", "git")

    assert result.code == code
    assert said in result.err
    assert SECRET not in result.err


def test_without_helm_it_is_told_to_install_it(bench: Workbench) -> None:
    result = bench.having(PATH="/nonexistent").railrel("helm-values", "--from-release", "git")

    assert result.code == ExitCode.USAGE
    assert "helm" in result.err


def test_objects_that_are_not_seen_are_noted(bench: Workbench) -> None:
    bench.write(
        "values.yaml",
        f"gitea:\n  config: {{server: {{ROOT_URL: '{URL}'}}}}\n"
        "  additionalConfigSources: [{secret: {secretName: x}}]\n",
    )

    result = bench.railrel("helm-values", "--check", "values.yaml", "--json")

    assert result.code == 0
    assert [one["rule"] for one in json.loads(result.out)["notes"]] == ["not-seen"]


@pytest.mark.parametrize("version", HELMS)
def test_the_real_helm_tells_what_is_installed(bench: Workbench, version: str) -> None:
    given = {
        "gitea": {
            "admin": {"password": SECRET},
            "config": {
                "server": {"ROOT_URL": "https://code.example.com/"},
                "packages": {"LIMIT_SIZE_PYPI": 1073741824},
            },
        }
    }
    chart = {"gitea": {"config": {"server": {"SSH_PORT": 22}}}, "ingress": {"enabled": False}}
    path = f"{need(version).parent}:{bench.environment['PATH']}"

    with serving_release("git", "forge", given, chart) as variables:
        having = bench.having(PATH=path, **variables)
        argv = ["helm-values", "--from-release", "git", "--namespace"]
        there = having.railrel(*argv, "forge")
        elsewhere = having.railrel(*argv, "other")
    stopped = having.railrel(*argv, "forge")

    assert there.code == 0, there.err
    assert 'ROOT_URL: "https://code.example.com/"' in there.out
    assert (
        "note: packages.LIMIT_SIZE_PYPI is a number, which Helm writes as 1.073741824e+09"
        in there.err
    )
    assert 'hint: put it in quotes: LIMIT_SIZE_PYPI: "1073741824"' in there.err
    assert 'LIMIT_SIZE_PYPI: "1GiB"' in there.out
    assert SECRET not in there.out + there.err
    assert elsewhere.code == ExitCode.USAGE
    assert "there is no release called git" in elsewhere.err
    assert stopped.code == ExitCode.UNREACHABLE
    assert "helm cannot tell" in stopped.err
