"""What to change, by the exact name that it has where it is changed. Pure."""

from typing import Literal, TypeAlias

from railrel.helm.environment import variable
from railrel.values import dataclass

Where: TypeAlias = Literal[
    "helm",
    "ini",
    "environment",
    "setting",
    "variable",
    "annotation",
    "proxy",
    "scope",
    "right",
    "host",
]

TITLES: dict[Where, str] = {
    "helm": "Helm value",
    "ini": "app.ini",
    "environment": "Gitea's environment",
    "setting": "setting of railrel",
    "variable": "environment variable here",
    "annotation": "annotation of the ingress",
    "proxy": "the proxy",
    "scope": "scope of the token",
    "right": "right in Gitea",
    "host": "on the host",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to set. Several of them are ways to the same end, each for another kind of setup."""

    where: Where
    name: str
    value: str = ""
    """Empty where the name says it all."""

    @property
    def shown(self) -> str:
        """As it is written where it belongs."""
        match self.where:
            case "helm" | "annotation":
                return f'{self.name}: "{self.value}"'
            case "ini":
                return f"{self.name} = {self.value}"
            case "environment" | "variable":
                return f"{self.name}={self.value}"
            case "setting":
                return f'{self.name} = "{self.value}"'
            case _:
                return f"{self.name}: {self.value}" if self.value else self.name


def gitea(section: str, key: str, value: str) -> tuple[Change, ...]:
    """A key of Gitea's app.ini, in the three ways that people set it.

    The Helm chart knows one level below `gitea.config`, so a section with dots is one quoted key.
    """
    quoted = f'"{section}"' if "." in section else section
    return (
        Change("helm", f"gitea.config.{quoted}.{key}", value),
        Change("ini", f"[{section}] {key}", value),
        Change("environment", variable(section, key), value),
    )
