"""Whether what is ours comes from the team's registry and from nowhere else."""

from collections.abc import Iterable, Iterator

from packaging.utils import NormalizedName, canonicalize_name

from railrel.dependencies.index_urls import same_index, without_credentials
from railrel.dependencies.listed import Listed, listed
from railrel.documents import Document, Table
from railrel.errors import Problem
from railrel.images.installers.protocol import Asked, Locked
from railrel.images.installers.reading import table, tables
from railrel.sources import Source

PUBLIC = "the public index"


def is_server(index: str) -> bool:
    """Whether an index is no folder of this machine."""
    return index == PUBLIC or ("://" in index and not index.startswith("file:"))


def siblings(locked: Iterable[Locked], asked: Asked) -> Iterator[Locked]:
    """Those that anybody could publish under the same name somewhere else."""
    own = asked.tree.project.name
    return (p for p in locked if p.name in asked.siblings and p.name != own)


def foreign(lock: Source, taken: Iterable[Locked], asked: Asked, again: str) -> list[Problem]:
    """Siblings that a lock takes from a repository, a file on a server, or another index."""
    url = asked.index.url.rstrip("/") if asked.index else ""
    found: list[Problem] = []
    for package in siblings(taken, asked):
        other = bool(url) and package.index and package.index.rstrip("/") != url
        source = package.index if other else package.elsewhere
        if source is not None:
            message = f"{lock.path.name} takes {package.name} from {_shown(source)}, not from {url or 'a registry'}"
            found.append(Problem(message, str(lock.path), again, "foreign-index"))
    return found


def unknown_index(lock: Source, taken: Iterable[Locked], asked: Asked) -> list[Problem]:
    """Siblings from a server of which nobody said that it is the team's."""
    return [
        Problem(
            f"{lock.path.name} takes {package.name} from {_shown(package.index)}, and no server is "
            "set as the registry",
            str(lock.path),
            'set it: registry = "https://…" in railrel.toml; then the lock must name that one',
            "no-registry",
        )
        for package in siblings(taken, asked)
        if asked.index is None and package.index and is_server(package.index)
    ]


def unhashed(lock: Source, taken: Iterable[Locked], asked: Asked, again: str) -> list[Problem]:
    """Siblings that the lock has no hash of, so that a package of the same name would do as well."""
    return [
        Problem(
            f"{lock.path.name} has no hash of {package.name}: a package of that name on another "
            "index would be taken as well",
            str(lock.path),
            again,
            "no-hash",
        )
        for package in siblings(taken, asked)
        if not (package.hashed or package.place)
    ]


# --- what a build asks for


def foreign_builds(
    documents: Iterable[Document], asked: Asked, *, by_uv: bool, told: bool
) -> Iterator[Problem]:
    """Siblings that a build asks for: no lock holds these, so they would come from the public index.

    uv takes them from where its table says; `told` is whether it is told who we are there.
    """
    root = asked.tree.project.document
    for document in documents:
        for one in listed(document):
            if not _for_building(document, one) or one.name not in asked.siblings:
                continue
            if one.name == asked.tree.project.name:
                continue
            bound = by_uv and _is_bound((document, root), one.name, asked)
            if not (bound and told):
                yield Problem(
                    f"{one.name} is needed to build {document.path.parent.name}, and the image "
                    "would take it from the public index: no lock holds it",
                    document.at(one.path),
                    _build_hint(one.name, asked, by_uv=by_uv and told),
                    "foreign-build",
                )


def _build_hint(name: NormalizedName, asked: Asked, *, by_uv: bool) -> str:
    if by_uv and asked.index:
        return f'[tool.uv.sources] {name} = {{ index = "{asked.index.name}" }} takes it from there'
    return "build without it, or write the Dockerfile by hand"


def _for_building(document: Document, one: Listed) -> bool:
    if document.path.name == "hatch.toml":
        return one.path[0] == "build"
    return one.path[:2] == ("build-system", "requires") or one.path[:3] in (
        ("tool", "hatch", "build"),
        ("tool", "uv", "extra-build-dependencies"),
    )


def _is_bound(documents: Iterable[Document], name: NormalizedName, asked: Asked) -> bool:
    """Whether uv's tables name the registry, or a folder, as the only place for it."""
    both = tuple(documents)
    for document in both:
        for spelled, value in document.table("tool", "uv", "sources").items():
            if canonicalize_name(spelled) == name:
                entries = tables(value) if isinstance(value, list) else [table(value)]
                return all(_leads_to_us(entry, both, asked) for entry in entries)
    return False


def _leads_to_us(entry: Table, documents: Iterable[Document], asked: Asked) -> bool:
    if "path" in entry or entry.get("workspace") is True:
        return True
    urls = [
        str(index.get("url"))
        for document in documents
        for index in tables(document.table("tool", "uv").get("index"))
        if index.get("name") == entry.get("index") and "index" in entry
    ]
    return bool(urls) and asked.index is not None and same_index(urls[0], asked.index.url)


def _shown(source: str | None) -> str:
    """Without a password."""
    return without_credentials(source or "")
