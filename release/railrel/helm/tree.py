"""What of a values file is wanted: a tree of keys, and how it is written where nothing is yet."""

import json
import re
from collections.abc import Iterator
from typing import TypeAlias

from railrel.helm.environment import variable
from railrel.helm.sizes import body_bytes
from railrel.helm.table import SecretSetting, Setting, secrets_of, settings_of
from railrel.helm.wishes import Wishes
from railrel.values import dataclass

CONFIG = ("gitea", "config")
FROM_ENVIRONMENT = ("gitea", "additionalConfigFromEnvs")
BODY_SIZE = "nginx.ingress.kubernetes.io/proxy-body-size"


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """What ingress-nginx lets through, in bytes; more is as good."""

    size: int

    @property
    def value(self) -> str:
        """As nginx has it."""
        return f"{self.size // 1024**2}m"

    @property
    def why(self) -> str:
        """For whoever reads the file."""
        return (
            "ingress-nginx lets 1 MiB through and answers 413 to the rest. This is the largest file, and\n"
            "what is sent along with it."
        )


Leaf: TypeAlias = Setting | BodyLimit
Tree: TypeAlias = "dict[str, Wanted]"
Wanted: TypeAlias = "Tree | Leaf | tuple[SecretSetting, ...]"
"""What stands at a key: more keys, a value, or items of `additionalConfigFromEnvs`."""


def tree_of(wishes: Wishes) -> Tree:
    """All that a values file should say."""
    sections: Tree = {}
    for setting in settings_of(wishes):
        section = sections.setdefault(setting.section, {})
        if isinstance(section, dict):
            section[setting.key] = setting
    gitea: Tree = {"config": sections}
    secrets = secrets_of(wishes)
    if secrets:
        gitea["additionalConfigFromEnvs"] = secrets
    tree: Tree = {"gitea": gitea}
    if wishes.ingress == "nginx":
        tree["ingress"] = {"annotations": {BODY_SIZE: BodyLimit(body_bytes(wishes.max_file))}}
    return tree


def lines_of(tree: Tree, indent: str = "", step: str = "  ") -> Iterator[str]:
    """The tree as a block of YAML, every value with its reason above it."""
    for key, value in tree.items():
        match value:
            case dict():
                yield f"{indent}{written_key(key)}:"
                yield from lines_of(value, indent + step, step)
            case tuple():
                yield f"{indent}{written_key(key)}:"
                yield from items_of(value, indent + step, step)
            case leaf:
                yield from (f"{indent}# {line}" for line in leaf.why.splitlines())
                yield f"{indent}{written_key(key)}: {written(leaf.value)}"


def items_of(secrets: tuple[SecretSetting, ...], indent: str, step: str) -> Iterator[str]:
    """The items of `additionalConfigFromEnvs` that take these from their Secrets."""
    for one in secrets:
        inner = indent + "  "
        yield from (f"{indent}# {line}" for line in one.why.splitlines())
        yield f"{indent}- name: {variable(one.section, one.key)}"
        yield f"{inner}valueFrom:"
        yield f"{inner}{step}secretKeyRef:"
        yield f"{inner}{step}{step}name: {written(one.secret)}"
        yield f"{inner}{step}{step}key: {one.item}"


def flow_of(value: Wanted) -> str:
    """The same within braces, where no comment can be."""
    match value:
        case dict():
            inner = (f"{written_key(key)}: {flow_of(one)}" for key, one in value.items())
            return "{" + ", ".join(inner) + "}"
        case tuple():
            return "[" + ", ".join(flow_item(one) for one in value) + "]"
        case leaf:
            return written(leaf.value)


def flow_item(one: SecretSetting) -> str:
    """One item of `additionalConfigFromEnvs` within brackets."""
    reference = f"{{secretKeyRef: {{name: {written(one.secret)}, key: {one.item}}}}}"
    return f"{{name: {variable(one.section, one.key)}, valueFrom: {reference}}}"


def written_key(key: str) -> str:
    """A key; dotted ones in quotes, so that nobody takes them for several."""
    return key if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]+", key) else written(key)


def written(value: str) -> str:
    """A text in quotes: Helm makes numbers of numbers and true of yes."""
    return json.dumps(value, ensure_ascii=False)
