import json
import zipfile

import pytest

from railrel.errors import ExitCode
from tests.quick import quick_library
from tests.workbench import Workbench


@pytest.fixture
def ready(bench: Workbench) -> Workbench:
    bench.library()
    bench.commit("issue-core", "v0.2.3")
    return bench


def index(bench: Workbench) -> dict[str, bytes]:
    folder = bench.root / ".railrel" / "index"
    return bench.snapshot(folder) if folder.exists() else {}


@pytest.mark.parametrize(
    ("spoil", "flag", "said"),
    [
        ("dirty", "--allow-dirty", "has changes that no commit holds: issue_core/new.py"),
        ("untagged", "--no-tag", "HEAD is not at the tag of this version"),
    ],
)
def test_a_checkout_that_is_not_the_version_is_refused_until_told_otherwise(
    ready: Workbench, spoil: str, flag: str, said: str
) -> None:
    if spoil == "dirty":
        ready.write("issue-core/issue_core/new.py", "x = 1\n")
    else:
        ready.commit("issue-core")

    refused = ready.railrel("publish", "issue-core")
    allowed = ready.railrel("publish", "issue-core", flag)

    assert refused.code == ExitCode.REFUSED
    assert said in refused.err
    assert flag in refused.err
    assert allowed.code == 0, allowed.err


def test_both_reasons_of_all_projects_are_given_at_once(ready: Workbench) -> None:
    ready.library("other", "1.0")
    ready.commit("other")
    ready.write("issue-core/new.txt", "x")
    ready.git("issue-core", "tag", "-d", "v0.2.3")

    result = ready.railrel("publish", "issue-core", "other")

    assert result.err.count("error: ") == 3
    assert index(ready) == {}


def test_outside_a_repository_both_flags_are_asked_for(bench: Workbench) -> None:
    bench.library()

    refused = bench.railrel("publish", "issue-core")
    allowed = bench.railrel("publish", "issue-core", "--allow-dirty", "--no-tag")

    assert refused.code == ExitCode.REFUSED
    assert "not in a git repository" in refused.err
    assert allowed.code == 0, allowed.err


@pytest.mark.parametrize("tag", ["0.2.3", "issue-core-v0.2.3", "issue-core/v0.2.3"])
def test_customary_tags_are_understood(bench: Workbench, tag: str) -> None:
    bench.library()
    bench.commit("issue-core", tag)

    assert bench.railrel("publish", "issue-core").code == 0


def test_a_tag_pattern_of_ones_own_is_the_only_one_that_counts(ready: Workbench) -> None:
    ready.write("railrel.toml", 'tag = "release-{name}-{version}"\n')

    refused = ready.railrel("publish", "issue-core")
    ready.git("issue-core", "tag", "release-issue-core-0.2.3")

    assert "git tag release-issue-core-0.2.3" in refused.err
    assert ready.railrel("publish", "issue-core").code == 0


def test_twice_is_once(ready: Workbench) -> None:
    first = ready.railrel("publish", "issue-core")
    held = index(ready)
    second = ready.railrel("publish", "issue-core")

    assert (first.code, second.code) == (0, 0)
    assert "already published" in second.out
    assert index(ready) == held


def test_a_dry_run_leaves_the_index_empty(ready: Workbench) -> None:
    result = ready.railrel("publish", "issue-core", "--dry-run")

    assert result.code == 0
    assert "would be published" in result.out
    assert not list(ready.root.rglob("*.whl"))


def test_the_tree_is_never_touched_and_nothing_is_left_in_the_cache(ready: Workbench) -> None:
    before = ready.snapshot(ready.root / "issue-core")

    ready.railrel("publish", "issue-core")

    assert ready.snapshot(ready.root / "issue-core") == before
    builds = ready.cache / "railrel" / "builds"
    assert [p.name for p in builds.iterdir() if p.is_dir()] == []


def test_projects_are_published_in_the_order_of_their_need(bench: Workbench) -> None:
    bench.copy_examples()

    result = bench.railrel("publish", "vergabe-teilnahme", "issue-core")

    assert result.code == 0, result.err
    assert [line.split()[0] for line in result.out.splitlines()] == [
        "issue-core",
        "vergabe-teilnahme",
    ]
    assert "note:" not in result.err


def test_a_range_that_nothing_published_fulfils_is_mentioned(bench: Workbench) -> None:
    bench.copy_examples()

    result = bench.railrel("publish", "vergabe-teilnahme")

    assert result.code == 0
    assert "the registry holds no such version yet" in result.err
    assert "railrel publish issue-core" in result.err


def test_a_bare_sibling_without_bounds_is_refused(bench: Workbench) -> None:
    bench.library()
    bench.library("app", "1.0", more='dependencies = ["issue-core"]\n')
    bench.commit("app", "v1.0")

    result = bench.railrel("publish", "app")

    assert result.code == ExitCode.UNFIT
    assert "in any version" in result.err


@pytest.mark.parametrize("version", ["0.2.3.dev1", "0.2.3+local.1"])
def test_a_development_version_needs_leave(bench: Workbench, version: str) -> None:
    bench.library("issue-core", version)
    bench.commit("issue-core", f"v{version}")

    assert bench.railrel("publish", "issue-core").code == ExitCode.UNFIT
    assert bench.railrel("publish", "issue-core", "--allow-dev").code == 0


def test_the_json_lists_files_and_hashes(ready: Workbench) -> None:
    report = ready.railrel("publish", "issue-core", "--json").json

    assert report["schema"] == "railrel.publish/2"
    projects = report["projects"]
    assert isinstance(projects, list)
    assert [file["outcome"] for file in projects[0]["files"]] == ["uploaded", "uploaded"]
    listed = json.loads((ready.root / ".railrel/index/simple/issue-core/index.json").read_text())
    assert {f["filename"]: f["hashes"]["sha256"] for f in listed["files"]} == {
        f["filename"]: f["sha256"] for f in projects[0]["files"]
    }


def test_groups_with_paths_do_not_reach_the_sdist(bench: Workbench) -> None:
    bench.library()
    bench.library(
        "app", "1.0", more='\n[dependency-groups]\ndev = ["issue-core @ ../issue-core", "pytest"]\n'
    )
    bench.commit("app", "v1.0")

    result = bench.railrel("publish", "app")

    assert result.code == 0, result.err
    with zipfile.ZipFile(next(bench.root.rglob("app*.whl"))) as archive:
        assert "Requires-Dist" not in archive.read("app-1.0.dist-info/METADATA").decode()


def test_an_index_that_cannot_be_written_is_an_error_with_a_hint(ready: Workbench) -> None:
    (ready.root / "blocked").write_text("a file where a folder should be")

    result = ready.railrel("publish", "issue-core", "--registry", str(ready.root / "blocked"))

    assert result.code == ExitCode.REFUSED
    assert "cannot write" in result.err


def test_a_dry_run_tells_what_it_built_and_what_it_took(ready: Workbench) -> None:
    for name in ("issue-core", "other"):
        # No other test builds the same.
        ready.library(name, "0.2.3")
        ready.write(f"{name}/{name.replace('-', '_')}/took.py", f"NAME = '{name}'\n")
        ready.commit(name, "v0.2.3")
    argv = ("publish", "issue-core", "other", "--dry-run", "--json")

    def words(*more: str) -> list[tuple[str, list[str]]]:
        report = json.loads(ready.railrel(*argv, *more).out)
        return [(p["outcome"], [f["outcome"] for f in p["files"]]) for p in report["projects"]]

    first = words()
    ready.write("other/other/new.py", "x = 1\n")
    ready.commit("other", "v0.2.3")
    second = words()

    assert first == [("built", ["built"] * 2)] * 2
    assert second == [("taken", ["taken"] * 2), ("built", ["built"] * 2)]
    assert words("--rebuild") == first


def test_a_backend_that_builds_no_archive_ends_in_a_finding(bench: Workbench) -> None:
    quick_library(bench, "issue-core")
    backend = bench.root / "issue-core/backend.py"
    built = '    path.write_bytes(b"no archive")\n    return path.name\n\n\ndef build_sdist'
    text = backend.read_text()
    backend.write_text(text.replace("    return path.name\n\n\ndef build_sdist", built))
    bench.commit("issue-core", "v1.0")

    result = bench.railrel("publish", "issue-core")

    assert result.code == ExitCode.UNFIT
    assert "issue_core-1.0-py3-none-any.whl cannot be read" in result.err
    assert index(bench) == {}
