"""The example app's image, beside the one that people write by hand with pip, by one Docker.

Each cold build begins with an emptied cache of the builder's. The base image is there already.
"""

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.bench import REPOSITORY, Bench
from tests.benchmarks.measure import Row, Run, row_of_time, run, side_by_side
from tests.servers.docker import Docker, running_docker
from tests.servers.images import PYTHON, PYTHON_IMAGE
from tests.servers.static import serving

COLD, AGAIN, SIZE = 0.6, 0.2, 1.05
ROUNDS = 3
_MEGABYTE = 1_000_000
_BY_HAND = """\
FROM {base} AS build
COPY . /src
RUN pip install --no-cache-dir --prefix=/install --extra-index-url {index} /src

FROM {base}
COPY --from=build /install /usr/local
USER 10001
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "vergabe_teilnahme.wsgi"]
"""


@dataclass(frozen=True)
class _Images:
    bench: Bench
    docker: Docker
    app: Path
    by_hand: Path

    def cold(self, folder: Path, tag: str) -> Run:
        self.docker.command("builder", "prune", "--all", "--force")
        return self.build(folder, tag)

    def again(self, folder: Path, tag: str) -> Run:
        """After a change of the code."""
        with (folder / "src/vergabe_teilnahme/urls.py").open("a") as file:
            file.write("\n# later\n")
        return self.build(folder, tag)

    def build(self, folder: Path, tag: str) -> Run:
        argv = ("docker", "build", "--network", "host", "--tag", tag, str(folder))
        return run(argv, self.bench.scratch, self.docker.environment)

    def megabytes(self, tag: str) -> float:
        return self.docker.image(tag).size / _MEGABYTE


def rows(bench: Bench) -> Iterator[Row]:
    scratch = bench.scratch / "images"
    (scratch / "docker").mkdir(parents=True)
    index = scratch / "work" / ".railrel" / "index"
    index.mkdir(parents=True)
    with serving(index) as url, running_docker(scratch / "docker") as docker:
        docker.provide(PYTHON_IMAGE, "ghcr.io/astral-sh/uv:0.13")
        images = _Images(bench, docker, *_projects(bench, scratch / "work", url))
        rounds = min(bench.rounds, ROUNDS)
        cold = side_by_side(
            lambda: images.cold(images.app, "generated"),
            lambda: images.cold(images.by_hand, "by-hand"),
            rounds,
        )
        yield row_of_time("image, cold", "pip by hand, cold", cold, COLD)
        again = side_by_side(
            lambda: images.again(images.app, "generated"),
            lambda: images.cold(images.app, "generated"),
            rounds,
        )
        yield row_of_time("image after a change of the code", "cold", again, AGAIN)
        size, other = images.megabytes("generated"), images.megabytes("by-hand")
        yield Row("image, all layers", size, other, size / other, "MB", "pip by hand", SIZE)


def _projects(bench: Bench, work: Path, url: str) -> tuple[Path, Path]:
    """The example app with its lock and Dockerfile, and once more with the one by hand."""
    shutil.copytree(REPOSITORY / "examples" / "workspace", work, dirs_exist_ok=True)
    here = ("-C", str(work))
    bench.railrel(*here, "publish", "issue-core", "--no-tag", "--allow-dirty")
    server = f'registry = "{url}/"\nindex-url = "{url}/simple/"\nindex-name = "acme"\n'
    server += f'image-python = "{PYTHON}"\n'
    (work / "railrel.toml").write_text(server)
    app, by_hand = work / "vergabe-teilnahme", work / "by-hand"
    bench.railrel(*here, "fix-deps", "vergabe-teilnahme", "--offline", "--no-lock")
    run((sys.executable, "-m", "uv", "lock"), app, bench.environment)
    bench.railrel(*here, "dockerfile", "vergabe-teilnahme", "--replace")
    shutil.copytree(app, by_hand)
    (by_hand / "Dockerfile").write_text(_BY_HAND.format(base=PYTHON_IMAGE, index=f"{url}/simple/"))
    return app, by_hand
