"""Settings: one frozen value in which every part knows where it came from.

flag > `RAILREL_*` > `[tool.railrel]` of the project > `railrel.toml` of the workspace > user file
> default, merged key by key.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from railrel.documents import Document, Table, read
from railrel.errors import ConfigError, Problem
from railrel.setting_keys import KEYS, Key
from railrel.values import dataclass

WORKSPACE_FILE: Final = "railrel.toml"


_BY_NAME: Final = {key.name: key for key in KEYS}


@dataclass(frozen=True, slots=True)
class Value:
    """What a key is set to, and where."""

    value: str | tuple[str, ...]
    origin: str
    """A flag, a variable, `file:line:column` or `default`."""
    base: Path
    """What a relative path in it is relative to."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Every key with its value and its origin."""

    values: Mapping[str, Value]

    def text(self, name: str) -> str:
        """A key that holds one text; empty when not set."""
        value = self.values[name].value
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """A key that holds several."""
        value = self.values[name].value
        return value if isinstance(value, tuple) else ()


@dataclass(frozen=True, slots=True)
class _Layer:
    table: Table
    at: Mapping[str, str]
    base: Path
    workspace: bool


def resolve(
    *,
    flags: Mapping[str, str | None],
    environment: Mapping[str, str],
    start: Path,
    project: Document | None,
    workspace: Path,
    user: Path | None,
) -> Settings:
    """Merge all layers. ConfigError with every unknown key and wrong type at once.

    `user` is the folder of the user's configuration files; None leaves them out.
    """
    layers = [
        _Layer(
            {n: v for n, v in flags.items() if v},
            {n: f"--{n}" for n in flags},
            start,
            workspace=True,
        ),
        _from_environment(environment, start),
        *([_from_project(project)] if project else []),
        _from_file(workspace / WORKSPACE_FILE, workspace=True),
        *([_from_file(user / "railrel" / "config.toml", workspace=False)] if user else []),
    ]
    problems = [problem for layer in layers for problem in _wrong(layer)]
    if problems:
        raise ConfigError.of(problems)
    return Settings({key.name: _first(key, layers, workspace) for key in KEYS})


def _first(key: Key, layers: list[_Layer], workspace: Path) -> Value:
    for layer in layers:
        if key.name in layer.table:
            found = layer.table[key.name]
            value = tuple(found) if isinstance(found, list) else str(found)
            return Value(value, layer.at[key.name], layer.base)
    return Value(key.default, "default", workspace)


def _from_environment(environment: Mapping[str, str], start: Path) -> _Layer:
    given = {k: environment[k.variable] for k in KEYS if environment.get(k.variable, "").strip()}
    table: Table = {
        key.name: value.split() if isinstance(key.default, tuple) else value.strip()
        for key, value in given.items()
    }
    return _Layer(table, {key.name: key.variable for key in given}, start, workspace=True)


def _from_project(document: Document) -> _Layer:
    table = document.table("tool", "railrel")
    at = {name: document.at(("tool", "railrel", name)) for name in table}
    return _Layer(table, at, document.path.parent, workspace=False)


def _from_file(path: Path, *, workspace: bool) -> _Layer:
    if not path.is_file():
        return _Layer({}, {}, path.parent, workspace)
    document = read(path)
    table = document.values
    return _Layer(table, {n: document.at((n,)) for n in table}, path.parent, workspace)


def _wrong(layer: _Layer) -> Iterator[Problem]:
    for name, value in layer.table.items():
        key = _BY_NAME.get(name)
        at = layer.at[name]
        if key is None:
            yield _unknown(name, at)
        elif isinstance(key.default, tuple):
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                yield Problem(f"{name} must be a list of texts", at, f'{name} = ["packages/*"]')
            elif key.workspace_only and not layer.workspace:
                yield Problem(
                    f"{name} belongs into {WORKSPACE_FILE}", at, f"move it to {WORKSPACE_FILE}"
                )
        elif not isinstance(value, str):
            yield Problem(f"{name} must be a text", at, f'{name} = "…"')
        elif key.choices and value not in key.choices:
            near = difflib.get_close_matches(value, key.choices, n=1)
            known = ", ".join(key.choices)
            hint = f'did you mean "{near[0]}"?' if near else f"one of: {known}"
            yield Problem(
                f"{name} cannot be {value!r}; it is one of {known}", at, hint, "wrong-value"
            )
        elif (
            key.pattern
            and not re.fullmatch(key.pattern, value, re.ASCII)
            and (value or key.default)
        ):
            yield Problem(
                f"{name} cannot be {value!r}", at, f'{name} = "{key.example}"', "wrong-value"
            )
        elif name == "tag" and value and "{version}" not in value:
            yield Problem(f"tag must hold {{version}}: {value!r}", at, 'tag = "v{version}"')


def _unknown(name: str, at: str) -> Problem:
    near = difflib.get_close_matches(name, _BY_NAME, n=1)
    known = ", ".join(_BY_NAME)
    hint = f"did you mean {near[0]}?" if near else f"known: {known}"
    return Problem(f"there is no setting {name}", at, hint, "unknown-setting")
