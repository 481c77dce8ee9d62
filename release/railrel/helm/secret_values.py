"""Which values of a values file are secrets, and the file without them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from railrel.dependencies.edits import Edit, apply
from railrel.helm.environment import FILE
from railrel.helm.scalars import kind_of
from railrel.helm.values_file import Pair, ValuesFile, items, last_of, pairs, text_of

if TYPE_CHECKING:
    import yaml

_ENDS = (
    "PASSWD",
    "PASSWORD",
    "SECRET",
    "TOKEN",
    "_KEY",
    "PRIVATEKEY",
    "PASSPHRASE",
    "CONN_STR",
    "PROVIDER_CONFIG",
)
_OPEN = ("ACCESS_KEY_ID", "SITE_KEY", "SITEKEY", "EXISTINGSECRET", "DISABLE_QUERY_AUTH_TOKEN")
# Encrypted by SOPS, or named to what fetches it.
_ELSEWHERE = ("ENC[", "ref+", "{{", "${")


def is_secret(name: str) -> bool:
    """Whether a key or variable of this name holds a secret."""
    upper = name.upper().replace("-", "_")
    return upper.endswith(_ENDS) and not upper.endswith((*_OPEN, FILE))


def is_in_clear(pair: Pair) -> bool:
    """Whether there is a value, and it is neither encrypted nor named only."""
    text = str(pair.value.value)
    return (
        kind_of(pair.value) not in (None, "null", "bool")
        and bool(text)
        and not text.startswith(_ELSEWHERE)
    )


@dataclass(frozen=True, slots=True)
class SecretPair:
    """A key whose name says that its value is a secret."""

    path: tuple[str, ...]
    """From the top of the file; items of lists count for nothing."""
    pair: Pair


def secret_pairs(file: ValuesFile) -> Iterator[SecretPair]:
    """Every one with a scalar, wherever it stands; what an anchor gives to several, once."""
    waiting: list[tuple[tuple[str, ...], yaml.Node | None]] = [((), file.root)]
    known: set[int] = set()
    while waiting:
        path, node = waiting.pop()
        if node is None or id(node) in known:
            continue
        known.add(id(node))
        waiting += [(path, item) for item in items(node)]
        for pair in pairs(node):
            below = (*path, pair.name)
            waiting.append((below, pair.value))
            if kind_of(pair.value) is not None and is_secret(pair.name):
                yield SecretPair(below, pair)
        value = last_of(node, "value")
        name = text_of(node, "name")
        if value and kind_of(value.value) is not None and is_secret(name):
            yield SecretPair((*path, name), value)


def redacted(file: ValuesFile) -> ValuesFile:
    """The file with `***` in the place of every secret, to be shown."""
    spans = {file.span(one.pair.value) for one in secret_pairs(file)}
    return apply(
        file, (Edit(span.start, span.end, "***") for span in spans if span.end > span.start)
    )
