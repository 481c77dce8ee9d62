"""PDM: what `pdm.lock` says; the hashes in it decide what is taken."""

from railrel.errors import Problem
from railrel.images.installers.parts import (
    build_with_pip,
    compiled,
    environment,
    internal_of,
    name_of,
    packages,
    pins_of,
    unhashed,
    venv,
    version_of,
)
from railrel.images.installers.protocol import VENV, Asked, Asking, Locked, Steps

ID = "pdm"
TITLE = "`pdm.lock`: `pdm sync --prod`"


def find(asked: Asked) -> Steps | list[Problem] | None:
    """Steps that install the default group."""
    tree = asked.tree
    if not tree.has("pdm.lock"):
        return None
    lock = tree.document("pdm.lock")
    locked = [
        Locked(name_of(p), None, bool(p.get("files")), bool(p.get("path")), version_of(p))
        for p in packages(lock)
    ]
    missing = unhashed(lock, locked, asked, "pdm lock --update-reuse")
    if missing:
        return missing
    return Steps(
        tools=("RUN pip install --no-cache-dir --root-user-action=ignore 'pdm[locked]>=2.20,<3'",),
        environment=(
            *environment(),
            f"VIRTUAL_ENV={VENV}",
            "PDM_CHECK_UPDATE=0",
            "PDM_IGNORE_SAVED_PYTHON=1",
        ),
        files=("pyproject.toml", "pdm.lock"),
        install=Asking("pdm sync --prod --no-self", (venv(),), compiled(VENV)),
        build=build_with_pip(tree),
        internal=(internal := internal_of(locked, asked)),
        pins=pins_of(locked, internal),
    )
