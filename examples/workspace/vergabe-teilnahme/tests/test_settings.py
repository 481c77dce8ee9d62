import os
import subprocess
import sys
from pathlib import Path

import pytest

MANAGE = Path(__file__).parents[1] / "manage.py"


def check(tmp_path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check` with these settings and no others."""
    ours = ("DJANGO_DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.run(
        [sys.executable, str(MANAGE), "check"],
        cwd=tmp_path,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["DJANGO_DEBUG", "SECRET_KEY"])
def test_debug_or_a_secret_key_is_enough_for_a_check(tmp_path: Path, name: str) -> None:
    assert check(tmp_path, **{name: "1"}).returncode == 0


def test_without_debug_and_a_secret_key_the_message_says_what_to_set(tmp_path: Path) -> None:
    done = check(tmp_path)

    assert done.returncode != 0
    assert "ImproperlyConfigured: set SECRET_KEY" in done.stderr
