"""PDM: what `pdm.lock` says; the hashes in it decide what is taken."""

from railrel.documents import Document, Table
from railrel.errors import Problem
from railrel.images.installers.parts import (
    Lock,
    build_with_pip,
    compiled,
    environment,
    judged,
    venv,
)
from railrel.images.installers.protocol import VENV, Asked, Asking, Locked, Steps
from railrel.images.installers.reading import (
    name_of,
    need_of,
    packages,
    strings,
    tables,
    version_of,
)
from railrel.images.installers.trust import foreign, unhashed
from railrel.images.installers.wishes import always, installed, needs, wishes

ID = "pdm"
TITLE = "`pdm.lock`: `pdm sync --prod`"
LOCKS = ("pdm.lock",)

_AGAIN = "pdm lock --update-reuse"
_ELSEWHERE = ("git", "hg", "svn", "bzr", "url")


def find(asked: Asked) -> Steps | list[Problem] | None:
    """Steps that install the default group."""
    tree = asked.tree
    if not tree.has("pdm.lock"):
        return None
    document = tree.document("pdm.lock")
    locked = tuple(_locked(document, package) for package in packages(document))
    asks = wishes(tree.project)
    lock = Lock(document, locked, installed(locked, needs(asks)), always(asks), again=_AGAIN)
    distrusted = foreign(
        document, lock.taken, asked, f"fix-deps pins it to the registry; then: {_AGAIN}"
    ) or unhashed(document, lock.taken, asked, _AGAIN)
    if distrusted:
        return distrusted
    found = judged(lock, asked)
    # What is only linked to would not be in the last stage, which has no project's folder.
    whole = " --no-editable" if any(p.editable for p in lock.taken) else ""
    return Steps(
        tools=(
            "RUN pip install --no-cache-dir --root-user-action=ignore 'pdm[locked]>=2.20,<3'",
            *found.copies,
        ),
        environment=(
            *environment(),
            f"VIRTUAL_ENV={VENV}",
            "PDM_CHECK_UPDATE=0",
            "PDM_IGNORE_SAVED_PYTHON=1",
        ),
        files=("pyproject.toml", "pdm.lock"),
        install=Asking(f"pdm sync --prod --no-self{whole}", (venv(),), compiled(VENV)),
        build=build_with_pip(tree),
        internal=found.internal,
        pins=found.pins,
        unfit=found.unfit,
    )


def _locked(lock: Document, package: Table) -> Locked:
    files = tables(package.get("files"))
    texts = strings(package.get("dependencies"))
    return Locked(
        name_of(lock, package.get("name")),
        version_of(package),
        elsewhere=next((str(package[key]) for key in _ELSEWHERE if package.get(key)), None),
        place=str(package["path"]) if package.get("path") else None,
        editable=package.get("editable") is True,
        hashed=bool(files) and all(file.get("hash") for file in files),
        # One with extras is a package of its own there, of the same name.
        needs={"": tuple(need for text in texts if (need := need_of(text)))},
    )
