"""A values file: its YAML nodes, what of them Helm sees, and where they stand in the bytes."""

from functools import cached_property
from typing import TYPE_CHECKING

from railrel.errors import ConfigError
from railrel.helm.environment import FILE, section_and_key
from railrel.helm.nodes import Pair, items, last_of, pairs, text_of
from railrel.helm.scalars import kind_of, printed
from railrel.sources import BOM, Source, Span
from railrel.values import dataclass

if TYPE_CHECKING:
    import yaml


# A release is one Secret of Kubernetes: 1 MiB, packed. YAML's own reader takes seconds for each.
_LARGEST = 4 * 1024**2


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of app.ini, in a section of `gitea.config` or by a variable."""

    section: str
    key: str
    pair: Pair
    is_elsewhere: bool = False
    """Its value is in a file or a Secret, which is only named here."""

    @property
    def name(self) -> str:
        return f"{self.section}.{self.key}"

    @property
    def value(self) -> str | None:
        """As Helm prints it; None for what is no scalar, or not here."""
        return None if self.is_elsewhere else printed(self.pair.value)

    @property
    def is_set(self) -> bool:
        """Whether it says anything."""
        return kind_of(self.pair.value) != "null" and self.value != ""


@dataclass(frozen=True)
class ValuesFile(Source):
    """One file of values, or those of an installed release."""

    @cached_property
    def text(self) -> str:
        """Without its byte order mark. ConfigError if it is not UTF-8."""
        try:
            return self.data.removeprefix(BOM).decode("utf-8")
        except UnicodeDecodeError as error:
            raise ConfigError(
                f"{self.path.name} is not UTF-8",
                at=self.at(Span(error.start, error.end)),
                hint="save it as UTF-8",
                rule="unreadable-yaml",
            ) from None

    @cached_property
    def root(self) -> "yaml.Node | None":
        """The mapping of all values; None if there is none. ConfigError for what Helm cannot read."""
        import yaml

        if len(self.data) > _LARGEST:
            size = len(self.data) // 1024**2
            raise self._unreadable(f"has {size} MiB, and no release of Helm can hold more than one")
        try:
            found = yaml.compose(self.text, Loader=yaml.CSafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise self._unreadable(
                "has several documents, of which Helm 3 reads only the first"
                if error.problem == "but found another document"
                else "is not valid YAML",
                f":{mark.line + 1}:{mark.column + 1}" if mark else "",
            ) from None
        except (yaml.YAMLError, ValueError):
            raise self._unreadable("holds characters that YAML does not allow") from None
        except RecursionError:
            raise self._unreadable("is nested too deeply to be read") from None
        if found is None or kind_of(found) == "null":
            return None
        if not isinstance(found, yaml.MappingNode):
            raise self._unreadable("is no mapping, so Helm does not take it for values", ":1:1")
        return found

    def _unreadable(self, what: str, where: str = "") -> ConfigError:
        # What the library says may quote the file, which holds passwords.
        return ConfigError(
            f"{self.path.name} {what}",
            at=f"{self.path}{where}",
            hint="mend it there; it is left as it is",
            rule="unreadable-yaml",
        )

    @cached_property
    def prefix(self) -> tuple[str, ...]:
        """Where the chart's values begin: `gitea` where it is another chart's dependency."""
        return ("gitea",) if self._follow("gitea", "gitea") else ()

    def pair(self, *path: str) -> Pair | None:
        """The pair at these keys of the chart's values; of keys that repeat the last, as for Helm."""
        return self._follow(*self.prefix, *path)

    def _follow(self, *path: str) -> Pair | None:
        node, found = self.root, None
        for key in path:
            found = last_of(node, key)
            if found is None:
                return None
            node = found.value
        return found

    def node(self, *path: str) -> "yaml.Node | None":
        """The value at these keys; of no keys the mapping of the chart's values."""
        whole = (*self.prefix, *path)
        found = self._follow(*whole)
        return found.value if found else (None if whole else self.root)

    def printed(self, *path: str) -> str:
        """A scalar as Helm prints it; empty where there is none."""
        node = self.node(*path)
        return (printed(node) or "") if node is not None else ""

    @cached_property
    def sections(self) -> tuple[Pair, ...]:
        """What stands directly in `gitea.config`; of a key that repeats the last, as for Helm."""
        found = {pair.name: pair for pair in pairs(self.node("gitea", "config"))}
        return tuple(found.values())

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """All keys of all sections; sections in lower case and keys in upper, as Gitea gets them."""
        return tuple(
            Entry(section.name.lower(), pair.name.upper(), pair)
            for section in self.sections
            for pair in pairs(section.value)
        )

    @cached_property
    def variables(self) -> tuple[Entry, ...]:
        """All keys that variables set, those last that win: `init-app-ini` in templates/gitea/deployment.yaml."""
        found = (
            _variable(item)
            for path in (("deployment", "env"), ("gitea", "additionalConfigFromEnvs"))
            for item in items(self.node(*path))
        )
        return tuple(entry for entry in found if entry)

    def entry(self, section: str, key: str) -> Entry | None:
        """One key of app.ini; the one that counts where several set it."""
        every = (*self.entries, *self.variables)
        found = [one for one in every if (one.section, one.key) == (section, key)]
        return found[-1] if found else None

    def span(self, node: "yaml.Node") -> Span:
        """The bytes of a scalar, or of something in brackets."""
        return Span(self.byte(node.start_mark.index), self.byte(node.end_mark.index))

    def byte(self, character: int) -> int:
        """The offset in the file of a character of the text."""
        offset = len(self.data) - len(self.data.removeprefix(BOM))
        plain = character if self.text.isascii() else len(self.text[:character].encode())
        return offset + plain

    def place(self, node: "yaml.Node") -> str:
        """`file:line:column` of a node."""
        return f"{self.path}:{node.start_mark.line + 1}:{node.start_mark.column + 1}"


def _variable(item: object) -> Entry | None:
    """The key that an item of a list of variables sets, if it sets one."""
    name = text_of(item, "name")
    found, value = section_and_key(name), last_of(item, "value")
    source = value or last_of(item, "valueFrom")
    if found is None or source is None:
        return None
    return Entry(found[0], found[1].upper(), source, value is None or name.endswith(FILE))
