"""What `railrel status --security` finds: what lets a stranger's package in, and who has our names."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from packaging.utils import NormalizedName

from railrel.commands.shared.context import Context
from railrel.commands.shared.index_plan import Plan, ours_of, plan_of
from railrel.commands.status.public_names import Answers, Asking, Held
from railrel.commands.status.security_report import SecurityReport
from railrel.dependencies.file_names import files_like
from railrel.dependencies.locks.beside import locks_of
from railrel.distributions.public_index import pip_files
from railrel.errors import ConfigError, Problem, RailrelError
from railrel.origins import lines, locked, pip, variables
from railrel.origins.files import GLOBS, LARGEST
from railrel.sources import read_source
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project
from railrel.world import GitState


def examined(
    context: Context,
    workspace: Workspace,
    projects: Iterable[Project],
    states: Mapping[Path, GitState | None],
    held: Held,
    *,
    offline: bool,
) -> SecurityReport:
    """Look at the files of these projects and of this machine, and ask for the names of ours."""
    wanted = tuple(projects)
    findings: list[Problem] = []
    plans: list[Plan] = []
    for project in wanted:
        try:
            plans.append(_plan(context, workspace, project, offline=offline))
        except ConfigError as error:
            # A folder is in nobody's files, and leaves nothing to be told.
            findings += [p for p in error.problems if p.rule != "folder-registry"]
    findings += [problem for plan in plans for problem in _unwritten(plan)]
    folders = [workspace.root, *(s.root for s in states.values() if s), *(p.folder for p in wanted)]
    notes: list[Problem] = []
    for path in dict.fromkeys((*_files(folders), *_of_machine(context))):
        found = _in_file(path)
        notes += [problem for problem in found if problem.rule == "too-large"]
        findings += [problem for problem in found if problem.rule != "too-large"]
    findings += variables.find(context.world.environment)
    for project in wanted:
        findings += _in_locks(context, workspace, project)
    names = sorted(
        {n for plan in plans for n in plan.taken.all} | _names(context, workspace, wanted)
    )
    asked = Asking(context, workspace, held).of(names) if names and not offline else Answers()
    return SecurityReport(
        public_index=asked.place,
        names=asked.names,
        findings=tuple(dict.fromkeys((*asked.findings, *findings))),
        notes=tuple(dict.fromkeys((*asked.notes, *notes))),
        unknown=tuple(dict.fromkeys(asked.unknown)),
    )


def _names(
    context: Context, workspace: Workspace, projects: Iterable[Project]
) -> set[NormalizedName]:
    ours = ours_of(context, workspace)
    return {project.name for project in projects if ours.holds(project.name)}


def _plan(context: Context, workspace: Workspace, project: Project, *, offline: bool) -> Plan:
    """Without the registry's answers where it gives none; that it does not is said elsewhere."""
    try:
        return plan_of(context, workspace, project, offline=offline)
    except ConfigError:
        raise
    except RailrelError:
        return plan_of(context, workspace, project, offline=True)


def _unwritten(plan: Plan) -> Iterator[Problem]:
    """Names that a project's tools would take from wherever they look first."""
    name = plan.project.name
    for file in plan.files:
        yield Problem(
            f"nothing tells {name}'s tools to take {', '.join(plan.taken.all)} from our registry alone",
            str(file.path),
            f"railrel index {name}",
            "index-not-written",
        )
    if plan.commands and (plan.pins or not (plan.project.folder / pip.PINS).is_file()):
        yield Problem(
            f"pip may take {', '.join(plan.taken.all)} for {name} from any index that it asks",
            str(plan.project.folder),
            f"railrel index {name}; or requirements with hashes; or uv pip",
            "index-not-written",
        )
    yield from (problem for problem in plan.findings if problem.rule != "no-tool")


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in dict.fromkeys(folders):
        yield from (folder / name for name in files_like(folder, GLOBS))


def _of_machine(context: Context) -> Iterator[Path]:
    """What pip and uv of this user read beside a project's files."""
    world = context.world
    yield from pip_files(world.environment, world.home, Path(sys.prefix))
    config = world.environment.get("XDG_CONFIG_HOME")
    yield (Path(config) if config else world.home / ".config") / "uv" / "uv.toml"
    yield Path("/etc/uv/uv.toml")


def _in_file(path: Path) -> list[Problem]:
    try:
        if not path.is_file():
            return []
        if path.stat().st_size > LARGEST:
            large = f"{path.name} is larger than {LARGEST // 1_000_000} MB, and is not looked at"
            return [Problem(large, str(path), "see yourself what is in it", "too-large")]
        return list(lines.find(read_source(path)))
    except (ConfigError, OSError):
        # What nobody can read tells no tool anything; a project's own are spoken of elsewhere.
        return []


def _in_locks(context: Context, workspace: Workspace, project: Project) -> Iterator[Problem]:
    registry = context.registry(workspace, project)
    ours = ours_of(context, workspace, project)
    where = locked.Registry(registry.simple_url, registry.publish_url)
    for one in locks_of(project.folder, workspace.uv_roots.get(project.folder)):
        yield from locked.find(one.lock, ours, where)
