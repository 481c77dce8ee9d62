"""A Dockerfile and a `.dockerignore` for a project: from its lock, its start and its registry.

The Dockerfile keeps to what BuildKit of docker 20.10, the newest BuildKit and buildah 1.28 all take:
no `# syntax=` line, no heredocs, no `COPY --link`, no secrets by `env=`.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from packaging.utils import NormalizedName, canonicalize_name

from railrel.assets import rendered, text_of
from railrel.dependencies.references import Index
from railrel.errors import Problem
from railrel.generated import written
from railrel.images.installers.parts import ageless
from railrel.images.installers.protocol import OWN, SOURCE, VENV, Asking, Steps
from railrel.images.starts.django import collects_static
from railrel.images.starts.protocol import Start
from railrel.images.tree import Tree
from railrel.sources import read_source
from railrel.values import dataclass
from railrel.workspace.remotes import repository_of
from railrel.workspace.versions import scm_variables
from railrel.world import FileChange

DOCKERFILE, IGNORE = "Dockerfile", ".dockerignore"
# BuildKit asks this one first, and then no other.
IGNORE_OF_ONE = f"{DOCKERFILE}{IGNORE}"
PORT = "8000"
_LABELLED = re.compile(
    r'^\s*(?:LABEL )?org\.opencontainers\.image\.source="([^"$]+)"', re.MULTILINE
)
_ASKED = re.compile(r"/check-registry\.py \S+ \S+ '([^']*)'")


@dataclass(frozen=True, slots=True)
class Image:
    """All that decides what the files look like."""

    tree: Tree
    base: str
    python: str
    steps: Steps
    start: Start
    index: Index | None
    port: str = PORT
    healthcheck: str = ""
    """A path that is asked; empty for none, as in Kubernetes, whose probes take its place."""
    source: str = ""
    """The repository's URL."""


def generate(image: Image, *, replace: bool = False) -> tuple[FileChange, ...] | list[Problem]:
    """Both files, with the user's own lines; or what forbids to write them.

    `replace` takes a Dockerfile that railrel did not write for nobody's.
    """
    folder = image.tree.project.folder
    results = [
        _file(folder / DOCKERFILE, dockerfile(image), replace=replace),
        _file(folder / IGNORE, text_of("images/dockerignore"), replace=replace),
        *([_overrides(folder / IGNORE_OF_ONE)] if (folder / IGNORE_OF_ONE).exists() else []),
    ]
    problems = [result for result in results if isinstance(result, Problem)]
    files = tuple(r for r in results if isinstance(r, FileChange) and r.before != r.after)
    return problems or files


def ignore_of(tree: Tree, files: tuple[FileChange, ...]) -> str:
    """The text of `.dockerignore` once these files are written."""
    path = tree.project.folder / IGNORE
    changed = next((file.after for file in files if file.path == path), None)
    return (read_source(path).data if changed is None else changed).decode("utf-8", "replace")


def internal_before(tree: Tree) -> frozenset[NormalizedName]:
    """Names that the Dockerfile asks the registry for already.

    The locks of pip and PDM name no index, and not everybody has the siblings' folders.
    """
    if not tree.has(DOCKERFILE):
        return frozenset()
    found = _ASKED.findall(tree.text(DOCKERFILE))
    return frozenset(canonicalize_name(name) for names in found for name in names.split())


def dockerfile(image: Image) -> str:
    """The text of the Dockerfile, without anybody's own lines."""
    return rendered("images/Dockerfile.j2", _parts(image))


def _parts(image: Image) -> Mapping[str, object]:
    tree, steps = image.tree, image.steps
    index = image.index if steps.internal else None
    version = _version_variable(tree)
    static = _static(image) if collects_static(tree, image.start.django_settings) else ()
    return {
        "project": tree.project.name,
        "base": image.base,
        "tools": steps.tools,
        "tool_environment": steps.environment,
        "check": text_of("images/check-registry").splitlines() if index else (),
        "internal": ", ".join(steps.internal),
        "lock_files": steps.files,
        "mounts": _mounts(secret=bool(index)),
        "build_mounts": _mounts(secret=bool(index)) if steps.build.command else "",
        "install": _commands(steps.install, _asking(index, steps, steps.internal)),
        "own_stage": "dependencies" if static else "tools",
        "source_folder": SOURCE,
        "build": _commands(steps.build, version + _asking(index, steps, ())),
        "version_variable": version,
        "static": static,
        "environment": _environment(image),
        "workdir": "/app" if tree.packaged else OWN,
        "port": image.port if image.start.serves else "",
        "healthcheck": _healthcheck(image),
        "labels": _labels(image),
        "command": json.dumps([word.replace("{port}", image.port) for word in image.start.argv]),
    }


def _asking(index: Index | None, steps: Steps, names: tuple[NormalizedName, ...]) -> str:
    """What goes before a command that may ask the registry: it gets to know who we are to it."""
    if index is None:
        return ""
    lock = Path(steps.files[-1]).name
    return f"python /check-registry.py {index.url} {lock} '{' '.join(names)}' \\\n    "


def _commands(asking: Asking, first: str) -> tuple[str, ...]:
    asked = (f"{first}{asking.command}",) if asking.command else ()
    return (*asking.before, *asked, *asking.after)


def _version_variable(tree: Tree) -> str:
    """For backends that ask git for the version, whose repository no image gets."""
    if not tree.project.version_from_tag:
        return ""
    return "".join(f"{name}=$VERSION " for name in scm_variables(""))


def _mounts(*, secret: bool) -> str:
    cache = "--mount=type=cache,target=/root/.cache"
    kinds = (
        "type=secret,id=netrc,target=/run/secrets/netrc",
        "type=secret,id=ca,target=/run/secrets/ca",
        "type=tmpfs,target=/run/railrel",
    )
    secrets = [f"--mount={kind}" for kind in kinds] if secret else []
    return "".join(f"{mount} \\\n    " for mount in (cache, *secrets))


def _static(image: Image) -> tuple[str, ...]:
    """What collects a Django project's static files, with a key that nothing ever uses."""
    library = f"{VENV}/lib/python{image.python}/site-packages"
    variables = {
        "PYTHONPATH": f"{OWN}:{library}",
        "DJANGO_SETTINGS_MODULE": image.start.django_settings,
        "SECRET_KEY": "only-while-collecting",
    }
    prefix = " ".join(f"{name}={value}" for name, value in variables.items())
    return (f"{prefix} python -m django collectstatic --no-input", ageless(OWN))


def _environment(image: Image) -> tuple[str, ...]:
    # Scripts of both folders start the base image's Python, which finds both by this.
    library = f"{VENV}/lib/python{image.python}/site-packages"
    return (
        f"PATH={OWN}/bin:{VENV}/bin:$PATH",
        f"PYTHONPATH={OWN}:{library}",
        "PYTHONUNBUFFERED=1",
        "PYTHONDONTWRITEBYTECODE=1",
    )


def _healthcheck(image: Image) -> str:
    if not image.healthcheck or not image.start.serves:
        return ""
    url = f"http://127.0.0.1:{image.port}/{image.healthcheck.removeprefix('/')}"
    code = f"import urllib.request as r; r.urlopen('{url}', timeout=4)"
    return json.dumps(["python", "-c", code])


def _labels(image: Image) -> tuple[str, ...]:
    prefix = "org.opencontainers.image"
    labels = {
        "title": image.tree.project.name,
        "source": _source(image),
        "version": "$VERSION",
        "revision": "$REVISION",
    }
    return tuple(f'{prefix}.{name}="{value}"' for name, value in labels.items() if value)


def _source(image: Image) -> str:
    """The repository's page; as the Dockerfile has it already, if that is only another way to it.

    A job in CI may clone from an inner address.
    """
    found = _LABELLED.search(image.tree.text(DOCKERFILE)) if image.tree.has(DOCKERFILE) else None
    repository = repository_of(image.source)
    page = repository.page if repository else ""
    if found and page and urlsplit(found[1]).path == urlsplit(page).path:
        return found[1]
    return page


def _file(path: Path, text: str, *, replace: bool) -> FileChange | Problem:
    other_ways = (
        "--migrate takes other folders out of it and keeps the rest; --replace writes it anew"
    )
    return written(path, text, "dockerfile", replace=replace, otherwise=other_ways)


def _overrides(path: Path) -> Problem:
    return Problem(
        f"{path.name} takes the place of {IGNORE} in BuildKit",
        str(path),
        f'move its lines into {IGNORE}, between "own lines" and "end of own lines", and remove it',
        "ignore-overridden",
    )
