"""railrel's own repository has the workflows that railrel writes."""

import shutil
import subprocess

import pytest

from tests.workbench import IMPORTABLE, REPOSITORY, Workbench

pytestmark = pytest.mark.skipif(not IMPORTABLE, reason="only the wheel is here, no checkout")


def test_our_own_workflows_are_what_railrel_writes_for_us(bench: Workbench) -> None:
    listed = ["git", "-C", str(REPOSITORY), "ls-files", "-z", "--cached", "--others"]
    names = subprocess.run(
        [*listed, "--exclude-standard"], stdout=subprocess.PIPE, check=True, text=True
    ).stdout
    for name in filter(None, names.split("\0")):
        target = bench.root / "railrel" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, target)
    bench.commit("railrel")
    assert list((bench.root / "railrel/.gitea/workflows").iterdir())

    result = bench.railrel("workflow", "railrel", "--check")

    assert result.code == 0, result.out + result.err
