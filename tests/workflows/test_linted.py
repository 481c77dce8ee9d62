"""What careful readers say of every workflow of every shape and forge, and of the actions."""

import subprocess
from pathlib import Path

import pytest

from tests.workbench import REPOSITORY, Workbench, scripts
from tests.workflows.samples import FORGES, NAME, SHAPES, ready, written

PIPELINES = REPOSITORY / "pipelines"


def said(argv: list[str], folder: Path) -> str:
    """What a reader says, with its exit code; nothing when it finds nothing."""
    environment = {"PATH": f"{scripts()}:/usr/bin:/bin", "HOME": str(folder)}
    done = subprocess.run(
        argv,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    return "" if done.returncode == 0 else f"{done.stdout}exit code {done.returncode}"


@pytest.mark.parametrize("forge", FORGES)
@pytest.mark.parametrize("shape", SHAPES)
def test_nobody_finds_fault_with_a_generated_workflow(
    bench: Workbench, shape: str, forge: str
) -> None:
    having, root = ready(bench, shape)
    result = having.railrel("workflow", NAME, "--forge", forge)
    assert result.code == 0, result.err
    config = bench.write("actionlint.yaml", 'self-hosted-runner:\n  labels: ["linux host"]\n')
    files = list(written(root))
    assert len(files) in (2, 3)

    assert said(["actionlint", "-config-file", str(config), *files], root) == ""
    schema = ["check-jsonschema", "--builtin-schema", "github-workflows"]
    assert said([*schema, *files], root) == ""


def test_a_fault_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "bad.yml").write_text(
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: cd $x\n"
        "      - uses: actions/checkout@v4\n        shell: sh\n"
    )

    found = said(["actionlint", "bad.yml"], tmp_path)

    assert "SC2086" in found
    assert said(["check-jsonschema", "--builtin-schema", "github-workflows", "bad.yml"], tmp_path)


@pytest.mark.skipif(not PIPELINES.is_dir(), reason="only the wheel is here, no checkout")
def test_nobody_finds_fault_with_the_scripts_and_the_actions() -> None:
    files = sorted(str(path) for path in PIPELINES.glob("actions/*/action.yml"))
    sources = sorted(str(path) for path in PIPELINES.rglob("*.sh"))
    assert files
    assert sources

    schema = ["check-jsonschema", "--builtin-schema", "github-actions"]
    assert said([*schema, *files], PIPELINES) == ""
    # SC2164, SC1091: every shell of a step ends at its first failure, and reads files at run time.
    assert said(["shellcheck", "--shell=sh", "--exclude=SC2164,SC1091", *sources], PIPELINES) == ""
