from pathlib import Path

import pytest

from railrel.distributions.public_index import for_uv, pip_files


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, {}),
        (
            {"PIP_INDEX_URL": "https://mirror/simple"},
            {"UV_DEFAULT_INDEX": "https://mirror/simple"},
        ),
        ({"PIP_INDEX_URL": "https://mirror/simple", "UV_DEFAULT_INDEX": "https://uv"}, {}),
        ({"PIP_INDEX_URL": "https://mirror/simple", "UV_INDEX_URL": "https://uv"}, {}),
        ({"PIP_FIND_LINKS": "/a /b"}, {"UV_FIND_LINKS": "/a,/b"}),
        (
            {"PIP_CERT": "/ca.pem", "PIP_TRUSTED_HOST": "a"},
            {"SSL_CERT_FILE": "/ca.pem", "UV_INSECURE_HOST": "a"},
        ),
    ],
)
def test_uv_is_told_what_pip_was_told_and_no_more(
    environment: dict[str, str], expected: dict[str, str]
) -> None:
    assert for_uv(environment, ()) == expected


def test_pips_files_count_too_the_nearest_most(tmp_path: Path) -> None:
    (tmp_path / ".config" / "pip").mkdir(parents=True)
    (tmp_path / ".pip").mkdir()
    (tmp_path / ".pip" / "pip.conf").write_text("[global]\nindex-url = https://old\n")
    (tmp_path / ".config" / "pip" / "pip.conf").write_text("[global]\nindex-url = https://new\n")
    environment = {"XDG_CONFIG_DIRS": str(tmp_path / "none")}

    files = pip_files(environment, tmp_path, tmp_path / "prefix")

    assert for_uv(environment, files)["UV_DEFAULT_INDEX"] == "https://new"


def test_a_file_named_by_hand_counts_most_and_dev_null_means_none(tmp_path: Path) -> None:
    own = tmp_path / "own.conf"
    own.write_text("[global]\nindex-url = https://own\n")

    files = pip_files({"PIP_CONFIG_FILE": str(own)}, tmp_path, tmp_path)

    assert for_uv({}, files)["UV_DEFAULT_INDEX"] == "https://own"
    assert pip_files({"PIP_CONFIG_FILE": "/dev/null"}, tmp_path, tmp_path) == ()
