"""What an image is made of, found out in a project and its settings."""

import re

from packaging.utils import NormalizedName

from railrel.commands.shared.context import Context
from railrel.commands.shared.tools import index_of
from railrel.dependencies.references import Index
from railrel.errors import Problem
from railrel.images.generate import internal_before
from railrel.images.installers import steps_for
from railrel.images.installers.protocol import Asked, Steps
from railrel.images.python_version import Python, image_of, python_of
from railrel.images.starts import start_of
from railrel.images.starts.protocol import Start
from railrel.images.tree import Tree, tree_of
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project
from railrel.workspace.source_files import source_names

# What URLs are made of (RFC 3986), less what means something to a shell.
_SAFE = re.compile(r"[\w.~:/?#\[\]@!*+,=%-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Parts:
    """Each is there, or what keeps it from being told."""

    tree: Tree
    index: Index | None
    python: str | Problem
    """Such as `3.12`."""
    base: str
    """The base image; empty where the Python cannot be told."""
    notes: tuple[Problem, ...]
    """What one should know and what stops nothing."""
    start: Start | Problem
    steps: Steps | list[Problem]


def parts_of(context: Context, workspace: Workspace, project: Project) -> Parts:
    """Look for all of them."""
    settings = context.settings(workspace.root, project)
    index = index_of(context.registry(workspace, project))
    tree = tree_of(project, source_names(context.world.git, project.folder))
    siblings = frozenset(workspace.folders) | internal_before(tree)
    root = workspace.uv_roots.get(project.folder)
    is_member = root is not None and root.path.parent != project.folder
    python = python_of(tree, settings)
    asked = Asked(tree, siblings, index, settings.text("image-uv"), is_member)
    unsafe = index is not None and not _SAFE.fullmatch(index.url)
    return Parts(
        tree=tree,
        index=index,
        python=python.minor if isinstance(python, Python) else python,
        base=image_of(settings, python) if isinstance(python, Python) else "",
        notes=(python.note,) if isinstance(python, Python) and python.note else (),
        start=start_of(tree, settings.text("image-command")),
        steps=[_unsafe(project, index.url)] if index and unsafe else steps_for(asked),
    )


def _unsafe(project: Project, url: str) -> Problem:
    return Problem(
        f"the registry's URL has characters that a shell would take for its own: {url}",
        str(project.folder),
        "write them as %20 and the like; railrel config says where it is set",
        "unsafe-url",
    )


def out_of_reach(project: Project, names: tuple[NormalizedName, ...]) -> Problem:
    """That packages would come from a registry that is a folder."""
    return Problem(
        f"{', '.join(names)} would come from a folder of this machine, which no image build can reach",
        str(project.folder),
        "set registry to your Gitea's: railrel config",
        "no-registry",
    )
