"""What image is to be pushed under which name, of which version and commit."""

from typing import Final

from railrel.commands.shared.by_tag import Asked, checked
from railrel.commands.shared.context import Context
from railrel.errors import ConfigError, RefusedError
from railrel.images.pushes.decide import DIRTY, Shipment
from railrel.images.pushes.names import Wish, name_of
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project
from railrel.workspace.state import marked_version
from railrel.world import GitState

AGAIN: Final = "railrel image {name} --push"
"""What to type next."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What the command line and the job say of it."""

    name: str | None
    """The full name of the image, if it is given."""
    by: Asked | None
    """The tag that the job is for."""
    dirty: bool
    no_tag: bool


def shipment_of(
    context: Context, workspace: Workspace, project: Project, asking: Asking
) -> Shipment:
    """All of it. ConfigError without a name.

    RefusedError if the checkout is not the one that the version names, or not the job's.
    """
    agreed = checked(context, workspace, project, asking.by, AGAIN)
    if agreed.problems:
        raise RefusedError.of(agreed.problems)
    refused = agreed.refusals(
        context,
        workspace,
        allow_dirty=asking.dirty,
        no_tag=asking.no_tag,
        again=AGAIN.replace("{name}", project.name),
    )
    if refused:
        raise RefusedError.of(refused)
    version = marked_version(agreed.marked)
    name = name_of(_wish(context, workspace, project, asking.name), version)
    return Shipment(name, version, _revision(agreed.state))


def _wish(context: Context, workspace: Workspace, project: Project, given: str | None) -> Wish:
    """`--name`, the setting, or what lies beside the packages."""
    setting = context.settings(workspace.root, project).values["image"]
    registry = context.registry(workspace, project)
    if given:
        return Wish(given, "--name")
    if setting.value:
        return Wish(str(setting.value).replace("{name}", project.name), setting.origin)
    if registry.images:
        return Wish(f"{registry.images}/{project.name}", registry.place)
    raise ConfigError(
        f"nothing says where the image of {project.name} goes",
        at=registry.place,
        hint='set image = "git.example.com/acme/{name}", or registry to your Gitea\'s',
    )


def _revision(state: GitState | None) -> str:
    if state is None or state.commit is None:
        return ""
    return f"{state.commit}{DIRTY}" if state.dirty else state.commit
