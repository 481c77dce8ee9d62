"""Publish several projects: each as soon as what it needs is in the index, and all that can be."""

from collections.abc import Mapping
from dataclasses import replace
from threading import Event
from typing import TypeAlias

from packaging.utils import NormalizedName

from railrel.commands.publish.access import Access
from railrel.commands.publish.at_once import carried_out
from railrel.commands.publish.choice import Choice
from railrel.commands.publish.one import Task, published
from railrel.commands.publish.picture import Picture, picture
from railrel.commands.publish.plan import Kept, Plan, staying
from railrel.commands.publish.proof import Unproved, proved
from railrel.commands.publish.report import (
    FAILED,
    INTERRUPTED,
    KEPT,
    NOT_TRIED,
    ErrorReport,
    ProjectReport,
    error_reports,
    gravest,
    outcome_of,
)
from railrel.commands.shared.context import Context
from railrel.console import Apart, Console
from railrel.errors import ConflictError, ExitCode, Problem, RailrelError
from railrel.progress import Stage, Watch
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace
from railrel.workspace.waves import waves
from railrel.world import Told

Result: TypeAlias = ProjectReport | Unproved | RailrelError


@dataclass(frozen=True, slots=True)
class Manner:
    """How the run is carried out."""

    jobs: int
    """How many at once."""
    verify: str
    """What proves each version once it is out, as in `proof`."""
    dry_run: bool
    access: Access
    """What registries are asked of it."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended."""

    code: ExitCode
    projects: tuple[ProjectReport, ...]
    errors: tuple[ErrorReport, ...]
    left: tuple[NormalizedName, ...]
    """What failed and what was not tried, in order."""


def run(
    context: Context, workspace: Workspace, choice: Choice, plan: Plan, manner: Manner
) -> Ended:
    """Publish what is planned. A failure stops what needs it and nothing else."""
    crew = _Crew(context, workspace, choice, plan, manner)
    try:
        with picture(context.console) as shown:
            crew.carry_out(shown)
    except KeyboardInterrupt:
        context.console.problem(Problem("interrupted"))
        return crew.ended(ExitCode.INTERRUPTED)
    return crew.ended(gravest(crew.failures.values()))


class _Crew:
    """What the threads of a run share. Only the first thread changes it."""

    def __init__(
        self,
        context: Context,
        workspace: Workspace,
        choice: Choice,
        plan: Plan,
        manner: Manner,
    ) -> None:
        self._context, self._workspace, self._choice = context, workspace, choice
        self._plan, self._manner = plan, manner
        self._jobs = min(manner.jobs, len(plan.tasks))
        self._projects = {project.name: project for project in choice.projects}
        self._tasks = {task.order.project.name: task for task in plan.tasks}
        self._waves = waves(choice.edges, self._tasks)
        self._over = Event()
        self._voices: Mapping[NormalizedName, Console] = {
            name: context.console.apart() if self._jobs > 1 else context.console
            for name in self._tasks
        }
        self._begun: set[NormalizedName] = set()
        self._reports: dict[NormalizedName, ProjectReport] = {}
        self.failures: dict[NormalizedName, RailrelError] = {}

    def carry_out(self, shown: Picture) -> None:
        for task in self._tasks.values():
            # Once, before there are threads: those that share a registry then find it, credential and all.
            self._context.registry(self._workspace, task.order.project).credential()
        for kept in self._plan.kept:
            self._say_kept(kept)
        carried_out(
            self._waves, self._jobs, lambda name: self._publish(name, shown), self._told, self._stop
        )

    def _publish(self, name: NormalizedName, shown: Picture) -> Result:
        """In a thread of its own, where there are several."""
        self._begun.add(name)
        task = self._tasks[name]
        context = replace(self._context, console=self._voices[name])
        with shown.row(f"{name} {task.order.version}") as row:
            watched = replace(task, watch=_Ending(row, self._over))
            try:
                report = published(
                    context,
                    self._workspace,
                    watched,
                    self._manner.access,
                    dry_run=self._manner.dry_run,
                )
                how = "index" if self._manner.dry_run else self._manner.verify
                return proved(context, self._workspace, watched, report, how)
            except RailrelError as error:
                if self._over.is_set():
                    # Its build was ended; that says nothing of the project.
                    raise KeyboardInterrupt from error
                return error

    def _told(self, name: NormalizedName, result: Result) -> bool:
        voice = self._voices[name]
        if isinstance(voice, Apart):
            voice.given(self._context.console)
        match result:
            case ProjectReport():
                self._reports[name] = replace(result, outcome=outcome_of(result.files))
                return True
            case ConflictError() if name in self._plan.replaceable and _is_of_bytes(result):
                self._keep(self._tasks[name], result)
                return True
            case Unproved(report, error):
                self._reports[name] = report
                return self._told(name, error)
            case RailrelError():
                self.failures[name] = result
                for problem in result.problems:
                    self._context.console.problem(problem)
                return False

    def _stop(self) -> None:
        self._over.set()
        self._context.world.processes.stop()

    def _keep(self, task: Task, conflict: ConflictError) -> None:
        """Go on with what is published of a project that nobody named."""
        project, version = task.order.project, task.order.version
        note = staying(project, version, conflict.problems[0].message)
        self._say_kept(Kept(project, version, note))

    def _say_kept(self, kept: Kept) -> None:
        name, version = kept.project.name, str(kept.version)
        self._context.console.problem(kept.note, "note")
        self._context.console.result(f"{name} {version}: kept as published")
        self._reports[name] = ProjectReport(name, version, outcome=KEPT)

    def ended(self, code: ExitCode) -> Ended:
        """How it ended, with every project of the run in its order."""
        names = [project.name for project in self._choice.projects]
        left = tuple(n for n in names if n in self.failures or n not in self._reports)
        errors = [e for name in left if name in self.failures for e in self._errors_of(name)]
        return Ended(code, tuple(map(self._report, names)), tuple(errors), left)

    def _errors_of(self, name: NormalizedName) -> tuple[ErrorReport, ...]:
        return error_reports(name, self.failures[name])

    def _report(self, name: NormalizedName) -> ProjectReport:
        if name in self._reports:
            found = self._reports[name]
        else:
            found = ProjectReport(
                name, str(self._tasks[name].order.version), outcome=self._unfinished(name)
            )
        needs = self._waves.needs.get(name, frozenset())
        registry = self._context.registry(self._workspace, self._projects[name])
        return replace(
            found,
            outcome=FAILED if name in self.failures else found.outcome,
            registry=registry.place,
            waited_for=tuple(sorted(needs)),
            stopped_by=tuple(sorted(needs & self.failures.keys())),
        )

    def _unfinished(self, name: NormalizedName) -> str:
        if name in self.failures:
            return FAILED
        return INTERRUPTED if name in self._begun else NOT_TRIED


def _is_of_bytes(conflict: ConflictError) -> bool:
    """Whether all that is wrong is that the same version is published with other bytes."""
    return all(problem.rule == "other-bytes" for problem in conflict.problems)


@dataclass
class _Ending:
    """Passes on what it is told, until the run is over; then it ends whoever tells it something."""

    watch: Watch
    over: Event

    def stage(self, stage: Stage) -> None:
        self._check()
        self.watch.stage(stage)

    def sending(self, filename: str, size: int) -> Told:
        self._check()
        told = self.watch.sending(filename, size)

        def tell(sent: int) -> None:
            self._check()
            told(sent)

        return tell

    def _check(self) -> None:
        if self.over.is_set():
            raise KeyboardInterrupt
