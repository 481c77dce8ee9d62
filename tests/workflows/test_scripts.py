"""The scripts in the generated workflows, where the engine that runs them would not tell."""

import os
import subprocess
from pathlib import Path

from railrel.assets import text_of
from tests.workbench import Workbench
from tests.workflows.samples import NAME, ready


def test_without_the_settings_of_installers_no_test_environment_is_made(
    bench: Workbench, tmp_path: Path
) -> None:
    bench.library()
    bench.commit("issue-core")
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "railrel").write_text("#!/bin/sh\nexit 3\n")
    (programs / "railrel").chmod(0o755)
    script = text_of("workflows/tests.sh") + "echo installing\n"
    known = {**bench.environment, "RUNNER_TEMP": str(tmp_path), "FOLDER": "", "NO_SECRET": "none"}

    done = subprocess.run(
        ["sh", "-e", "-c", script],
        cwd=bench.root / "issue-core",
        env={
            **known,
            "PATH": f"{programs}:{known['PATH']}",
            "GITHUB_ENV": str(tmp_path / "variables"),
            "RAILREL_TOKEN": "",
        },
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 3
    assert "installing" not in done.stdout


def test_what_railrel_needs_itself_is_installed_without_the_token(tmp_path: Path) -> None:
    programs, seen = tmp_path / "programs", tmp_path / "seen"
    programs.mkdir()
    (programs / "uv").write_text(f'#!/bin/sh\necho "$*, ${{RAILREL_TOKEN-none}}" >>{seen}\n')
    (programs / "uv").chmod(0o755)

    subprocess.run(
        ["sh", "-e", "-c", text_of("workflows/install.sh")],
        env={
            "PATH": f"{programs}:{os.environ['PATH']}",
            "RUNNER_TEMP": str(tmp_path),
            "GITHUB_PATH": str(tmp_path / "paths"),
            "REQUIREMENT": "railrel==1",
            "INDEX": "https://git.example.com/simple",
            "RAILREL_TOKEN": "marked-token",
        },
        check=False,
        capture_output=True,
    )

    _, own, rest = seen.read_text().splitlines()
    assert "--no-deps railrel==1" in own
    assert rest.endswith(" railrel==1, none")


def test_what_a_look_shows_is_what_would_be_written_to_the_letter(bench: Workbench) -> None:
    having, _ = ready(bench)
    shown = having.railrel("workflow", NAME, "--diff", "--json").json["diff"]
    assert isinstance(shown, str)
    patch = bench.root.parent / "patch"
    patch.write_text(f"{shown}\n")

    bench.git(NAME, "apply", str(patch))

    check = having.railrel("workflow", NAME, "--check")
    assert check.code == 0, check.out
