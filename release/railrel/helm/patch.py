"""A values file with what is wanted put in, by the byte: everything else comes out as it went in."""

from dataclasses import field

from railrel.edits import Edit, apply
from railrel.errors import ConfigError, Problem
from railrel.helm.booleans import FALSE, TRUE
from railrel.helm.environment import section_and_key
from railrel.helm.insertions import appended, instead_of_nothing, into_mapping, into_sequence
from railrel.helm.nodes import Pair, is_mapping, items, pairs, text_of
from railrel.helm.scalars import kind_of, printed
from railrel.helm.secret_values import is_secret
from railrel.helm.sizes import fits, gitea_bytes, nginx_bytes
from railrel.helm.table import SecretSetting, Setting
from railrel.helm.tree import CONFIG, FROM_ENVIRONMENT, BodyLimit, Leaf, Tree, Wanted, written
from railrel.helm.unchanged import differs_elsewhere
from railrel.helm.values_file import ValuesFile
from railrel.values import dataclass

_BOOLEANS = {"true": TRUE, "false": FALSE}


@dataclass(frozen=True, slots=True)
class Kept:
    """A value that somebody chose, and that is as good as ours."""

    name: str
    value: str
    at: str


@dataclass(frozen=True, slots=True)
class Patch:
    """What a file becomes, and what is left to a person."""

    after: ValuesFile
    kept: tuple[Kept, ...]
    findings: tuple[Problem, ...]


def patch(file: ValuesFile, tree: Tree, *, replace: bool = False) -> Patch:
    """Put the tree into the file. Where another value stands it is a finding, unless `replace`."""
    work = _Work(file, replace)
    for key in reversed(file.prefix):
        tree = {key: tree}
    if file.root is None:
        work.edits.append(appended(file, tree))
    else:
        work.mapping(file.root, tree, ())
    after = apply(file, work.edits)
    if work.edits and _is_broken(file, after, tree):
        return Patch(file, (), (_too_odd(file), *work.findings))
    return Patch(after, tuple(work.kept), tuple(work.findings))


def _is_broken(file: ValuesFile, after: ValuesFile, tree: Tree) -> bool:
    try:
        return differs_elsewhere(file, after, tree)
    except (ConfigError, RecursionError):
        return True


def _too_odd(file: ValuesFile) -> Problem:
    return Problem(
        f"{file.path.name} is written in a way that railrel cannot put values into",
        str(file.path),
        "railrel helm-values prints what is wanted; put it in by hand",
        "cannot-patch",
    )


@dataclass
class _Work:
    """Edits as they are found, from the top of the file down."""

    file: ValuesFile
    replace: bool
    edits: list[Edit] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    findings: list[Problem] = field(default_factory=list)

    def mapping(self, node: object, tree: Tree, path: tuple[str, ...]) -> None:
        """Put a tree into a mapping that is there."""
        missing: Tree = {}
        for key, wanted in tree.items():
            found = self._pair(node, key, path)
            if found is None:
                self._collect(missing, key, wanted, path)
            elif isinstance(wanted, dict):
                self._below(found, wanted, (*path, key))
            elif isinstance(wanted, tuple):
                self._items(found, wanted)
            else:
                self._leaf(found, wanted, ".".join((*path, key)))
        if missing:
            self.edits.append(into_mapping(self.file, node, missing))

    def _pair(self, node: object, key: str, path: tuple[str, ...]) -> Pair | None:
        """The pair of a key that counts. Case is nothing to what becomes app.ini."""
        folded = _of_chart(self.file, path)[:2] == CONFIG
        found = None
        for pair in pairs(node):
            same = pair.name.lower() == key.lower() if folded else pair.name == key
            found = pair if same else found
        return found

    def _collect(
        self,
        missing: Tree,
        key: str,
        wanted: Wanted,
        path: tuple[str, ...],
    ) -> None:
        """Note what is to be written, without what a variable sets already."""
        match wanted:
            case dict():
                inner: Tree = {}
                for name, one in wanted.items():
                    self._collect(inner, name, one, (*path, key))
                if inner:
                    missing[key] = inner
            case Setting() if self._is_set_by_variable(wanted):
                pass
            case _:
                missing[key] = wanted

    def _is_set_by_variable(self, wanted: Setting) -> bool:
        """Whether a variable sets a key: it wins over what gitea.config says."""
        found = [
            one
            for one in self.file.variables
            if (one.section, one.key) == (wanted.section, wanted.key)
        ]
        if not found:
            return False
        says = found[-1].value
        if (
            says is not None
            and wanted.weight == "needed"
            and not _means_the_same(says, wanted.value)
        ):
            self.findings.append(
                Problem(
                    f"{wanted.section}.{wanted.key} is set by a variable, which wins over gitea.config",
                    self.file.place(found[-1].pair.value),
                    f"let it be {wanted.value} there, or take the variable out",
                    "set-by-variable",
                )
            )
        return True

    def _below(self, found: Pair, tree: Tree, path: tuple[str, ...]) -> None:
        if is_mapping(found.value) and found.value.value:
            if found.is_alias or found.is_merged:
                self._by_hand(found, path, "comes from an anchor, which others may share")
            else:
                self.mapping(found.value, tree, path)
        elif kind_of(found.value) == "null" or is_mapping(found.value):
            missing: Tree = {}
            for key, wanted in tree.items():
                self._collect(missing, key, wanted, path)
            if missing and (found.is_alias or found.is_merged):
                self._by_hand(found, path, "comes from an anchor, which others may share")
            elif missing:
                self.edits += instead_of_nothing(self.file, found, missing)
        else:
            self._by_hand(found, path, "is no mapping")

    def _by_hand(self, found: Pair, path: tuple[str, ...], why: str) -> None:
        self.findings.append(
            Problem(
                f"{'.'.join(path)} {why}",
                self.file.place(found.key),
                "railrel helm-values prints what is wanted; put it in by hand",
                "cannot-patch",
            )
        )

    def _items(self, found: Pair, wanted: tuple[SecretSetting, ...]) -> None:
        there = [section_and_key(text_of(item, "name")) for item in items(found.value)]
        known = {(one[0], one[1].upper()) for one in there if one}
        missing = tuple(one for one in wanted if (one.section, one.key) not in known)
        if not missing:
            return
        if found.is_alias or found.is_merged:
            self._by_hand(found, FROM_ENVIRONMENT, "comes from an anchor, which others may share")
        elif items(found.value):
            self.edits.append(into_sequence(self.file, found.value, missing))
        elif kind_of(found.value) == "null" or (
            not is_mapping(found.value) and not kind_of(found.value)
        ):
            self.edits += instead_of_nothing(self.file, found, missing)
        else:
            self._by_hand(found, FROM_ENVIRONMENT, "is no list")

    def _leaf(self, found: Pair, wanted: Leaf, name: str) -> None:
        value = printed(found.value)
        kept = Kept(
            name, "***" if is_secret(found.name) else value or "", self.file.place(found.value)
        )
        if _means_the_same(value or "", wanted.value):
            return
        if isinstance(wanted, Setting) and self._is_set_by_variable(wanted):
            return
        if _is_as_good(found, wanted):
            self.kept.append(kept)
            return
        self._set(found, wanted, name)

    def _set(self, found: Pair, wanted: Leaf, name: str) -> None:
        span = self.file.span(found.value)
        raw = self.file.raw(span)
        empty = kind_of(found.value) == "null"
        fixed = found.is_alias or found.is_merged or raw[:1] in ("&", "!", "|", ">", "*", "{", "[")
        if (self.replace or empty) and not fixed and kind_of(found.value) is not None:
            # An empty value begins right behind the colon.
            gap = " " if not raw and self.file.data[span.start - 1 : span.start] == b":" else ""
            self.edits.append(Edit(span.start, span.end, gap + written(wanted.value)))
            return
        self.findings.append(
            Problem(
                f"{name} is set to something else than {wanted.value}",
                self.file.place(found.key if found.is_alias else found.value),
                "change it by hand" if fixed else "--replace writes ours in its place",
                "set-differently",
            )
        )


def _means_the_same(value: str, wanted: str) -> bool:
    """As Gitea reads both; a ROOT_URL gets its slash."""
    if wanted in _BOOLEANS:
        return value in _BOOLEANS[wanted]
    return value == wanted or (
        wanted.startswith("http") and value.rstrip("/") == wanted.rstrip("/")
    )


def _of_chart(file: ValuesFile, path: tuple[str, ...]) -> tuple[str, ...]:
    """A path without what is above the chart's values."""
    return path[len(file.prefix) :]


def _is_as_good(found: Pair, wanted: Leaf) -> bool:
    """Whether what somebody chose does as well."""
    value = printed(found.value) or ""
    if isinstance(wanted, BodyLimit):
        limit = nginx_bytes(value)
        return limit is not None and fits(wanted.size, limit)
    if wanted.weight == "needed" or kind_of(found.value) in (None, "null"):
        return False
    return not wanted.key.startswith("LIMIT_") or gitea_bytes(value) is not None
