import stat
import sys

import pytest
import yaml

from railrel.errors import ExitCode
from tests.servers.running import free_port
from tests.workbench import EXAMPLES, IMPORTABLE, REPOSITORY, Workbench

FILE = "vergabe-teilnahme/pyproject.toml"


def test_the_example_is_fixed_by_the_byte_and_a_second_run_changes_nothing(
    bench: Workbench,
) -> None:
    bench.copy_examples()
    before = (EXAMPLES / FILE).read_text()

    first = bench.railrel("fix-deps", "--offline", "vergabe-teilnahme")
    after = (bench.root / FILE).read_text()
    second = bench.railrel("fix-deps", "--offline", "vergabe-teilnahme")

    assert first.code == second.code == 0
    assert first.out == "vergabe-teilnahme: ../issue-core -> issue-core>=0.2,<0.3\n"
    assert after == before.replace(
        '  "issue-core",  # our own', '  "issue-core>=0.2,<0.3",  # our own'
    ).replace('issue-core = { path = "../issue-core", editable = true }  #', "#")
    assert second.out == ""
    assert (bench.root / FILE).read_text() == after


def test_with_a_server_the_index_is_written_and_pinned(bench: Workbench) -> None:
    bench.copy_examples()
    bench.write("railrel.toml", 'registry = "https://git.example.com/api/packages/acme/pypi"\n')

    result = bench.railrel("fix-deps", "--offline", "vergabe-teilnahme")

    after = (bench.root / FILE).read_text()
    assert result.code == 0
    assert 'issue-core = { index = "acme" }  # the checkout beside this one\n' in after
    assert after.endswith(
        '\n[[tool.uv.index]]\nname = "acme"\n'
        'url = "https://git.example.com/api/packages/acme/pypi/simple/"\n'
        'publish-url = "https://git.example.com/api/packages/acme/pypi"\nexplicit = true\n'
    )


def test_check_diff_and_dry_run_write_nothing(bench: Workbench) -> None:
    bench.copy_examples()
    before = bench.snapshot()

    check = bench.railrel("fix-deps", "--offline", "vergabe-teilnahme", "--check")
    diff = bench.railrel("fix-deps", "--offline", "vergabe-teilnahme", "--diff")
    dry = bench.railrel("fix-deps", "--offline", "vergabe-teilnahme", "--dry-run")
    both = bench.railrel("fix-deps", "--offline", "vergabe-teilnahme", "--check", "--diff")

    assert (check.code, diff.code, dry.code, both.code) == (ExitCode.FOUND, 0, 0, ExitCode.FOUND)
    assert '-  "issue-core",  # our own\n+  "issue-core>=0.2,<0.3",  # our own\n' in diff.out
    assert both.out == diff.out
    assert "would change" in dry.out
    assert bench.snapshot() == before


def test_check_is_content_when_there_is_nothing_to_do(bench: Workbench) -> None:
    bench.copy_examples()
    bench.railrel("fix-deps", "--offline", "vergabe-teilnahme")

    assert bench.railrel("fix-deps", "--offline", "--all", "--check").code == 0


def test_one_bad_project_keeps_all_files_as_they_are(bench: Workbench) -> None:
    bench.copy_examples()
    bench.write(
        "bad/pyproject.toml",
        '[project]\nname = "bad"\nversion = "1"\n'
        'dependencies = ["a @ ../nowhere", "issue-core @ ../issue-core", "b @ ../nothing"]\n',
    )
    before = bench.snapshot()

    result = bench.railrel("fix-deps", "--offline", "vergabe-teilnahme", "bad")

    assert result.code == ExitCode.USAGE
    assert result.err.count("error: ") == 2
    assert bench.snapshot() == before


def test_the_mode_survives(bench: Workbench) -> None:
    bench.copy_examples()
    (bench.root / FILE).chmod(0o600)

    bench.railrel("fix-deps", "--offline", "vergabe-teilnahme")

    assert stat.S_IMODE((bench.root / FILE).stat().st_mode) == 0o600


def test_standing_in_a_project_it_need_not_be_named_and_elsewhere_it_must(
    bench: Workbench,
) -> None:
    bench.copy_examples()

    assert bench.railrel("fix-deps", "--offline", "--check", folder="vergabe-teilnahme").code == 1
    nowhere = bench.railrel("fix-deps", "--offline", "--check")
    assert nowhere.code == ExitCode.USAGE
    assert "which project?" in nowhere.err
    assert "issue-core, vergabe-teilnahme" in nowhere.err


def test_the_json_holds_the_plan_and_says_whether_it_was_carried_out(bench: Workbench) -> None:
    bench.copy_examples()

    planned = bench.railrel(
        "fix-deps", "--offline", "vergabe-teilnahme", "--dry-run", "--json"
    ).json
    done = bench.railrel("fix-deps", "--offline", "vergabe-teilnahme", "--json").json

    assert planned["schema"] == "railrel.fix-deps/1"
    assert (planned["written"], done["written"]) == (False, True)
    assert planned["projects"] == done["projects"]
    projects = done["projects"]
    assert isinstance(projects, list)
    assert projects[0]["replacements"][0]["now"] == ">=0.2,<0.3"


def test_a_sibling_whose_version_only_its_tag_knows_gives_a_range(bench: Workbench) -> None:
    bench.copy_examples()
    bench.write(
        "issue-core/pyproject.toml",
        '[project]\nname = "issue-core"\ndynamic = ["version"]\n[tool.hatch.version]\nsource = "vcs"\n',
    )
    bench.commit("issue-core", "v1.4.2")
    bench.git("issue-core", "tag", "-d", "v0.2.3")

    result = bench.railrel("fix-deps", "--offline", "vergabe-teilnahme")

    assert result.out == "vergabe-teilnahme: ../issue-core -> issue-core>=1.4,<2\n"


def test_undo_gives_the_files_back_to_the_byte(bench: Workbench) -> None:
    bench.copy_examples()
    bench.write("vergabe-teilnahme/requirements-dev.txt", "-e ../issue-core  # ours\r\nruff\n")
    before = bench.snapshot()
    bench.railrel("fix-deps", "--offline", "vergabe-teilnahme")
    assert bench.snapshot(bench.root / "vergabe-teilnahme") != before

    shown = bench.railrel("fix-deps", "vergabe-teilnahme", "--undo", "--diff")
    undone = bench.railrel("fix-deps", "vergabe-teilnahme", "--undo")
    again = bench.railrel("fix-deps", "vergabe-teilnahme", "--undo")

    after = bench.snapshot()
    assert "+-e ../issue-core  # ours" in shown.out
    assert undone.code == 0
    assert "requirements-dev.txt as it was before" in undone.out
    assert {name: after[name] for name in before} == before
    assert again.code == ExitCode.USAGE
    assert "nothing that railrel changed in vergabe-teilnahme is recorded" in again.err


def test_undo_of_a_line_that_was_changed_since_says_so_and_changes_nothing(
    bench: Workbench,
) -> None:
    bench.copy_examples()
    bench.railrel("fix-deps", "--offline", "vergabe-teilnahme")
    path = bench.root / FILE
    path.write_text(path.read_text().replace(">=0.2,<0.3", ">=0.2.1,<0.3"))
    before = bench.snapshot()

    result = bench.railrel("fix-deps", "vergabe-teilnahme", "--undo")

    assert result.code == ExitCode.CONFLICT
    assert "was changed since" in result.err
    assert ">=0.2.1,<0.3" in result.err
    assert bench.snapshot() == before


def committed(bench: Workbench, text: str) -> None:
    """An app alone in its workspace, with one commit."""
    bench.write("app/pyproject.toml", text)
    bench.commit("app")


PLAIN = '[project]\nname = "app"\nversion = "1.0"\ndependencies = ["x>=1"]\n'
BY_PATH = PLAIN.replace('"x>=1"', '"x>=1", "issue-core @ ../issue-core"')


def test_a_commit_that_brings_a_path_in_is_refused_though_no_sibling_is_there(
    bench: Workbench,
) -> None:
    committed(bench, PLAIN)
    bench.write("app/pyproject.toml", BY_PATH)

    before = bench.railrel("fix-deps", "--check", "--staged", folder="app")
    bench.git("app", "add", "-A")
    staged = bench.railrel("fix-deps", "--check", "--staged", folder="app")
    # What is on the disk by now does not matter.
    bench.write("app/pyproject.toml", PLAIN)
    still = bench.railrel("fix-deps", "--check", "--staged", folder="app")

    assert before.code == 0
    assert staged.code == still.code == ExitCode.FOUND
    assert "pyproject.toml:4:25" in staged.err
    assert "railrel fix-deps app, then git add pyproject.toml" in staged.err


def test_only_what_the_commit_changes_is_looked_at(bench: Workbench) -> None:
    committed(bench, BY_PATH)
    bench.write("app/README.md", "new\n")
    bench.write("app/requirements.txt", "x\n")
    bench.git("app", "add", "-A")

    assert bench.railrel("fix-deps", "--check", "--staged", folder="app").code == 0


def test_a_staged_lock_with_a_path_is_refused(bench: Workbench) -> None:
    committed(bench, PLAIN)
    bench.write("app/uv.lock", 'source = { editable = "../issue-core" }\n')
    bench.git("app", "add", "-A")

    result = bench.railrel("fix-deps", "--check", "--staged", folder="app")

    assert result.code == ExitCode.FOUND
    assert "uv.lock takes ../issue-core" in result.err


DYNAMIC = """\
[project]
name = "app"
version = "1.0"
dynamic = ["dependencies"]
[tool.setuptools.dynamic]
dependencies = { file = ["deps.list"] }
"""
COMPILED = "# This file was autogenerated by uv via the following command:\n#    uv export\n"


@pytest.mark.parametrize(
    ("before", "brought_in", "place"),
    [
        (
            {"pyproject.toml": DYNAMIC},
            {"deps.list": "x\nissue-core @ ../issue-core\n"},
            "deps.list:2:1",
        ),
        (
            {"pyproject.toml": PLAIN, "requirements.txt": "-r deps/x.list\n"},
            {"deps/x.list": "-r y.list\n", "deps/y.list": "-e ../issue-core\n"},
            "deps/y.list:1:1",
        ),
        (
            {"pyproject.toml": PLAIN},
            {"requirements-lock.txt": COMPILED + "-e ../issue-core\n"},
            "requirements-lock.txt:3:1",
        ),
        (
            {"pyproject.toml": PLAIN},
            {"pylock.dev.toml": '[[packages]]\ndirectory = { path = "../issue-core" }\n'},
            "pylock.dev.toml:2:23",
        ),
    ],
    ids=["named by dynamic", "included", "compiled", "a lock of another name"],
)
def test_a_path_in_a_file_of_any_name_is_refused_in_a_commit(
    bench: Workbench, before: dict[str, str], brought_in: dict[str, str], place: str
) -> None:
    for name, text in before.items():
        bench.write(f"app/{name}", text)
    bench.commit("app")
    for name, text in brought_in.items():
        bench.write(f"app/{name}", text)
    bench.git("app", "add", "-A")
    # What the commit holds counts, not what is on the disk by now.
    bench.write("app/pyproject.toml", PLAIN)
    for name in brought_in:
        (bench.root / "app" / name).unlink()

    result = bench.railrel("fix-deps", "--check", "--staged", folder="app")

    assert result.code == ExitCode.FOUND
    assert place in result.err


def test_the_hook_is_run_for_files_of_any_name() -> None:
    (hook,) = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())

    assert "files" not in hook


def test_the_hook_that_is_shipped_stops_a_real_commit(bench: Workbench) -> None:
    (hook,) = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())
    committed(bench, PLAIN)
    script = bench.root / "app" / ".git" / "hooks" / "pre-commit"
    command = hook["entry"].replace("railrel", f"'{sys.executable}' -m railrel", 1)
    path = IMPORTABLE.get("PYTHONPATH", "")
    script.write_text(f"#!/bin/sh\nPYTHONPATH='{path}' exec {command}\n")
    script.chmod(0o755)
    bench.write("app/pyproject.toml", BY_PATH)

    # `-a` makes git work on an index of its own, which the hook is told of.
    with pytest.raises(AssertionError, match="taken from"):
        bench.git("app", "commit", "-q", "-a", "-m", "A path")
    bench.write("app/pyproject.toml", PLAIN + "# fine\n")
    bench.git("app", "commit", "-q", "-a", "-m", "No path")


def test_a_range_that_nothing_published_is_in_is_said_and_stops_what_follows(
    bench: Workbench,
) -> None:
    bench.copy_examples()

    early = bench.railrel("fix-deps", "vergabe-teilnahme")
    bench.railrel("fix-deps", "vergabe-teilnahme", "--undo")
    bench.railrel("publish", "issue-core")
    in_time = bench.railrel("fix-deps", "vergabe-teilnahme")

    assert early.code == ExitCode.FOUND
    assert "no published version of issue-core is in >=0.2,<0.3" in early.err
    assert "railrel publish issue-core" in early.err
    assert in_time.code == 0, in_time.err


def test_a_registry_that_does_not_answer_is_said_and_the_work_is_done(bench: Workbench) -> None:
    bench.copy_examples()
    bench.write("railrel.toml", f'registry = "http://127.0.0.1:{free_port()}/upload/"\n')

    result = bench.railrel("fix-deps", "vergabe-teilnahme")

    assert result.code == 0
    assert "unknown: " in result.err
    assert '"issue-core>=0.2,<0.3"' in (bench.root / FILE).read_text()


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ('range = "patch"', ">=0.2.3,<0.3"),
        ('range = "exact"', "==0.2.3"),
        ('range = "compatible"', "~=0.2.3"),
        ('range-cap = "none"', ">=0.2"),
        ('range-floor = "patch"', ">=0.2.3,<0.3"),
    ],
)
def test_a_project_says_how_wide_its_ranges_are(
    bench: Workbench, setting: str, expected: str
) -> None:
    bench.library()
    bench.write("app/pyproject.toml", f"{BY_PATH}[tool.railrel]\n{setting}\n")

    result = bench.railrel("fix-deps", "--offline", "app")

    assert result.out == f"app: ../issue-core -> issue-core{expected}\n"
    assert f'"issue-core{expected}"' in (bench.root / "app" / "pyproject.toml").read_text()


def test_a_setting_that_is_none_of_its_choices_is_answered_with_the_nearest(
    bench: Workbench,
) -> None:
    bench.library()
    bench.write("app/pyproject.toml", f'{BY_PATH}[tool.railrel]\nrange = "pach"\n')

    result = bench.railrel("fix-deps", "--offline", "app")

    assert result.code == ExitCode.USAGE
    assert 'did you mean "patch"?' in result.err
    assert "app/pyproject.toml:6:1" in result.err


def test_for_publish_leaves_what_only_an_image_needs(bench: Workbench) -> None:
    bench.library()
    group = '[dependency-groups]\ndev = ["issue-core @ ../issue-core"]\n'
    bench.write("app/pyproject.toml", BY_PATH + group)

    published = bench.railrel("fix-deps", "--offline", "app", "--for", "publish")
    text = (bench.root / "app" / "pyproject.toml").read_text()
    check = bench.railrel("fix-deps", "--offline", "app", "--for", "publish", "--check")
    image = bench.railrel("fix-deps", "--offline", "app", "--for", "image", "--json").json

    assert published.code == check.code == 0
    assert '"issue-core>=0.2,<0.3"]' in text
    assert group in text
    projects = image["projects"]
    assert isinstance(projects, list)
    assert [r["breaks"] for r in projects[0]["replacements"]] == ["image"]


def test_what_hides_the_range_is_left_to_a_person_and_stops_what_follows(bench: Workbench) -> None:
    bench.library()
    bench.write(
        "app/pyproject.toml",
        BY_PATH + '[tool.uv]\noverride-dependencies = ["issue-core @ ../issue-core"]\n',
    )

    result = bench.railrel("fix-deps", "--offline", "app")
    publish = bench.railrel("fix-deps", "--offline", "app", "--for", "publish")

    assert result.code == ExitCode.FOUND
    assert "override-dependencies takes ../issue-core" in result.err
    assert "pyproject.toml:6:26" in result.err
    assert publish.code == 0


def test_staged_is_for_check_alone(bench: Workbench) -> None:
    bench.library()

    assert bench.railrel("fix-deps", "--staged").code == ExitCode.USAGE


def test_poetrys_caret_beside_the_path_is_asked_of_the_registry_too(bench: Workbench) -> None:
    bench.library()
    text = (
        PLAIN
        + '[tool.poetry.dependencies]\nissue-core = { path = "../issue-core", version = "^0.2" }\n'
    )
    bench.write("app/pyproject.toml", text)

    early = bench.railrel("fix-deps", "app", "--dry-run")
    bench.commit("issue-core", "v0.2.3")
    bench.railrel("publish", "issue-core")
    result = bench.railrel("fix-deps", "app")

    assert early.code == ExitCode.FOUND
    assert "no published version of issue-core is in ^0.2" in early.err
    assert result.code == 0, result.err
    assert (
        'issue-core = { version = "^0.2" }' in (bench.root / "app" / "pyproject.toml").read_text()
    )


def test_it_is_said_which_registry_is_a_folder(bench: Workbench) -> None:
    bench.copy_examples()

    named = bench.railrel("fix-deps", "-n", "--registry", "/some/folder", "vergabe-teilnahme")
    none = bench.railrel("fix-deps", "-n", "vergabe-teilnahme")

    assert "registry: the folder /some/folder, so no index is written" in named.err
    assert "registry: none configured, so no index is written" in none.err
