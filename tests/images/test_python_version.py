"""Which Python a generated image gets, by what the project and the settings say."""

import pytest

from railrel.errors import ExitCode
from railrel.workspace.pythons import minors
from tests.workbench import Result, Workbench


def written(
    bench: Workbench, requires: str, file: str | None = None, **settings: str
) -> tuple[Result, str]:
    """What `railrel dockerfile` says of a project, and the Dockerfile."""
    bench.write(
        "app/pyproject.toml",
        f'[project]\nname = "app"\nversion = "1.0"\nrequires-python = "{requires}"\n',
    )
    bench.write(
        "app/uv.lock",
        'version = 1\n[[package]]\nname = "app"\nversion = "1.0"\nsource = { virtual = "." }\n',
    )
    bench.write("app/main.py", "print(1)\n")
    if file is not None:
        bench.write("app/.python-version", file)
    having = bench.having(**{f"RAILREL_IMAGE_{key.upper()}": v for key, v in settings.items()})
    result = having.railrel("dockerfile", "app")
    path = bench.root / "app" / "Dockerfile"
    return result, path.read_text() if path.exists() else ""


@pytest.mark.parametrize(
    ("requires", "python", "tag"),
    [
        (">=3", "3.10", "3.10"),
        ("<4", "3.10", "3.10"),
        (">=2.7", "3.10", "3.10"),
        (">=3.9", "3.10", "3.10"),
        (">=3.12", "3.12", "3.12"),
        ("==3.12.3", "3.12", "3.12.3"),
        (">=3.12,<3.12.5", "3.12", "3.12.4"),
        ("^3.9", "3.10", "3.10"),
    ],
)
def test_it_is_the_lowest_that_is_supported_and_admitted(
    bench: Workbench, requires: str, python: str, tag: str
) -> None:
    result, text = written(bench, requires)

    assert result.code == 0, result.err
    assert "note:" not in result.err
    assert text.count(f"FROM python:{tag}-slim") == 2
    assert f"/lib/python{python}/site-packages" in text


def test_one_that_nobody_mends_any_more_is_taken_only_with_a_note(bench: Workbench) -> None:
    result, text = written(bench, ">=3.8,<3.10")

    assert result.code == 0, result.err
    assert (
        "note: >=3.8,<3.10 admits no Python that is still supported: the image gets 3.9"
        in result.err
    )
    assert "FROM python:3.9-slim" in text


@pytest.mark.parametrize(
    "file",
    ["3.13", "# ours\n3.13\n", "cpython@3.13", "cpython-3.13.1-linux-x86_64-gnu", "3.13.2\n3.12\n"],
)
def test_what_the_file_of_the_project_says_comes_first(bench: Workbench, file: str) -> None:
    result, text = written(bench, ">=3.11", file)

    assert result.code == 0, result.err
    assert "FROM python:3.13-slim" in text


@pytest.mark.parametrize("file", ["", "# nothing\n", "3\n"])
def test_a_file_that_says_nothing_decides_nothing(bench: Workbench, file: str) -> None:
    assert "FROM python:3.11-slim" in written(bench, ">=3.11", file)[1]


@pytest.mark.parametrize(
    ("requires", "file", "line", "said"),
    [
        (
            ">=3.12",
            "3.9\n",
            1,
            ".python-version says Python 3.9, and requires-python is >=3.12",
        ),
        (">=3.9", "# c\npypy3.10\n", 2, ".python-version says 'pypy3.10', of which"),
        (">=3.9", "issue-env\n", 1, ".python-version says 'issue-env', of which"),
    ],
)
def test_a_file_that_cannot_be_followed_stops(
    bench: Workbench, requires: str, file: str, line: int, said: str
) -> None:
    result, text = written(bench, requires, file)

    assert (result.code, text) == (ExitCode.USAGE, "")
    assert said in result.err
    assert f"at: {bench.root}/app/.python-version:{line}:1" in result.err
    assert 'set image-python = "3.12"' in result.err


@pytest.mark.parametrize(
    ("requires", "said"),
    [
        ("==2.7.*", "no Python 3 is in ==2.7.*"),
        ("three", "this is no range of versions: three"),
    ],
)
def test_a_range_without_a_python_is_told_from_one_that_cannot_be_read(
    bench: Workbench, requires: str, said: str
) -> None:
    result, text = written(bench, requires)

    assert (result.code, text) == (ExitCode.USAGE, "")
    assert said in result.err


def test_a_setting_with_a_patch_is_in_the_images_name_and_in_no_folders(bench: Workbench) -> None:
    result, text = written(bench, ">=3.11", python="3.12.4")

    assert result.code == 0, result.err
    assert text.count("FROM python:3.12.4-slim") == 2
    assert "/app/venv/lib/python3.12/site-packages" in text
    assert "python3.12.4" not in text


@pytest.mark.parametrize("wanted", ["latest", "312", "3", "2.7", "3.12-slim", "3.12; rm"])
def test_a_setting_that_is_no_python_is_refused_by_its_name(bench: Workbench, wanted: str) -> None:
    result, text = written(bench, ">=3.11", python=wanted)

    assert (result.code, text) == (ExitCode.USAGE, "")
    assert f"image-python cannot be {wanted!r}" in result.err
    assert "at: RAILREL_IMAGE_PYTHON" in result.err


def test_a_setting_that_the_project_does_not_admit_is_refused(bench: Workbench) -> None:
    result, text = written(bench, ">=3.12", python="3.11")

    assert (result.code, text) == (ExitCode.USAGE, "")
    assert "image-python says Python 3.11, and requires-python is >=3.12" in result.err


@pytest.mark.parametrize(
    ("base", "image", "python"),
    [
        ("python:3.13-slim", "python:3.13-slim", "3.13"),
        ("localhost:5000/python:3.13.1-alpine", "localhost:5000/python:3.13.1-alpine", "3.13"),
        ("ghcr.io/x/uv:python3.13-bookworm", "ghcr.io/x/uv:python3.13-bookworm", "3.13"),
        ("ours/base:7", "ours/base:7", "3.12"),
        ("ours/python:{python}", "ours/python:3.12", "3.12"),
    ],
)
def test_a_base_image_that_names_its_python_decides(
    bench: Workbench, base: str, image: str, python: str
) -> None:
    result, text = written(bench, ">=3.11", "3.12\n", base=base)

    assert result.code == 0, result.err
    assert text.count(f"FROM {image}") == 2
    assert f"/lib/python{python}/site-packages" in text


def test_two_settings_that_name_two_pythons_are_refused(bench: Workbench) -> None:
    result, text = written(bench, ">=3.11", base="python:3.13-slim", python="3.12")

    assert (result.code, text) == (ExitCode.USAGE, "")
    assert "image-base is an image of Python 3.13, and image-python is 3.12" in result.err
    assert 'write image-base = "python:{python}-slim"' in result.err


def test_a_base_image_of_a_python_that_the_project_does_not_admit_is_refused(
    bench: Workbench,
) -> None:
    result, text = written(bench, ">=3.11,<3.13", base="python:3.13-slim")

    assert (result.code, text) == (ExitCode.USAGE, "")
    assert "image-base says Python 3.13, and requires-python is >=3.11,<3.13" in result.err


def test_a_range_of_one_release_holds_its_minor() -> None:
    assert minors("==3.12.3") == (12,)
    assert minors(">=3.10.5,<3.11.2") == (10, 11)
    assert minors("~3.11.2") == (11,)
