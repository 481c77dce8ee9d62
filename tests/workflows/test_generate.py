"""`railrel workflow` on whole repositories, through the command."""

import json
from pathlib import Path

import pytest

from railrel.errors import ExitCode
from tests.workbench import Workbench
from tests.workflows.samples import (
    FOLDERS,
    NAME,
    REGISTRY,
    job_of,
    library,
    read,
    ready,
    step_of,
    uv_app,
    written,
)

EXPECTED = Path(__file__).parent / "expected"


def run(bench: Workbench, *argv: str) -> None:
    result = bench.railrel("workflow", NAME, *argv)
    assert result.code == 0, result.err


@pytest.mark.parametrize("shape", ["uv app", "private index"])
def test_the_files_are_these(bench: Workbench, shape: str) -> None:
    having, root = ready(bench, shape)
    # The version of whoever runs the tests is no part of what is expected.
    having = having.having(RAILREL_RAILREL_VERSION="0.9")

    run(having)

    kept = EXPECTED / shape.replace(" ", "-")
    for name, text in written(root).items():
        assert text == (kept / Path(name).name).read_text(), name
    assert len(list(kept.iterdir())) == len(written(root))


@pytest.mark.parametrize(
    ("forge", "shown"), [("gitea", False), ("forgejo", False), ("github", True)]
)
def test_each_forge_has_its_folder_and_github_is_told_what_the_token_may(
    bench: Workbench, forge: str, *, shown: bool
) -> None:
    having, root = ready(bench)

    run(having, "--forge", forge)

    files = written(root)
    assert set(files) == {f"{FOLDERS[forge]}/{kind}.yml" for kind in ("release", "checks")}
    release = read(files[f"{FOLDERS[forge]}/release.yml"])
    assert ("permissions" in release) is shown
    assert not {"concurrency", "environment"} & {*release, *release["jobs"]["release"]}
    assert len(release["jobs"]) == 1


def test_the_forge_is_the_one_whose_folder_is_there(bench: Workbench) -> None:
    having, root = ready(bench)
    (root / FOLDERS["forgejo"]).mkdir(parents=True)

    run(having)

    assert set(written(root)) == {".forgejo/workflows/checks.yml", ".forgejo/workflows/release.yml"}


def test_a_second_run_changes_nothing_and_check_finds_what_somebody_changed(
    bench: Workbench,
) -> None:
    having, root = ready(bench)
    run(having)
    before = bench.snapshot()
    assert having.railrel("workflow", NAME).code == 0
    assert having.railrel("workflow", NAME, "--check").code == 0
    assert bench.snapshot() == before
    path = root / ".gitea/workflows/release.yml"
    path.write_text(path.read_text().replace("runs-on:", "runs-on : "))

    check = having.railrel("workflow", NAME, "--check")

    assert check.code == ExitCode.FOUND
    assert '-    runs-on :  "ubuntu-latest"\n+    runs-on: "ubuntu-latest"\n' in check.out


def test_a_look_writes_nothing(bench: Workbench) -> None:
    having, root = ready(bench)

    check = having.railrel("workflow", NAME, "--check")
    diff = having.railrel("workflow", NAME, "--diff")
    dry = having.railrel("workflow", NAME, "--dry-run")

    assert (check.code, diff.code, dry.code) == (ExitCode.FOUND, 0, 0)
    assert "+name: release" in check.out
    assert diff.out == check.out
    assert dry.out == (
        f"{NAME}: would write .gitea/workflows/release.yml\n"
        f"{NAME}: would write .gitea/workflows/checks.yml\n"
    )
    assert written(root) == {}


def test_own_lines_stay_where_they_are_also_with_the_line_ends_of_windows(bench: Workbench) -> None:
    having, root = ready(bench)
    run(having)
    path = root / ".gitea/workflows/release.yml"
    place = "      # own lines: steps before the tests\n"
    own = "      - name: Données\n        run: echo mine\n"
    path.write_bytes(path.read_text().replace(place, place + own).replace("\n", "\r\n").encode())
    before = path.read_bytes()
    assert having.railrel("workflow", NAME, "--check").code == 0

    run(having.having(RAILREL_RUNNER="other"))

    after = path.read_bytes()
    runner = b'    env:\r\n      # What the settings say outside of this repository.\r\n      RAILREL_REGISTRY: "'
    assert (
        after.replace(b'"other"', b'"ubuntu-latest"', 1).replace(
            b'      RAILREL_RUNNER: "other"\r\n', b""
        )
        == before
    )
    assert runner in after
    assert "Données".encode() in after


def test_a_file_that_railrel_did_not_write_is_left_alone_unless_it_shall_be_replaced(
    bench: Workbench,
) -> None:
    having, root = ready(bench)
    path = bench.write(f"{NAME}/.gitea/workflows/release.yml", "name: ours\non: push\njobs: {}\n")

    refused = having.railrel("workflow", NAME)

    assert refused.code == ExitCode.USAGE
    assert "release.yml is not railrel's, so it is left as it is" in refused.err
    assert set(written(root)) == {".gitea/workflows/release.yml"}
    assert path.read_text().startswith("name: ours")
    run(having, "--replace")
    assert path.read_text().startswith("# Made by railrel workflow for tender-api,")


def test_workflows_that_the_forge_would_no_longer_see_are_named(bench: Workbench) -> None:
    having, root = ready(bench)
    bench.write(f"{NAME}/.github/workflows/old.yml", "name: old\non: push\njobs: {}\n")

    result = having.railrel("workflow", NAME, "--forge", "gitea")

    assert result.code == 0
    assert (
        "note: Gitea reads .gitea/workflows alone, where it is there: not .github/workflows/old.yml"
    ) in result.err
    assert (root / ".gitea/workflows/release.yml").is_file()


def test_an_app_gets_its_image_built_whether_its_dockerfile_is_there_or_not(
    bench: Workbench,
) -> None:
    having, root = ready(bench, "uv app")
    run(having)
    assert ".gitea/workflows/image.yml" in written(root)
    assert "railrel dockerfile tender-api --check" in written(root)[".gitea/workflows/checks.yml"]

    made = having.railrel("dockerfile", NAME)

    assert made.code == 0, made.err
    assert having.railrel("workflow", NAME, "--check").code == 0


def test_a_workflow_that_is_no_longer_wanted_is_found(bench: Workbench) -> None:
    having, root = ready(bench, "uv app")
    run(having)

    result = having.having(RAILREL_WORKFLOW_IMAGE="no").railrel("workflow", NAME, "--check")

    assert result.code == ExitCode.FOUND
    assert "finding: image.yml was written for tender-api, which has no such workflow" in result.err
    assert (root / ".gitea/workflows/image.yml").is_file()


def test_projects_of_one_repository_have_files_and_tags_of_their_own(bench: Workbench) -> None:
    having, root = ready(bench, "monorepo")

    run(having)
    other = having.railrel("workflow", "tender-core")

    assert other.code == 0, other.err
    assert set(written(root)) == {
        f".gitea/workflows/{kind}-{name}.yml"
        for kind in ("release", "checks")
        for name in ("tender-api", "tender-core")
    }
    text = written(root)[".gitea/workflows/release-tender-api.yml"]
    assert read(text)["on"]["push"]["tags"] == [
        "tender-api-v[0-9]*",
        "tender-api-[0-9]*",
        "tender-api/v[0-9]*",
        "tender-api@[0-9]*",
    ]
    assert step_of(text, "Publish")["working-directory"] == "all packages/tender-api"
    assert having.railrel("workflow", NAME, "--check").code == 0


def test_what_settings_beside_the_repository_say_is_in_the_files_and_a_lone_clone_agrees(
    bench: Workbench,
) -> None:
    root = uv_app(bench)
    bench.write(
        "railrel.toml",
        f'registry = "{REGISTRY}"\nrunner = "docker"\ntag = "{{name}}_{{version}}"\n'
        'image-port = "80"\nrelease-branches = ["stable", "next"]\n',
    )
    run(bench)
    job = job_of(written(root)[".gitea/workflows/checks.yml"])
    assert job["runs-on"] == "docker"
    assert job["env"] == {
        "RAILREL_REGISTRY": REGISTRY,
        "RAILREL_TAG": "{name}_{version}",
        "RAILREL_IMAGE_PORT": "80",
        "RAILREL_RELEASE_BRANCHES": "stable next",
        "RAILREL_RUNNER": "docker",
    }

    alone = bench.root.parent / "alone"
    alone.mkdir()
    (alone / "railrel.toml").touch()
    bench.commit(NAME)
    bench.call(["git", "clone", "-q", str(root), str(alone / "other folder")])
    there = Workbench(alone, bench.home, bench.cache, bench.capture, job["env"], bench.opened)

    check = there.railrel("workflow", "--check", folder="other folder")

    assert check.code == 0, check.out + check.err


def test_without_a_registry_a_job_takes_that_of_the_repositorys_owner(bench: Workbench) -> None:
    root = uv_app(bench)

    run(bench)

    text = written(root)[".gitea/workflows/release.yml"]
    derived = "${{ github.server_url }}/api/packages/${{ github.repository_owner }}/pypi"
    assert text.count(f"RAILREL_REGISTRY: {derived}") == 3
    assert "api/packages" in written(root)[".gitea/workflows/image.yml"]
    refused = bench.railrel("workflow", NAME, "--forge", "github")
    assert refused.code == ExitCode.USAGE
    assert "no registry is set, and GitHub has none of its own for Python" in refused.err


def test_a_folder_is_no_registry_for_a_job(bench: Workbench) -> None:
    uv_app(bench)

    result = bench.having(RAILREL_REGISTRY="index").railrel("workflow", NAME)

    assert result.code == ExitCode.USAGE
    assert "a job cannot publish to a folder of this machine" in result.err


def test_a_password_in_the_registrys_address_gets_into_no_file(bench: Workbench) -> None:
    root = uv_app(bench)
    address = REGISTRY.replace("https://", "https://user:marked-secret@")

    result = bench.having(RAILREL_REGISTRY=address).railrel("workflow", NAME)

    assert result.code == 0, result.err
    assert "marked-secret" not in "".join(written(root).values()) + result.out + result.err
    assert f'RAILREL_REGISTRY: "{REGISTRY}"' in written(root)[".gitea/workflows/release.yml"]


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85"], ids=["line", "paragraph", "next"])
def test_an_owner_whose_name_would_end_a_comment_is_refused(bench: Workbench, end: str) -> None:
    library(bench)
    address = f"https://git.example.com/api/packages/acme{end}evil: [/pypi"

    result = bench.having(RAILREL_REGISTRY=address).railrel("workflow", NAME)

    assert result.code == ExitCode.USAGE
    assert "the registry's address holds a character that is no part of one" in result.err
    assert written(bench.root / NAME) == {}


def test_tokens_are_in_the_environment_of_the_steps_that_need_them_and_nowhere_else(
    bench: Workbench,
) -> None:
    having, root = ready(bench, "uv app")
    run(having)

    tokens: dict[str, set[str]] = {}
    for name, text in written(root).items():
        kind = Path(name).stem
        for step in job_of(text)["steps"]:
            assert "${{" not in step.get("run", "")
            used = [v for v in step.get("env", {}).values() if "token" in v or "secrets." in v]
            tokens[f"{kind}: {step['name']}"] = set(used)
    registry, own = "${{ secrets.REGISTRY_TOKEN }}", "${{ github.token }}"
    assert {name: used for name, used in tokens.items() if used} == {
        "release: Check out": {own},
        "release: Make an environment for the tests": {registry},
        "release: Publish": {registry},
        "release: Announce": {own, registry},
        "image: Check out": {own},
        "image: Build and push": {registry},
        "checks: Check out": {own},
        "checks: No dependency is a path": {registry},
    }


def test_the_index_of_railrel_gets_the_token_only_on_the_registrys_own_host(
    bench: Workbench,
) -> None:
    having, root = ready(bench, "private index")
    run(having)
    own = written(root)[".gitea/workflows/release.yml"]

    other = "https://else.example.com/simple"
    run(having.having(RAILREL_RAILREL_INDEX=other))

    text = written(root)[".gitea/workflows/release.yml"]
    assert f'INDEX: "{REGISTRY}/simple"\n          RAILREL_TOKEN: ${{{{ secrets.ACME_PA' in own
    assert f'INDEX: "{other}"\n          RAILREL_TOKEN: ""\n' in text


@pytest.mark.parametrize("name", ["GITEA_TOKEN", "github_x", "FORGEJO_A", "ci", "1X", "A-B", "Ä"])
def test_a_name_that_no_forge_takes_for_a_secret_is_refused(bench: Workbench, name: str) -> None:
    having, root = ready(bench)

    result = having.having(RAILREL_TOKEN_SECRET=name).railrel("workflow", NAME)

    assert result.code == ExitCode.USAGE
    assert "no secret can be called" in result.err
    assert written(root) == {}


def test_outside_of_git_there_is_nowhere_to_put_them(bench: Workbench) -> None:
    bench.library()

    result = bench.having(RAILREL_REGISTRY=REGISTRY).railrel("workflow", "issue-core")

    assert result.code == ExitCode.USAGE
    assert "issue-core is in no git repository, and workflows belong to one" in result.err
    # The folder has a space in its name.
    assert f"cd '{bench.root / 'issue-core'}' && git init" in result.err


def test_the_report_says_what_was_decided(bench: Workbench) -> None:
    having, root = ready(bench, "uv app")

    result = having.railrel("workflow", NAME, "--json")

    report = json.loads(result.out)
    assert report.pop("diff").startswith("--- /dev/null\n+++ b/.gitea/workflows/release.yml")
    assert report == {
        "schema": "railrel.workflow/1",
        "project": NAME,
        "forge": "gitea",
        "image": True,
        "tests": "pytest",
        "secret": "REGISTRY_TOKEN",
        "stored": "",
        "written": True,
        "files": [f"{root}/.gitea/workflows/{k}.yml" for k in ("release", "image", "checks")],
        "findings": [],
    }
