"""`railrel env`: the variables by which installers find the registry."""

import shlex

import click

from railrel.commands.shared.context import Context
from railrel.commands.shared.options import json_option, with_context
from railrel.commands.shared.tools import LOCAL_INDEX, together
from railrel.errors import ExitCode
from railrel.values import dataclass

SCHEMA = "railrel.env/1"


@dataclass(frozen=True, slots=True)
class EnvReport:
    """What `railrel env --json` prints."""

    registry: str
    variables: dict[str, str]


@click.command("env")
@json_option
@with_context
def command(context: Context, *, as_json: bool) -> int:
    """Print the variables by which pip and uv find the registry: eval "$(railrel env)".

    uv takes a package that the registry has from there alone. pip has no such rule: it takes the
    highest version of both indexes. No credential is printed.
    """
    workspace = context.workspace()
    registry = context.registry(workspace)
    name = registry.index_name or LOCAL_INDEX
    added = {
        "UV_INDEX": f"{name}={registry.simple_url}",
        "PIP_EXTRA_INDEX_URL": registry.simple_url,
    }
    variables = {
        key: together(context.world.environment.get(key, ""), value) for key, value in added.items()
    }
    if as_json:
        context.console.report(SCHEMA, EnvReport(registry.place, variables))
        return ExitCode.DONE
    for key, value in variables.items():
        context.console.result(f"export {key}={shlex.quote(value)}")
    source = f"poetry source add --priority=explicit {name}"
    if registry.kind == "folder":
        # A line break in the folder's name would end the comment, and eval would run the rest.
        folder = " ".join(shlex.quote(registry.place).splitlines())
        context.console.result("# Poetry takes indexes over HTTP only, and none from a variable:")
        context.console.result(f"#   python3 -m http.server -b 127.0.0.1 -d {folder} 8000 &")
        context.console.result(f"#   {source} http://127.0.0.1:8000/simple/")
    else:
        context.console.result("# Poetry takes none from a variable:")
        context.console.result(f"#   {source} {registry.simple_url}/")
    return ExitCode.DONE
