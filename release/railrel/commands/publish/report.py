"""What a publish tells programs: its JSON, the outputs of a step, and the summary of a job. Pure."""

from collections.abc import Iterable
from typing import Final

from railrel.commands.publish.choice import Skipped
from railrel.commands.shared.talk import size_of
from railrel.distributions.artefacts import Artefact
from railrel.distributions.installed import InstallReport
from railrel.distributions.prepare import Prepared
from railrel.errors import ExitCode, RailrelError
from railrel.progress import Seconds
from railrel.registries.uploads import Outcome
from railrel.runner import cell
from railrel.values import dataclass

UPLOADED, ALREADY, BUILT, TAKEN = "uploaded", "already published", "built", "taken"
PUBLISHED, KEPT, FAILED = "published", "kept", "failed"
INTERRUPTED, NOT_TRIED = "interrupted", "not tried"

# A run that failed in several ways ends with the code that takes the most to cure: what is published
# differs; a project is unfit; somebody must give leave; a file is wrong; time may help.
_GRAVEST: Final = (
    ExitCode.BUG,
    ExitCode.CONFLICT,
    ExitCode.UNFIT,
    ExitCode.REFUSED,
    ExitCode.USAGE,
    ExitCode.FOUND,
    ExitCode.UNREACHABLE,
)


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file."""

    filename: str
    sha256: str
    size: int
    """Bytes."""
    url: str
    """Where the index has it; empty with `--dry-run`."""
    outcome: str
    """`uploaded` or `already published`; with `--dry-run` `built`, or `taken` from an earlier build of the
    same sources: it would be compared and sent."""


@dataclass(frozen=True, slots=True)
class ProjectReport:
    """One project of a run."""

    name: str
    version: str
    files: tuple[FileReport, ...] = ()
    """Wheel and sdist; none where nothing was published."""
    seconds: Seconds | None = None
    """None where it did not come to its end."""
    tag: str = ""
    """The tag that asked for it, else the one at HEAD; empty without one."""
    page: str = ""
    """Where people see this version; empty where there is no such page."""
    registry: str = ""
    outcome: str = ""
    """`published`, `already published`, `built` or `taken` (with `--dry-run`: it would be published),
    `kept` (the published version serves, and the checkout is another), `failed`, `interrupted` or
    `not tried`."""
    installs: tuple[InstallReport, ...] = ()
    """One a Python; none without `--verify=install` or `--verify=import`."""
    pythons_left_out: tuple[str, ...] = ()
    """Pythons that are here and that it is not for, such as `3.9.18`: it was not tried there."""
    waited_for: tuple[str, ...] = ()
    """Projects of this run that had to be in the index before."""
    stopped_by: tuple[str, ...] = ()
    """The failed projects that it needs, and for which it was not tried; none after an interruption."""


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """Why a project failed."""

    project: str
    code: int
    """The exit code of this kind of trouble."""
    message: str
    at: str
    hint: str
    rule: str
    """A stable name for scripts; empty for most."""


@dataclass(frozen=True, slots=True)
class PublishReport:
    """What `railrel publish --json` prints once it has begun; before that it is `railrel.error/1`."""

    registry: str
    index: str
    """Where installers find it."""
    dry_run: bool
    code: int
    """The exit code."""
    projects: tuple[ProjectReport, ...]
    """Of the run, dependencies first."""
    errors: tuple[ErrorReport, ...]
    skipped: tuple[Skipped, ...]
    next: str
    """The command that goes on where this one stopped; empty when nothing is left."""


def gravest(errors: Iterable[RailrelError]) -> ExitCode:
    """The exit code after these failures."""
    return min((error.code for error in errors), key=_GRAVEST.index, default=ExitCode.DONE)


def error_reports(project: str, error: RailrelError) -> tuple[ErrorReport, ...]:
    """Each problem of a failure."""
    return tuple(
        ErrorReport(project, error.code.value, p.message, p.at, p.hint, p.rule)
        for p in error.problems
    )


def outcome_of(files: tuple[FileReport, ...]) -> str:
    """What became of a project with these files."""
    outcomes = {file.outcome for file in files}
    unsent = next((word for word in (BUILT, TAKEN) if word in outcomes), ALREADY)
    return PUBLISHED if UPLOADED in outcomes else unsent


def file_reports(prepared: Prepared, outcomes: tuple[Outcome, ...]) -> tuple[FileReport, ...]:
    """Each file with what became of it; where nothing was to be sent, only where it is from."""
    known = {outcome.artefact.path: outcome for outcome in outcomes}
    origin = TAKEN if prepared.kept else BUILT
    return tuple(_file_report(file, known.get(file.path), origin) for file in prepared.files)


def _file_report(file: Artefact, known: Outcome | None, origin: str) -> FileReport:
    word = origin if known is None else UPLOADED if known.sent else ALREADY
    url = known.url if known else ""
    return FileReport(file.path.name, file.sha256, file.size, url, word)


def outputs(report: PublishReport) -> dict[str, str]:
    """The outputs of a job's step, of what has its files; of several projects separated by spaces."""
    done = [project for project in report.projects if project.files]
    files = [file for project in done for file in project.files]
    return {
        "project": " ".join(project.name for project in done),
        "version": " ".join(project.version for project in done),
        "tag": " ".join(dict.fromkeys(p.tag for p in done if p.tag)),
        "files": " ".join(file.filename for file in files),
        "published": str(any(file.outcome == UPLOADED for file in files)).lower(),
    }


def summary(report: PublishReport) -> str:
    """For the page of the job, in Markdown."""
    lines = ["| file | size | sha256 | state | registry |", "| --- | --- | --- | --- | --- |"]
    for project in report.projects:
        named = f"{project.name} {project.version}".strip()
        where = f"[{cell(named)}](<{project.page}>)" if project.page else cell(project.registry)
        lines += [
            f"| {cell(f.filename)} | {size_of(f.size)} | `{f.sha256}` | {f.outcome} | {where} |"
            for f in project.files
        ]
        if not project.files:
            why = f" because of {', '.join(project.stopped_by)}" if project.stopped_by else ""
            lines.append(
                f"| {cell(named)} | | | {project.outcome}{cell(why)} | {cell(project.registry)} |"
            )
    lines += [f"\n{cell(error.project)}: {cell(error.message)}" for error in report.errors]
    return "\n".join(lines) + "\n"
