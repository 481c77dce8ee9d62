"""Each wrong setting of Gitea's, made for real."""

from pathlib import Path

from tests.doctor.examined import Examination, examine
from tests.servers.gitea import running_gitea
from tests.workbench import Workbench

ELSEWHERE = "http://gitea.example.invalid/"


def examined(
    bench: Workbench,
    folder: Path,
    section: str,
    key: str,
    value: str,
    *argv: str,
    with_package: bool = False,
) -> Examination:
    with running_gitea(folder, {section: {key: value}}) as gitea:
        if with_package:
            sent = gitea.upload_raw("lib-1.0.tar.gz", b"an sdist", name="lib", version="1.0")
            assert sent.status_code == 201
        return examine(bench, gitea.registry(), gitea.tokens["publish"], *argv)


def test_packages_that_are_switched_off(bench: Workbench, tmp_path: Path) -> None:
    found = examined(bench, tmp_path / "g", "packages", "ENABLED", "false")

    assert (found.code, found.wrong) == (1, {"packages"})
    assert found.changes["packages"] == (
        "helm gitea.config.packages.ENABLED=true",
        "ini [packages] ENABLED=true",
        "environment GITEA__packages__ENABLED=true",
    )
    # What builds on it is not accused as well.
    for check in ("owner", "writing", "links", "body-limit"):
        assert found.findings[check] == (("unknown", "not asked, because of packages"),)


def test_a_root_url_of_another_host(bench: Workbench, tmp_path: Path) -> None:
    found = examined(bench, tmp_path / "g", "server", "ROOT_URL", ELSEWHERE, with_package=True)

    assert (found.code, found.wrong) == (1, {"root-url", "links"})
    assert f"ROOT_URL is {ELSEWHERE}" in found.said("root-url")
    assert "pip and uv do not send the credential" in found.said("root-url")
    assert "gitea.example.invalid, where nobody answers" in found.said("links")
    for check in ("root-url", "links"):
        helm = found.changes[check][0]
        assert helm.startswith("helm gitea.config.server.ROOT_URL=http://127.0.0.1:")


def test_a_private_file_is_not_to_be_had_under_another_name_of_the_same_host(
    bench: Workbench, tmp_path: Path
) -> None:
    with running_gitea(tmp_path / "g") as gitea:
        gitea.upload_raw(
            "lib-1.0.tar.gz", b"an sdist", name="lib", version="1.0", owner="secret-acme"
        )
        other = gitea.registry("secret-acme").replace("127.0.0.1", "localhost")
        found = examine(bench, other, gitea.tokens["publish"])

    assert found.wrong == {"root-url", "links"}
    assert "where the credential for localhost:" in found.said("links")
    assert found.said("links").endswith("is not sent: 401")


def test_where_all_must_sign_in_that_is_told_and_no_fault(bench: Workbench, tmp_path: Path) -> None:
    found = examined(
        bench, tmp_path / "g", "service", "REQUIRE_SIGNIN_VIEW", "true", with_package=True
    )

    assert (found.code, found.wrong, found.untold) == (0, set(), set()), found.text
    assert found.statuses("owner") == ["note"]
    assert "environment GITEA__service__REQUIRE_SIGNIN_VIEW=false" in found.changes["owner"]
    assert found.said("server").startswith("Gitea 1.26.4")


def test_actions_that_are_switched_off(bench: Workbench, tmp_path: Path) -> None:
    found = examined(bench, tmp_path / "g", "actions", "ENABLED", "false")

    assert found.wrong == {"actions"}
    assert "helm gitea.config.actions.ENABLED=true" in found.changes["actions"]


def test_gitea_keeps_its_root_url_to_itself_where_oauth2_is_off(
    bench: Workbench, tmp_path: Path
) -> None:
    found = examined(bench, tmp_path / "g", "oauth2", "ENABLED", "false")

    assert (found.code, found.untold) == (3, {"root-url"}), found.text


def test_giteas_own_limit_cannot_be_seen_and_that_is_said(bench: Workbench, tmp_path: Path) -> None:
    found = examined(bench, tmp_path / "g", "packages", "LIMIT_SIZE_PYPI", "1000", "--size", "1MB")

    assert (found.code, found.statuses("body-limit")) == (0, ["ok", "note"])
    assert "[packages] LIMIT_SIZE_PYPI, show at a real upload alone" in found.said("body-limit")
