"""uv: what `uv.lock` says, from the indexes that it names."""

from railrel.errors import Problem
from railrel.images.installers.parts import (
    ageless,
    copied,
    internal_of,
    name_of,
    packages,
    pins_of,
    strangers,
    version_of,
)
from railrel.images.installers.protocol import OWN, VENV, Asked, Asking, Locked, Steps

ID = "uv"
TITLE = "`uv.lock`: `uv sync --frozen`"

_LOCAL = ("directory", "editable", "path", "virtual")


def find(asked: Asked) -> Steps | list[Problem] | None:
    """Steps that install the default dependencies, and none of the groups."""
    tree = asked.tree
    if not tree.has("uv.lock"):
        return None
    lock = tree.document("uv.lock")
    locked: list[Locked] = []
    for package in packages(lock):
        source = package.get("source")
        source = source if isinstance(source, dict) else {}
        index = source.get("registry")
        local = any(key in source for key in _LOCAL)
        locked.append(
            Locked(
                name_of(package),
                str(index) if index else None,
                not local,
                local,
                version_of(package),
            )
        )
    foreign = strangers(lock, locked, asked, "fix-deps pins it to the registry; then: uv lock")
    if foreign:
        return foreign
    image = "/" in asked.uv_from
    bring = (
        f"COPY --from={asked.uv_from} /uv /usr/local/bin/uv"
        if image
        else f"RUN pip install --no-cache-dir --root-user-action=ignore '{asked.uv_from}'"
    )
    sync = "uv sync --frozen --no-default-groups --no-install-project --no-editable"
    build = f"uv pip install --python python --no-deps --target {OWN} ."
    # It notes when it built the project, which would make each build another one.
    timeless = (
        f"find {OWN} -name uv_cache.json -exec rm {{}} +",
        f"find {OWN} -name RECORD -exec sed -i '/uv_cache[.]json/d' {{}} +",
        ageless(OWN),
    )
    return Steps(
        tools=(bring,),
        environment=(
            f"UV_PROJECT_ENVIRONMENT={VENV}",
            "UV_PYTHON_DOWNLOADS=never",
            "UV_LINK_MODE=copy",
            "UV_COMPILE_BYTECODE=1",
            "PYC_INVALIDATION_MODE=UNCHECKED_HASH",
        ),
        files=("pyproject.toml", "uv.lock"),
        install=Asking(sync, after=(ageless(VENV),)),
        build=Asking(build, after=timeless) if tree.packaged else copied(),
        internal=(internal := internal_of(locked, asked)),
        pins=pins_of(locked, internal),
    )
