"""Which values of a values file are secrets, and the file without them."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from railrel.edits import Edit, apply
from railrel.helm.environment import FILE
from railrel.helm.nodes import Pair, items, pairs, text_of
from railrel.helm.scalars import kind_of
from railrel.helm.values_file import ValuesFile
from railrel.values import dataclass

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
)
# They may hold a password among other things.
_CONNECTIONS = ("CONN_STR", "PROVIDER_CONFIG")
_OPEN = ("ACCESS_KEY_ID", "SITE_KEY", "SITEKEY", "EXISTINGSECRET", "DISABLE_QUERY_AUTH_TOKEN")
# Encrypted by SOPS, or named to what fetches it.
_ELSEWHERE = ("ENC[", "ref+", "{{", "${")
_PASSWORD = re.compile(
    r"://[^/\s@:]*:(?!\$[({]|\{\{|ENC\[)[^/\s@]+@|\bpass(?:word|wd)=(?!\$[({]|\{\{|ENC\[)[^\s&;]",
    re.IGNORECASE,
)


def is_secret(name: str) -> bool:
    """Whether a key or variable of this name holds a secret."""
    upper = name.upper().replace("-", "_")
    return upper.endswith((*_ENDS, *_CONNECTIONS)) and not upper.endswith((*_OPEN, FILE))


def is_in_clear(pair: Pair) -> bool:
    """Whether there is a value, and it is neither encrypted nor named only."""
    text = str(pair.value.value)
    if kind_of(pair.value) in (None, "null", "bool"):
        return False
    if pair.name.upper().endswith(_CONNECTIONS):
        return _holds_password(pair)
    return bool(text) and not text.startswith(_ELSEWHERE)


def _holds_password(pair: Pair) -> bool:
    """Whether an address or a connection has one within."""
    return bool(_PASSWORD.search(str(pair.value.value)))


@dataclass(frozen=True, slots=True)
class SecretPair:
    """A key whose name or value says that it is a secret."""

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
        variable = text_of(node, "name")
        for pair in pairs(node):
            name = variable if variable and pair.name == "value" else pair.name
            waiting.append(((*path, pair.name), pair.value))
            if kind_of(pair.value) is not None and (is_secret(name) or _holds_password(pair)):
                yield SecretPair((*path, name), pair)


def redacted(file: ValuesFile) -> ValuesFile:
    """The file with `***` in the place of every secret, to be shown."""
    spans = {file.span(one.pair.value) for one in secret_pairs(file)}
    return apply(
        file, (Edit(span.start, span.end, "***") for span in spans if span.end > span.start)
    )
