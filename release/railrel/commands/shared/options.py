"""Options that several verbs have, and how a user names projects to them."""

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Concatenate, ParamSpec

import click

from railrel.commands.shared.context import Context
from railrel.errors import ConfigError
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project

P = ParamSpec("P")
_REGISTRY = "railrel.registry"

projects_argument = click.argument("projects", nargs=-1, metavar="[PROJECT]...")
project_argument = click.argument("project", required=False)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
dry_run_option = click.option(
    "-n", "--dry-run", is_flag=True, help="Do everything but change or upload something."
)
all_option = click.option(
    "--all", "everything", is_flag=True, help="All projects of the workspace."
)
diff_option = click.option("--diff", is_flag=True, help="Change nothing; print what would change.")
undo_option = click.option("--undo", is_flag=True, help="Take back the last change to the project.")
no_lock_option = click.option("--no-lock", is_flag=True, help="Leave lock files as they are.")


def with_context(run: Callable[Concatenate[Context, P], int]) -> Callable[P, int]:
    """Hand a verb its `Context`, with what `--registry` says in it."""

    @functools.wraps(run)
    def called(*args: P.args, **kw: P.kwargs) -> int:
        click_context = click.get_current_context()
        context = click_context.find_object(Context)
        if context is None:
            raise RuntimeError("a verb was called outside the command line")
        return run(
            replace(
                context,
                registry_flag=click_context.meta.get(_REGISTRY),
                _settings={},
                _registries={},
            ),
            *args,
            **kw,
        )

    options = (
        click.option(
            "--registry",
            metavar="URL|FOLDER",
            expose_value=False,
            callback=_keep_registry,
            help="Where distributions are published.",
        ),
        click.option(
            "-q", "--quiet", is_flag=True, expose_value=False, callback=_speak, hidden=True
        ),
        click.option(
            "-v", "--verbose", is_flag=True, expose_value=False, callback=_speak, hidden=True
        ),
    )
    for option in options:
        called = option(called)
    return called


def _keep_registry(context: click.Context, _: click.Parameter, value: str | None) -> None:
    # A group and its command both have the option; the one that is given counts.
    if value is not None:
        context.meta[_REGISTRY] = value


def _speak(context: click.Context, option: click.Parameter, value: bool) -> None:  # noqa: FBT001 -- click's form
    """Take -q and -v behind the verb as well, where hands put them."""
    found = context.find_object(Context)
    if found and value:
        setattr(found.console, str(option.name), True)


def chosen(
    context: Context, workspace: Workspace, words: tuple[str, ...], *, everything: bool = False
) -> tuple[Project, ...]:
    """The projects that are named, else the one that the user stands in.

    ConfigError when neither says which.
    """
    if words or everything:
        return workspace.choose(words, context.start)
    inside = [p for p in workspace.projects if context.start.is_relative_to(p.folder)]
    if inside:
        return (max(inside, key=lambda p: len(p.folder.parts)),)
    names = ", ".join(p.name for p in workspace.projects)
    raise ConfigError("which project?", at=str(context.start), hint=f"name one of: {names}")
