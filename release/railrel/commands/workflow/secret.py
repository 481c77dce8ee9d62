"""The token that publishes, from where people keep it to the secrets of a repository."""

import sys
from dataclasses import replace

import click

from railrel.commands.shared.context import Context
from railrel.errors import ConfigError, Problem, RefusedError
from railrel.forges import Home, home_of
from railrel.registries import Registry
from railrel.registries.credentials import TOKEN_VARIABLE
from railrel.registries.gitea import Gitea
from railrel.workflows.flow import Flow
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project
from railrel.world import Secret


def store_secret(
    context: Context, workspace: Workspace, project: Project, flow: Flow, *, dry_run: bool
) -> str:
    """Store it once the registry took it for one that may publish: `made`, `replaced` or `checked`.

    RefusedError for a token that may not, or that the forge does not let us store.
    """
    home = _home(context, project, flow)
    # Where no registry is set, a job takes that of the repository's owner.
    own = f"{home.repository.root}/api/packages/{home.repository.owner}/pypi"
    there = context if flow.destination.shown else _asking(context, {}, registry=own)
    token, origin = _token(there.registry(workspace, project), flow)
    context.console.hide(token)
    as_in_job = _asking(there, {TOKEN_VARIABLE: token.reveal()}).registry(workspace, project)
    as_in_job.check_access()
    _warn_of_more(context, as_in_job, origin)
    where = f"{flow.secret} of {home.repository.full_name}"
    if dry_run:
        context.console.result(f"{project.name}: would store {origin} as the secret {where}")
        return "checked"
    stored = home.forge.set_secret(home.repository, flow.secret, token)
    context.console.result(f"{project.name}: {stored} the secret {where}, from {origin}")
    return stored


def _home(context: Context, project: Project, flow: Flow) -> Home:
    state = context.world.git.state(project.folder)
    remote = state.remote if state else None
    return home_of(
        remote, context.console.job, flow.destination.shown, context.world, context.console.hide
    )


def _asking(context: Context, variables: dict[str, str], registry: str | None = None) -> Context:
    """The same run with these variables, or with this registry."""
    environment = {**context.world.environment, **variables}
    return replace(
        context,
        world=replace(context.world, environment=environment),
        registry_flag=registry or context.registry_flag,
        _settings={},
        _registries={},
    )


def _token(registry: Registry, flow: Flow) -> tuple[Secret, str]:
    """The registry's own, else what is typed or piped; and where it was."""
    found = registry.credential()
    if found:
        return found.password, f"the token from {found.origin}"
    typed: str
    if sys.stdin.isatty():
        typed = click.prompt(f"Token for {registry.place}", hide_input=True, err=True)
    else:
        typed = sys.stdin.read()
    # Gitea keeps a line break at the end, and refuses the token with it for ever after.
    token = typed.strip()
    if not token:
        raise ConfigError(
            f"there is no token to store as {flow.secret}",
            at=registry.place,
            hint=f"set {TOKEN_VARIABLE}, or: railrel workflow {flow.project} --set-secret < FILE",
        )
    if not all(32 < ord(character) < 127 for character in token):
        raise RefusedError(
            "what was given is no token: it is one line of letters and digits",
            hint="copy it once more from where it was made",
        )
    return Secret(token), "the token that was given"


def _warn_of_more(context: Context, registry: Registry, origin: str) -> None:
    if isinstance(registry, Gitea) and (more := registry.more_than_packages()):
        context.console.problem(
            Problem(
                f"{origin} may do more than publish: {more}",
                at=registry.place,
                hint=f"make one with the scope write:package alone at {registry.token_page}; "
                "whoever may push to the repository can use a secret of it",
            ),
            "note",
        )
