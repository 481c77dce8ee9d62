from pathlib import Path

import pytest

from railrel.errors import ExitCode
from tests.workbench import Workbench

LAYERS = ["flag", "variable", "project", "workspace", "user"]


def shown(bench: Workbench, *argv: str) -> str:
    result = bench.railrel("config", *argv, folder="issue-core")
    assert result.code == 0, result.err
    return next(line for line in result.out.splitlines() if line.startswith("registry"))


def prepare(bench: Workbench, layers: list[str]) -> tuple[Workbench, list[str]]:
    more = '\n[tool.railrel]\nregistry = "https://project/x"\n' if "project" in layers else ""
    bench.library()
    bench.write(
        "issue-core/pyproject.toml", f'[project]\nname = "issue-core"\nversion = "1"\n{more}'
    )
    if "workspace" in layers:
        bench.write("railrel.toml", 'registry = "https://workspace/x"\n')
    if "user" in layers:
        config = bench.home / ".config" / "railrel"
        config.mkdir(parents=True)
        (config / "config.toml").write_text('registry = "https://user/x"\n')
    argv = ["--registry", "https://flag/x"] if "flag" in layers else []
    return (
        bench.having(RAILREL_REGISTRY="https://variable/x") if "variable" in layers else bench
    ), argv


@pytest.mark.parametrize("count", range(len(LAYERS)))
def test_the_nearest_layer_that_says_anything_counts(bench: Workbench, count: int) -> None:
    having, argv = prepare(bench, LAYERS[count:])

    line = shown(having, *argv)

    assert f"https://{LAYERS[count]}/x" in line
    origins = [
        "--registry",
        "RAILREL_REGISTRY",
        "pyproject.toml:6:1",
        "railrel.toml:1:1",
        "config.toml:1:1",
    ]
    assert origins[count] in line


def test_without_any_the_default_is_named_as_such(bench: Workbench) -> None:
    bench.library()

    assert shown(bench) == "registry = (not set)  [default]"


def test_unknown_keys_and_wrong_types_are_said_at_once_with_the_nearest_known(
    bench: Workbench,
) -> None:
    bench.library()
    bench.write("railrel.toml", 'regsitry = "x"\nmembers = "packages/*"\ntag = 3\nnothing = 1\n')

    result = bench.railrel("config")

    assert result.code == ExitCode.USAGE
    assert result.err.count("error: ") == 4
    assert "did you mean registry?" in result.err
    assert f"at: {bench.root}/railrel.toml:3:1" in result.err


def test_a_folder_is_relative_to_the_file_that_names_it(bench: Workbench) -> None:
    bench.library()
    bench.commit("issue-core", "v0.2.3")
    bench.write("railrel.toml", 'registry = "our index"\n')

    result = bench.railrel("publish", folder="issue-core/issue_core")

    assert result.code == 0, result.err
    assert list((bench.root / "our index" / "simple" / "issue-core").glob("*.whl"))


def test_a_password_in_a_registrys_address_is_not_shown(bench: Workbench) -> None:
    bench.library()
    address = "https://u:marked-secret@git.example.com/api/packages/acme/pypi"

    for argv in (("config",), ("config", "--json"), ("env",), ("status", "--offline")):
        result = bench.having(RAILREL_REGISTRY=address).railrel(*argv)
        assert result.code == 0, result.err
        assert "marked-secret" not in result.out + result.err


def test_env_prints_what_a_shell_can_take_and_repeating_it_changes_nothing(
    bench: Workbench,
) -> None:
    bench.library()
    place = (bench.root / ".railrel" / "index" / "simple").as_uri()

    once = bench.having(UV_INDEX="x=https://x/simple").railrel("env", "--json").json
    variables = once["variables"]
    assert isinstance(variables, dict)
    again = bench.having(**variables).railrel("env", "--json").json

    assert variables["UV_INDEX"] == f"railrel-local={place} x=https://x/simple"
    assert again["variables"] == variables
    script = bench.root / "script.sh"
    script.write_text(bench.railrel("env").out + 'printf %s "$PIP_EXTRA_INDEX_URL"\n')
    assert bench.call(["sh", str(script)]).split() == [place]
    assert Path(place.removeprefix("file://").replace("%20", " ")).parent.name == "index"
