"""The rewrite of a copy from which an sdist is built: it is for people who have no neighbours."""

from railrel.dependencies.look import Neighbourhood, Request
from railrel.dependencies.ranges import Style
from railrel.dependencies.rewrite import Rewrite, plan
from railrel.workspace.projects import Project


def plan_for_others(project: Project, neighbourhood: Neighbourhood, style: Style) -> Rewrite:
    """As fix-deps does it, but no index is named: others have their own.

    What does not reach the metadata is rewritten too, where it can be; the gate judges what is left.
    """
    whole = plan(project, neighbourhood, Request(style=style, alone=True))
    if not whole.problems:
        return whole
    return plan(project, neighbourhood, Request(purpose="publish", style=style, alone=True))
