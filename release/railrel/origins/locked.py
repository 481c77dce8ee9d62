"""Locks in which a package of ours comes from another index than ours, or from any by no hash."""

from collections.abc import Iterator

from packaging.utils import NormalizedName, canonicalize_name

from railrel.answers import table_of, value_of
from railrel.dependencies.index_urls import same_index, without_credentials
from railrel.dependencies.requirements import Written
from railrel.dependencies.syntaxes.requirement_files import is_compiled, logical_lines
from railrel.documents import Document, Table
from railrel.errors import Problem
from railrel.origins.names import Ours, from_index, packages_of
from railrel.sources import Source, Span
from railrel.values import dataclass

TOML = ("uv.lock", "poetry.lock", "pdm.lock")
_PUBLIC = "the public index"


@dataclass(frozen=True, slots=True)
class Registry:
    """Ours."""

    simple_url: str
    publish_url: str

    def serves(self, url: str) -> bool:
        """Whether this URL is one of its own. What is no URL is a folder, and no stranger's."""
        if not url.startswith(("http://", "https://")):
            return True
        plain = without_credentials(url)
        roots = (root.rstrip("/") for root in (self.publish_url, self.simple_url) if root)
        return same_index(plain, self.simple_url) or any(
            plain.startswith(f"{root}/") for root in roots
        )


@dataclass(frozen=True, slots=True)
class _Package:
    """One locked package of ours, whatever the lock."""

    name: NormalizedName
    index: str | None
    """Where it comes from; None when the lock does not say, empty for the public index."""
    hashed: bool
    at: str


def find(lock: Source, ours: Ours, registry: Registry) -> Iterator[Problem]:
    """Each package of ours that comes from elsewhere or has no hash."""
    for package in _packages(lock, ours):
        if package.index is not None and not (package.index and registry.serves(package.index)):
            where = without_credentials(package.index) or _PUBLIC
            yield Problem(
                f"{lock.path.name} takes {package.name}, which is ours, from {where}",
                package.at,
                "look at what was installed; railrel index, then have the tool lock it again",
                "locked-elsewhere",
            )
        elif not package.hashed:
            yield Problem(
                f"{lock.path.name} has no hash of {package.name}: it can be any file of that version",
                package.at,
                "have the tool lock it again, with hashes",
                "locked-without-hash",
            )


def _packages(lock: Source, ours: Ours) -> Iterator[_Package]:
    name = lock.path.name
    if name == "Pipfile.lock":
        yield from _of_pipfile(lock, ours)
    elif name.endswith(".txt"):
        yield from _of_compiled(lock, ours)
    else:
        document = Document(lock.path, lock.data)
        for package, number, table in packages_of(lock):
            if ours.holds(package) and from_index(table):
                key = "packages" if "packages" in document.values else "package"
                at = document.at((key, number, "name"))
                yield _Package(package, _index_of(name, table), _is_hashed(table), at)


def _index_of(lock: str, package: Table) -> str | None:
    source = table_of(package.get("source"))
    if lock == "uv.lock":
        return str(source.get("registry", ""))
    if lock == "poetry.lock":
        return str(source.get("url", ""))
    if isinstance(package.get("index"), str):
        return str(package["index"])
    # PDM names its files by URL only when it is told to.
    return next((str(file["url"]) for file in _files(package) if "url" in file), None)


def _is_hashed(package: Table) -> bool:
    return all("hash" in file or file.get("hashes") for file in _files(package))


def _files(package: Table) -> list[Table]:
    listed = [package.get(key) for key in ("files", "wheels", "sdist", "archive")]
    flat = [item for value in listed for item in (value if isinstance(value, list) else [value])]
    return [item for item in flat if isinstance(item, dict)]


def _of_pipfile(lock: Source, ours: Ours) -> Iterator[_Package]:
    content = table_of(value_of(lock.data))
    listed = table_of(content.get("_meta")).get("sources")
    sources = [table_of(source) for source in (listed if isinstance(listed, list) else [])]
    urls = {str(source.get("name")): str(source.get("url", "")) for source in sources}
    first = next(iter(urls.values()), "")
    for category, packages in content.items():
        for written, entry in table_of(packages).items() if category != "_meta" else ():
            package = table_of(entry)
            if not ours.holds(written) or not package.get("version"):
                continue
            index = package.get("index")
            at = lock.data.find(f'"{written}"'.encode())
            yield _Package(
                canonicalize_name(written),
                urls.get(index, "") if isinstance(index, str) else first,
                bool(package.get("hashes")),
                lock.at(Span(at, at)) if at >= 0 else str(lock.path),
            )


def _of_compiled(lock: Source, ours: Ours) -> Iterator[_Package]:
    for line in logical_lines(lock) if is_compiled(lock) else ():
        name = Written(line.text.strip()).name
        if name and ours.holds(name) and "@" not in line.text:
            yield _Package(name, None, "--hash" in line.text, lock.at(line.span(0, 1)))
