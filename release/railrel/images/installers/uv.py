"""uv: what `uv.lock` says, from the indexes that it names."""

from packaging.utils import NormalizedName, canonicalize_name

from railrel.dependencies.listed import OVERRIDES
from railrel.documents import Document, Table
from railrel.errors import Problem
from railrel.images.installers.parts import Lock, ageless, copied, judged, stale
from railrel.images.installers.protocol import (
    OWN,
    VENV,
    Asked,
    Asking,
    Locked,
    Need,
    Steps,
)
from railrel.images.installers.reading import (
    extras_of,
    name_of,
    need_of,
    packages,
    strings,
    table,
    tables,
    version_of,
)
from railrel.images.installers.trust import foreign
from railrel.images.installers.wishes import always, installed, wishes
from railrel.images.tree import Tree

ID = "uv"
TITLE = "`uv.lock`: `uv sync --frozen`"
LOCKS = ("uv.lock",)

_LOCAL = ("directory", "editable", "path", "virtual")
# What these name a lock may hold in another way than the project's own list, or not at all.
_CHANGED = (*OVERRIDES[:1], ("tool", "uv", "exclude-dependencies"))


def find(asked: Asked) -> Steps | list[Problem] | None:
    """Steps that install the default dependencies, and none of the groups."""
    tree = asked.tree
    if not tree.has("uv.lock"):
        return None
    document = tree.document("uv.lock")
    locked = locked_in(document)
    own = tree.project.name
    root = next((p for p in locked if p.name == own and p.place == "."), None)
    taken = installed(locked, (Need(own),) if root else None)
    distrusted = foreign(document, taken, asked, "fix-deps pins it to the registry; then: uv lock")
    if distrusted:
        return distrusted
    # Of a lock of something else no more is to be said.
    taken, wanted = (taken, _wanted(tree)) if root else ((), ())
    lock = Lock(document, locked, taken, wanted, again="uv lock")
    found = judged(lock, asked, *_unlisted(lock, root, tree), by_uv=True)
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
        tools=(bring, *found.copies),
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
        internal=found.internal,
        pins=found.pins,
        unfit=found.unfit,
    )


def locked_in(lock: Document) -> tuple[Locked, ...]:
    """All that it holds, the project itself among it."""
    return tuple(_locked(lock, package) for package in packages(lock))


def _locked(lock: Document, package: Table) -> Locked:
    source = table(package.get("source"))
    known = any(key in source for key in ("registry", *_LOCAL))
    index = source.get("registry")
    more = table(package.get("optional-dependencies"))
    return Locked(
        name_of(lock, package.get("name")),
        version_of(package),
        index=str(index) if index else None,
        elsewhere=None if known else next(map(str, source.values()), "nowhere"),
        place=next((str(source[key]) for key in _LOCAL if key in source), None),
        # uv takes nothing that is not as its lock says.
        hashed=True,
        needs={
            "": _needs(lock, package.get("dependencies")),
            **{canonicalize_name(extra): _needs(lock, wanted) for extra, wanted in more.items()},
        },
    )


def _needs(lock: Document, listed: object) -> tuple[Need, ...]:
    return tuple(
        Need(name_of(lock, one.get("name")), extras_of(strings(one.get("extra"))))
        for one in tables(listed)
    )


def _wanted(tree: Tree) -> tuple[NormalizedName, ...]:
    document = tree.project.document
    texts = (t for keys in _CHANGED for t in strings(document.table(*keys[:-1]).get(keys[-1])))
    changed = {need.name for text in texts if (need := need_of(text))}
    return tuple(name for name in always(wishes(tree.project)) if name not in changed)


def _unlisted(lock: Lock, root: Locked | None, tree: Tree) -> tuple[Problem, ...]:
    """That the lock is another project's, or from before a requirement was written."""
    if root is None:
        return (stale(lock.source, tree.project.name, "so it is no lock of it", lock.again),)
    held = {package.name for package in lock.locked}
    listed = {need.name for need in root.needs[""]}
    return tuple(
        stale(lock.source, f"{name} for {tree.project.name}", "which asks for it", lock.again)
        for name in lock.wanted
        if name in held and name not in listed
    )
