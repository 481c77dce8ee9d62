"""What a publish tells programs: its JSON, the outputs of a step, and the summary of a job. Pure."""

from dataclasses import dataclass

from railrel.commands.publish_talk import size_of
from railrel.distributions.artefacts import Artefact
from railrel.progress import Seconds
from railrel.registries.uploads import Outcome
from railrel.runner import cell

UPLOADED, ALREADY, BUILT = "uploaded", "already published", "built"


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
    """`uploaded`, `already published` or, with `--dry-run`, `built`."""


@dataclass(frozen=True, slots=True)
class ProjectReport:
    """One project that is published now."""

    name: str
    version: str
    files: tuple[FileReport, ...]
    seconds: Seconds
    tag: str
    """The tag that asked for it, else the one at HEAD; empty without one."""
    page: str
    """Where people see this version; empty where there is no such page."""


@dataclass(frozen=True, slots=True)
class PublishReport:
    """What `railrel publish --json` prints."""

    registry: str
    index: str
    """Where installers find it."""
    dry_run: bool
    projects: tuple[ProjectReport, ...]


def file_reports(
    files: tuple[Artefact, ...], outcomes: tuple[Outcome, ...]
) -> tuple[FileReport, ...]:
    """Each file with what became of it; only built where nothing was to be sent."""
    known = {outcome.artefact.path: outcome for outcome in outcomes}
    return tuple(_file_report(file, known.get(file.path)) for file in files)


def _file_report(file: Artefact, known: Outcome | None) -> FileReport:
    word = BUILT if known is None else UPLOADED if known.sent else ALREADY
    url = known.url if known else ""
    return FileReport(file.path.name, file.sha256, file.size, url, word)


def outputs(report: PublishReport) -> dict[str, str]:
    """The outputs of a job's step; of several projects separated by spaces."""
    files = [file for project in report.projects for file in project.files]
    return {
        "project": " ".join(project.name for project in report.projects),
        "version": " ".join(project.version for project in report.projects),
        "tag": " ".join(dict.fromkeys(p.tag for p in report.projects if p.tag)),
        "files": " ".join(file.filename for file in files),
        "published": str(any(file.outcome == UPLOADED for file in files)).lower(),
    }


def summary(report: PublishReport) -> str:
    """For the page of the job, in Markdown."""
    lines = ["| file | size | sha256 | state | registry |", "| --- | --- | --- | --- | --- |"]
    for project in report.projects:
        named = f"{project.name} {project.version}"
        where = f"[{cell(named)}](<{project.page}>)" if project.page else cell(report.registry)
        lines += [
            f"| {cell(f.filename)} | {size_of(f.size)} | `{f.sha256}` | {f.outcome} | {where} |"
            for f in project.files
        ]
    return "\n".join(lines) + "\n"
