"""`railrel config`: each setting with where it comes from."""

import click

from railrel.commands.shared.context import Context
from railrel.commands.shared.options import json_option, with_context
from railrel.errors import ConfigError, ExitCode
from railrel.registries.places import place_of
from railrel.setting_keys import KEYS
from railrel.settings import Settings
from railrel.values import dataclass
from railrel.workspace.discovery import workspace_root

SCHEMA = "railrel.config/1"


@dataclass(frozen=True, slots=True)
class SettingReport:
    """One setting."""

    name: str
    value: str | tuple[str, ...]
    origin: str
    variable: str


@dataclass(frozen=True, slots=True)
class ConfigReport:
    """What `railrel config --json` prints."""

    workspace: str
    settings: tuple[SettingReport, ...]


@click.command("config")
@json_option
@with_context
def command(context: Context, *, as_json: bool) -> int:
    """Print each setting with where it comes from.

    A flag comes before RAILREL_* variables, these before [tool.railrel] of the project you stand
    in, before railrel.toml of the workspace, before ~/.config/railrel/config.toml.
    """
    root = workspace_root(context.start)
    workspace = context.workspace()
    inside = [p for p in workspace.projects if context.start.is_relative_to(p.folder)]
    project = max(inside, key=lambda p: len(p.folder.parts)) if inside else None
    settings = context.settings(root, project)
    rows = tuple(
        SettingReport(k.name, _shown(settings, k.name), settings.values[k.name].origin, k.variable)
        for k in KEYS
    )
    if as_json:
        context.console.report(SCHEMA, ConfigReport(str(root), rows))
        return ExitCode.DONE
    for row in rows:
        value = row.value if isinstance(row.value, str) else " ".join(row.value)
        context.console.result(f"{row.name} = {value or '(not set)'}  [{row.origin}]")
    return ExitCode.DONE


def _shown(settings: Settings, name: str) -> str | tuple[str, ...]:
    """The value; a registry's URL without its password."""
    if name != "registry" or "@" not in settings.text(name):
        return settings.values[name].value
    try:
        return place_of(settings, settings.values[name].base).shown
    except ConfigError:
        return "(unusable)"
