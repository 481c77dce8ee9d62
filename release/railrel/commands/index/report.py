"""What `railrel index` tells: its JSON, and a line for each project."""

from pathlib import Path

from railrel.commands.shared.changes import TakenBack, diffs_of
from railrel.commands.shared.context import Context
from railrel.commands.shared.index_plan import Plan
from railrel.errors import Problem
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project


@dataclass(frozen=True, slots=True)
class ProjectReport:
    """What was, or would be, written for one project."""

    name: str
    index: str
    """The URL of our index."""
    tools: tuple[str, ...]
    """Those that are told: `uv`, `poetry`, `pdm`, `pipenv`, `pip`."""
    packages: tuple[str, ...]
    """Names of ours that the project's own files name."""
    further_packages: tuple[str, ...]
    """Names of ours that only those need."""
    files: tuple[str, ...]
    """Those that change."""
    stale_locks: tuple[str, ...]
    """Locks that the change makes stale, and that are not made again."""
    commands: tuple[str, ...]
    """What to type to install with pip."""
    findings: tuple[Problem, ...]
    diff: str


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What `railrel index --json` prints."""

    written: bool
    """False with `--check`, `--diff` and `--dry-run`."""
    projects: tuple[ProjectReport, ...]


def report_of(workspace: Workspace, plan: Plan) -> ProjectReport:
    """The report on one project."""
    files = (*plan.files, *((plan.pins,) if plan.pins else ()))
    return ProjectReport(
        name=plan.project.name,
        index=plan.index.url,
        tools=plan.tools,
        packages=plan.taken.direct,
        further_packages=plan.taken.further,
        files=tuple(str(file.path) for file in files),
        stale_locks=tuple(str(one.lock.path) for one in plan.stale),
        commands=plan.commands,
        findings=plan.findings,
        diff=diffs_of(files, workspace.root),
    )


def show(
    context: Context, plan: Plan, report: ProjectReport, *, write: bool, diff: bool, as_json: bool
) -> None:
    """Say what became, or would become, of one project."""
    console = context.console
    packages = ", ".join(plan.taken.all)
    if as_json:
        pass
    elif not packages:
        console.say(f"{report.name}: takes nothing of ours")
    elif diff and report.diff:
        console.diff(report.diff)
    elif plan.changes:
        verb = "now" if write else "would be"
        files = ", ".join(Path(name).name for name in report.files)
        console.result(f"{report.name}: {verb} from {plan.index.name} alone: {packages} ({files})")
    elif plan.tools:
        console.say(f"{report.name}: from {plan.index.name} alone already: {packages}")
    for problem in plan.findings:
        console.problem(problem, "finding")
    if write and plan.changes:
        for lock in report.stale_locks:
            console.say(f"{report.name}: {Path(lock).name} is stale now")
    for line in plan.commands:
        console.say(f"with pip: {line}")


def undone_of(workspace: Workspace, project: Project, files: TakenBack) -> ProjectReport:
    """The report on one project whose last change is taken back."""
    diffs = diffs_of(files, workspace.root)
    names = tuple(str(file.path) for file in files)
    return ProjectReport(project.name, "", (), (), (), names, (), (), (), diffs)
