from pathlib import Path

import pytest

from railrel.effects.git import RealGit
from railrel.workspace.source_files import source_names
from tests.workbench import Workbench


@pytest.mark.parametrize("known_to_git", [True, False])
def test_what_railrel_writes_beside_a_file_is_no_source(
    bench: Workbench, *, known_to_git: bool
) -> None:
    bench.write("my-lib/.pyproject.toml.railrel-notes", "the user's own")
    bench.write("my-lib/sub/my_lib.py", "")
    if known_to_git:
        bench.commit("my-lib")
    bench.write("my-lib/.pyproject.toml.railrel-0123456789ab", "half of it")
    bench.write("my-lib/sub/.my_lib.py.railrel-0123456789ab", "half of it")

    found = source_names(RealGit(bench.environment), Path(bench.root / "my-lib"))

    assert found == (".pyproject.toml.railrel-notes", "sub/my_lib.py")
