"""Several projects in one publish: which, in which order, and what a failure of one means."""

import json
import re
import shlex
from pathlib import Path

import pytest

from railrel.errors import ExitCode
from tests.small import small
from tests.workbench import Result, Workbench


@pytest.fixture
def chain(bench: Workbench) -> Workbench:
    """lib-a <- lib-b <- app, and lone apart."""
    small(bench, "lib-a")
    small(bench, "lib-b", "lib-a")
    small(bench, "app", "lib-b")
    small(bench, "lone")
    return bench


def published(bench: Workbench) -> set[str]:
    """The files of the index."""
    return {path.name for path in bench.root.rglob("*.whl")}


def outcomes(result: Result) -> dict[str, str]:
    return {p["name"]: p["outcome"] for p in json.loads(result.out)["projects"]}


def wheel(name: str, version: str = "1.0") -> str:
    return f"{name.replace('-', '_')}-{version}-py3-none-any.whl"


# --- which


def test_with_deps_publishes_what_is_needed_first_and_no_more(chain: Workbench) -> None:
    result = chain.railrel("publish", "app", "--with-deps")

    assert result.code == 0, result.err
    place = chain.root / ".railrel/index"
    assert result.out == "".join(
        f"{name} 1.0: published to {place}\n" for name in ("lib-a", "lib-b", "app")
    )
    assert "holds no such version" not in result.err
    assert "3 published" in result.err
    assert published(chain) == {wheel("lib-a"), wheel("lib-b"), wheel("app")}


def test_without_it_only_what_is_named_is_published(chain: Workbench) -> None:
    assert chain.railrel("publish", "app").code == 0

    assert published(chain) == {wheel("app")}


def test_what_a_group_for_development_names_is_not_needed(chain: Workbench) -> None:
    small(chain, "lone", more='[dependency-groups]\ndev = ["app @ ../app"]\n')

    result = chain.railrel("publish", "lone", "--with-deps")

    assert result.code == 0, result.err
    assert published(chain) == {wheel("lone")}


def test_a_need_by_name_is_a_need_as_well_also_in_poetrys_table(chain: Workbench) -> None:
    small(chain, "by-name", "lone>=1.0,<2")
    text = '[tool.poetry.dependencies]\nby-name = ">=1.0,<2"\n'
    small(chain, "with-poetry", more=text)

    result = chain.railrel("publish", "with-poetry", "--with-deps", "--dry-run", "--json")

    assert list(outcomes(result)) == ["lone", "by-name", "with-poetry"]


def test_all_takes_all_that_can_be_published_and_says_what_cannot(chain: Workbench) -> None:
    small(chain, "private", more='classifiers = ["Private :: Do Not Upload"]\n')
    chain.write("tools/pyproject.toml", '[project]\nname = "tools"\nversion = "1"\n')
    chain.commit("tools", "v1")

    result = chain.railrel("publish", "--all")

    assert result.code == 0, result.err
    assert published(chain) == {wheel(n) for n in ("lib-a", "lib-b", "app", "lone")}
    assert "passed over private: it is classified as Private :: Do Not Upload" in result.err
    assert "passed over tools: it has no [build-system]" in result.err


def test_a_dependency_that_keeps_itself_to_itself_is_told_before_anything_is_sent(
    chain: Workbench,
) -> None:
    chain.write("tools/pyproject.toml", '[project]\nname = "tools"\nversion = "1"\n')
    chain.commit("tools", "v1")
    small(chain, "other", "tools", "lone")

    result = chain.railrel("publish", "other", "--with-deps")

    assert result.code == ExitCode.REFUSED
    assert "other needs tools, which is not to be published: it has no [build-system]" in result.err
    assert published(chain) == set()


# --- changed


def test_changed_since_takes_what_git_says_has_changed(chain: Workbench) -> None:
    for name in ("lib-a", "lib-b", "app", "lone"):
        chain.git(name, "tag", "before")
    small(chain, "lib-a", version="1.1")
    chain.write("lone/lone/new.py", "x = 1\n")

    result = chain.railrel(
        "publish", "--changed-since", "before", "--allow-dirty", "--dry-run", "--json"
    )

    assert result.code == 0, result.err
    assert outcomes(result) == {"lib-a": "built", "lone": "built"}
    skipped = json.loads(result.out)["skipped"]
    assert skipped == [
        {"name": name, "reason": "unchanged since before"} for name in ("app", "lib-b")
    ]


def test_nothing_changed_is_nothing_to_do(chain: Workbench) -> None:
    result = chain.railrel("publish", "--changed-since", "v1.0")

    assert (result.code, result.out) == (0, "nothing to publish\n")
    assert published(chain) == set()


def test_of_those_that_are_named_only_the_changed_and_what_they_need(chain: Workbench) -> None:
    small(chain, "app", "lib-b", version="1.1")
    small(chain, "lib-a", version="1.1")

    result = chain.railrel(
        "publish", "app", "lone", "--changed-since", "v1.0", "--with-deps", "--dry-run", "--json"
    )

    assert list(outcomes(result)) == ["lib-a", "lib-b", "app"]


def test_a_monorepo_is_looked_at_project_by_project(bench: Workbench) -> None:
    bench.write("mono/railrel.toml", "")
    for name in ("one", "two"):
        small(bench, f"mono/{name}")
        (bench.root / f"mono/{name}/.git").rename(bench.root / f"{name}.git")
    bench.commit("mono", "before")
    bench.write("mono/two/two/more.py", "x = 1\n")
    bench.commit("mono", "two-v1.0")

    result = bench.railrel("publish", "--changed-since", "before", folder="mono")

    assert result.code == 0, result.err
    assert published(bench) == {wheel("two")}


def test_a_ref_that_some_repositories_do_not_have_is_told_of_each(chain: Workbench) -> None:
    chain.git("lone", "tag", "only-here")

    result = chain.railrel("publish", "--changed-since", "only-here")

    assert result.code == ExitCode.USAGE
    assert result.err.count("only-here is no commit of the repository") == 3
    assert "lone" not in result.err


def test_where_there_is_no_repository_nothing_says_what_changed(chain: Workbench) -> None:
    chain.library("loose")

    result = chain.railrel("publish", "loose", "--changed-since", "v1.0")

    assert result.code == ExitCode.USAGE
    assert "loose has no commit, so nothing says what changed" in result.err


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--all", "app"], "--all and app say two things"),
        (["--all", "--tag", "v1.0"], "--tag names one version and --all asks for many"),
        (["--changed-since", "x", "--tag", "v1"], "--tag names one version and --changed-since"),
        (["--changed-since", ""], "names no commit"),
        (["--changed-since", "--output=x"], "names no commit"),
        (["--changed-since", "^HEAD"], "names no commit"),
        (["--jobs", "0"], "jobs"),
    ],
)
def test_options_that_say_two_things_are_a_wrong_command_line(
    chain: Workbench, argv: list[str], said: str
) -> None:
    result = chain.railrel("publish", *argv)

    assert result.code == ExitCode.USAGE
    assert said in result.err
    assert " hint: " in result.err


# --- what must be right before anything is sent


def test_all_that_speaks_against_it_is_said_before_anything_is_sent(chain: Workbench) -> None:
    chain.write("lib-a/new.txt", "x")
    chain.commit("lib-b")

    result = chain.railrel("publish", "app", "--with-deps")

    assert result.code == ExitCode.REFUSED
    assert "lib-a has changes that no commit holds: new.txt" in result.err
    assert "lib-b 1.0: HEAD is not at the tag of this version" in result.err
    assert published(chain) == set()


def test_circles_are_refused_where_they_are_met_and_only_there(chain: Workbench) -> None:
    small(chain, "tic", "tac")
    small(chain, "tac", "tic")

    met = chain.railrel("publish", "tic", "--with-deps")
    unmet = chain.railrel("publish", "app", "--with-deps")

    assert met.code == ExitCode.USAGE
    assert "these projects need each other: tac -> tic -> tac" in met.err
    assert unmet.code == 0, unmet.err


# --- what is published and has moved on


def test_a_dependency_that_moved_on_stays_as_it_is_published(chain: Workbench) -> None:
    assert chain.railrel("publish", "lib-a").code == 0
    held = chain.snapshot(chain.root / ".railrel/index")
    chain.write("lib-a/lib_a/new.py", "x = 1\n")
    chain.commit("lib-a")

    result = chain.railrel("publish", "app", "--with-deps")

    assert result.code == 0, result.err
    assert (
        "note: lib-a 1.0 is published and stays as it is: lib-a 1.0: HEAD is not at" in result.err
    )
    assert "railrel release lib-a patch" in result.err
    assert "lib-a 1.0: kept as published\n" in result.out
    assert (
        held.items()
        <= {
            **chain.snapshot(chain.root / ".railrel/index"),
            "simple/index.html": held["simple/index.html"],
        }.items()
    )
    assert published(chain) == {wheel("lib-a"), wheel("lib-b"), wheel("app")}


def test_other_bytes_of_a_dependency_under_its_version_are_no_failure_but_of_its_own(
    chain: Workbench,
) -> None:
    assert chain.railrel("publish", "lib-a").code == 0
    chain.write("lib-a/lib_a/new.py", "x = 1\n")
    chain.commit("lib-a", "v1.0")

    needed = chain.railrel("publish", "app", "--with-deps", "--json")
    named = chain.railrel("publish", "lib-a", "app")
    swept = chain.railrel("publish", "--all")

    assert outcomes(needed) == {"lib-a": "kept", "lib-b": "published", "app": "published"}
    assert named.code == swept.code == ExitCode.CONFLICT


def test_a_newer_checkout_that_is_not_ready_is_kept_only_if_what_is_published_serves(
    chain: Workbench,
) -> None:
    small(chain, "user", "lib-a>=1.0,<3")
    assert chain.railrel("publish", "lib-a").code == 0
    small(chain, "lib-a", version="2.0")
    chain.git("lib-a", "tag", "-d", "v2.0")

    by_range = chain.railrel("publish", "user", "--with-deps")
    by_path = chain.railrel("publish", "lib-b", "--with-deps")

    assert by_range.code == 0, by_range.err
    assert "lib-a 1.0: kept as published" in by_range.out
    # By its path it is needed as it is now: from 2.0.
    assert by_path.code == ExitCode.REFUSED
    assert "lib-a 2.0: HEAD is not at the tag" in by_path.err


# --- what is refused


def test_the_hint_of_a_refusal_is_the_command_that_was_typed_with_leave(chain: Workbench) -> None:
    chain.write("lib-a/lib_a/new.py", "x = 1\n")

    refused = chain.railrel("publish", "app", "--with-deps", "--jobs", "9")

    assert refused.code == ExitCode.REFUSED
    (command,) = re.findall(r"hint: commit them, or: (.*)", refused.err)
    assert command == "railrel publish app --with-deps --jobs 9 --allow-dirty"
    assert chain.railrel(*shlex.split(command)[1:]).code == 0
    assert published(chain) == {wheel(n) for n in ("lib-a", "lib-b", "app")}


def test_each_further_refusal_keeps_the_leave_that_was_given(chain: Workbench) -> None:
    chain.write("lib-a/lib_a/new.py", "x = 1\n")
    chain.git("lib-b", "tag", "-d", "v1.0")

    refused = chain.railrel("publish", "--all", "--allow-dirty")

    assert refused.code == ExitCode.REFUSED
    assert ", or: railrel publish --all --allow-dirty --no-tag\n" in refused.err


def test_the_hint_of_a_tag_that_is_a_neighbour_s_keeps_the_other_options(chain: Workbench) -> None:
    chain.git("app", "tag", "lib-b-v1.0")

    refused = chain.railrel("publish", "app", "--with-deps", "--tag", "lib-b-v1.0")

    assert refused.code == ExitCode.REFUSED
    assert "hint: railrel publish lib-b --tag lib-b-v1.0 --with-deps\n" in refused.err


# --- failures


def break_it(bench: Workbench, name: str) -> None:
    bench.write(f"{name}/broken", "")
    bench.commit(name, "v1.0")


def test_a_failure_stops_what_needs_it_and_nothing_else_and_the_next_run_goes_on(
    chain: Workbench,
) -> None:
    break_it(chain, "lib-b")

    result = chain.railrel("publish", "--all")

    assert result.code == ExitCode.UNFIT
    assert published(chain) == {wheel("lib-a"), wheel("lone")}
    lines = result.out.splitlines()
    assert lines[-2:] == ["lib-b 1.0: failed", "app 1.0: not tried, it needs lib-b"]
    assert "this project is broken" in result.err
    assert "2 published, 1 failed, 1 not tried" in result.err
    assert "to go on: railrel publish lib-b app\n" in result.err
    (chain.root / "lib-b/broken").unlink()
    chain.commit("lib-b", "v1.0")

    again = chain.railrel("publish", "lib-b", "app")

    assert again.code == 0, again.err
    assert published(chain) == {wheel(n) for n in ("lib-a", "lib-b", "app", "lone")}


def test_the_command_that_goes_on_has_the_options_of_the_first(chain: Workbench) -> None:
    break_it(chain, "lib-b")
    chain.git("lib-b", "tag", "-d", "v1.0")
    place = str(chain.root.parent / "my index")

    result = chain.railrel(
        *("publish", "--all", "--no-tag", "--jobs", "9", "--registry", place, "--json")
    )

    told = json.loads(result.out)["next"]
    assert told == f"railrel publish lib-b app --jobs 9 --no-tag --json --registry '{place}'"


def test_of_several_kinds_of_failure_the_gravest_counts(chain: Workbench) -> None:
    assert chain.railrel("publish", "lone").code == 0
    chain.write("lone/lone/new.py", "x = 1\n")
    chain.commit("lone", "v1.0")
    break_it(chain, "lib-a")

    result = chain.railrel("publish", "lone", "lib-a", "--json")

    assert result.code == ExitCode.CONFLICT
    report = json.loads(result.out)
    assert report["code"] == ExitCode.CONFLICT
    assert {e["project"]: e["code"] for e in report["errors"]} == {"lib-a": 6, "lone": 5}


# --- at once


def test_two_that_need_nothing_of_each_other_are_built_at_once(
    chain: Workbench, tmp_path: Path
) -> None:
    meeting = tmp_path / "meeting"
    meeting.mkdir()
    (tmp_path / "meeting.size").write_text("2", encoding="utf-8")
    together = chain.having(MEETING=str(meeting))

    result = together.railrel("publish", "lib-a", "lone", "--jobs", "2", "--rebuild")

    assert result.code == 0, result.err
    assert {path.name for path in meeting.iterdir()} == {"lib-a", "lone"}


def test_twenty_projects_end_in_twenty_published(bench: Workbench) -> None:
    for number in range(20):
        small(bench, f"lib-{number:02}", *([f"lib-{number - 5:02}"] if number >= 5 else []))

    result = bench.railrel("publish", "--all", "--jobs", "8", "--json")

    assert result.code == 0, result.err
    assert set(outcomes(result).values()) == {"published"}
    assert published(bench) == {wheel(f"lib-{number:02}") for number in range(20)}
    waited = {p["name"]: p["waited_for"] for p in json.loads(result.out)["projects"]}
    assert waited["lib-12"] == ["lib-02", "lib-07"]


def test_what_each_says_stays_together_and_folds_do_not_mix(chain: Workbench) -> None:
    in_a_job = chain.having(GITHUB_ACTIONS="true", GITEA_ACTIONS="true")

    result = in_a_job.railrel("publish", "--all", "--jobs", "4", "--rebuild")

    assert result.code == 0, result.err
    folds = [line for line in result.err.splitlines() if line.startswith("::")]
    assert len(folds) == 8
    assert folds[1::2] == ["::endgroup::"] * 4
    for fold in folds[::2]:
        name = fold.removeprefix("::group::")
        block = result.err.partition(fold)[2].partition("::endgroup::")[0]
        assert block.count(": building") == 1
        assert f"\n{name}: building" in block


# --- proof


def test_each_is_proved_before_what_needs_it_begins(chain: Workbench) -> None:
    report = chain.railrel("publish", "lib-b", "--with-deps", "--verify=import", "--json").json

    assert report["code"] == 0
    projects = json.loads(json.dumps(report["projects"]))
    assert [p["installs"][0]["imported"] for p in projects] == [["lib_a"], ["lib_b"]]
    assert "lib-a==1.0" in projects[1]["installs"][0]["packages"]
    assert all(p["seconds"]["total"] >= p["seconds"]["verify"] > 0 for p in projects)


def test_a_version_that_is_out_and_cannot_be_installed_is_a_failure_that_says_both(
    chain: Workbench,
) -> None:
    small(chain, "needy", "lib-a>=1.0,<2")
    small(chain, "user", "needy")

    result = chain.railrel("publish", "needy", "user", "--verify=install", "--json")

    assert result.code == ExitCode.UNFIT
    assert outcomes(result) == {"needy": "failed", "user": "not tried"}
    report = json.loads(result.out)
    assert [file["outcome"] for file in report["projects"][0]["files"]] == ["uploaded"] * 2
    assert report["errors"][0]["rule"] == "not-installable"
    assert report["errors"][0]["hint"] == "railrel publish lib-a"
    assert "--verify install" in report["next"]
