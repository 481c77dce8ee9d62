"""The folder of checks and its table, and registries that are no Gitea."""

import pkgutil
from inspect import ismodule
from pathlib import Path

import pytest

from railrel.commands.doctor import command as doctor
from railrel.doctor import registry
from railrel.doctor.registry import CHECKS
from tests.doctor.examined import examination_of, examine
from tests.servers.pypiserver import Pypiserver
from tests.workbench import Workbench


def test_every_check_is_in_the_table_once() -> None:
    there = {module.name for module in pkgutil.iter_modules(registry.__path__)}
    listed = [check.__name__.rpartition(".")[2] for check in CHECKS if ismodule(check)]

    assert sorted(listed) == sorted(there - {"site", "repositories"})
    assert len({check.ID for check in CHECKS}) == len(CHECKS)


def test_a_check_comes_after_those_that_it_builds_on() -> None:
    for place, check in enumerate(CHECKS):
        assert set(check.AFTER) <= {before.ID for before in CHECKS[:place]}, check.ID


def test_every_group_is_examined_where_none_is_named() -> None:
    assert set(doctor.GROUPS) == set(doctor.command.commands)


def test_a_folder_needs_nothing_but_to_be_written(bench: Workbench) -> None:
    before = bench.snapshot()

    found = examination_of(bench.railrel("doctor", "registry", "--json"))

    assert (found.code, set(found.findings)) == (0, {"folder"})
    assert "is made by the first publish" in found.said("folder")
    assert bench.snapshot() == before


def test_a_folder_that_cannot_be_one(bench: Workbench) -> None:
    bench.write("taken", "a file")

    found = examine(bench, "./taken/index", "")

    assert (found.code, found.wrong) == (1, {"folder"})


def test_of_a_legacy_server_what_applies_is_asked(bench: Workbench, pypiserver: Pypiserver) -> None:
    found = examine(bench, pypiserver.url, "marked-token")

    assert (found.code, found.wrong) == (0, set()), found.text
    assert set(found.findings) == {"reachable", "encryption", "gitea", "token", "clock"}


def test_plain_http_over_a_network_is_a_finding(bench: Workbench) -> None:
    found = examine(bench, "http://git.example.invalid/api/packages/acme/pypi", "marked-token")

    assert found.wrong == {"encryption"}
    assert (
        "helm gitea.config.server.ROOT_URL=https://git.example.invalid/"
        in (found.changes["encryption"])
    )


@pytest.mark.parametrize("size", ["", "0", "much", "-1MB", "1TB", "11GB", "1e9"])
def test_a_size_that_is_none_is_refused(bench: Workbench, size: str) -> None:
    result = bench.railrel("doctor", "registry", "--size", size)

    assert result.code == 2
    assert "write it like 100MB" in result.err


def test_an_owner_is_for_servers_that_have_owners(bench: Workbench, tmp_path: Path) -> None:
    result = bench.railrel("doctor", "registry", "--registry", str(tmp_path), "--owner", "acme")

    assert result.code == 2
    assert "has no owners" in result.err


@pytest.mark.parametrize("owner", ["../admin", "a b", "a/b", "ä"])
def test_an_owner_that_nobody_can_be_is_refused(bench: Workbench, owner: str) -> None:
    registry = "http://127.0.0.1:1/api/packages/acme/pypi"

    result = bench.railrel("doctor", "registry", "--registry", registry, "--owner", owner)

    assert result.code == 2
    assert "no owner is called" in result.err


def test_the_registry_may_be_named_before_and_behind_the_group(
    bench: Workbench, tmp_path: Path
) -> None:
    for argv in (
        ["doctor", "--registry", str(tmp_path / "here"), "registry"],
        ["doctor", "registry", "--registry", str(tmp_path / "here")],
        ["doctor", "--registry", str(tmp_path / "here")],
    ):
        assert f"registry: {tmp_path / 'here'}" in bench.railrel(*argv).err
