"""`railrel verify`: would a stranger's machine install this?"""

import re
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import TypeAlias

import click
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from railrel.commands.shared.context import Context
from railrel.commands.shared.options import json_option, with_context
from railrel.commands.shared.proof import How, prove_installed
from railrel.commands.shared.published import download, files_of
from railrel.commands.shared.talk import size_of
from railrel.commands.verify.rebuild import RebuildReport, rebuilt
from railrel.distributions.artefacts import Artefact
from railrel.distributions.installed import InstallReport, Proved
from railrel.distributions.judgement import judged
from railrel.errors import ConfigError, ConflictError, ExitCode, Problem
from railrel.registries import Registry, choose
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace

SCHEMA = "railrel.verify/1"

_VERSION = re.compile(r"([A-Za-z0-9][\w.-]*)\s*==\s*(\S+)")


@dataclass(frozen=True, slots=True)
class VerifiedFile:
    """One file that was looked at."""

    filename: str
    kind: str
    """`wheel` or `sdist`."""
    sha256: str
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class VerifiedVersion:
    """What was proved of a published version beside its files."""

    name: str
    version: str
    installs: tuple[InstallReport, ...]
    """One a Python; none without `--install` or `--import`."""
    requires_python: str
    """As the wheel has it; empty without `--install` or `--import`."""
    pythons_left_out: tuple[str, ...]
    """Pythons that are here and that it is not for, such as `3.9.18`: it was not tried there."""
    rebuild: RebuildReport | None
    """None without `--rebuild`."""


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What `railrel verify --json` prints."""

    fit: bool
    registry: str
    """Where published versions came from; empty where none was asked for."""
    files: tuple[VerifiedFile, ...]
    versions: tuple[VerifiedVersion, ...]
    findings: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    """What may be meant so."""


@dataclass(frozen=True, slots=True)
class _Published:
    name: NormalizedName
    version: Version


_Named: TypeAlias = Path | _Published


@dataclass(frozen=True, slots=True)
class _Wanted:
    how: How
    rebuild: bool
    allow_dev: bool


@click.command("verify")
@click.argument("what", nargs=-1, required=True, metavar="FILE|NAME==VERSION...")
@click.option("--install", is_flag=True, help="Install the version on each Python that is here.")
@click.option("--import", "imports", is_flag=True, help="Install it, and import it there.")
@click.option("--rebuild", is_flag=True, help="Build it again from its tag, and compare the bytes.")
@click.option("--allow-dev", is_flag=True, help="Also development and local versions.")
@json_option
@with_context
def command(
    context: Context,
    what: tuple[str, ...],
    *,
    install: bool,
    imports: bool,
    rebuild: bool,
    allow_dev: bool,
    as_json: bool,
) -> int:
    """Judge wheels, sdists and published versions as publish judges what it built.

    A FILE may lie anywhere; sdist and wheel of one version are held against each other. NAME==VERSION
    is what the registry holds, with the hashes of its index. Nothing is changed. Exit code 1 when
    something is found that no stranger should be given.

    --install and --import take the version from the registry and its public requirements from the
    public index, into fresh environments. --rebuild needs the project in the workspace and its tag.
    """
    named = tuple(_named(context, word) for word in what)
    versions = [one for one in named if isinstance(one, _Published)]
    if (install or imports or rebuild) and not versions:
        raise click.UsageError("--install, --import and --rebuild are for NAME==VERSION")
    how: How = "import" if imports else "install" if install else "index"
    report = _verified(context, named, _Wanted(how, rebuild, allow_dev))
    _tell(context, report)
    if as_json:
        context.console.report(SCHEMA, report)
    return ExitCode.DONE if report.fit else ExitCode.FOUND


def _named(context: Context, word: str) -> _Named:
    path = context.start / word
    if path.is_file():
        return path.resolve()
    found = _VERSION.fullmatch(word)
    if found is None:
        raise ConfigError(
            f"{word} is no file, and no version either",
            at=str(context.start),
            hint="railrel verify dist/*, or: railrel verify NAME==1.2.3",
            rule="no-such-file",
        )
    try:
        return _Published(canonicalize_name(found[1]), Version(found[2]))
    except ValueError as error:  # InvalidVersion is one; so is a number of five thousand digits
        raise ConfigError(
            f"{found[2]} is no version (PEP 440)", at=word, hint="write it like 1.2.3"
        ) from error


def _verified(context: Context, named: tuple[_Named, ...], wanted: _Wanted) -> VerifyReport:
    world, workspace = context.world, context.workspace_if_any()
    published = [one for one in named if isinstance(one, _Published)]
    registries = {one: _registry(context, workspace, one.name) for one in published}
    findings: list[Problem] = []
    with world.files.scratch(world.cache / "verifications", "verify-") as scratch:
        given = [one for one in named if isinstance(one, Path)]
        brought = {
            one: _brought(context, registry, one, scratch / str(number), findings=findings)
            for number, (one, registry) in enumerate(registries.items())
        }
        paths = (*given, *(path for those in brought.values() for path in those))
        found = judged(paths, _siblings(workspace), allow_dev=wanted.allow_dev)
        findings += found.findings
        versions = []
        for one in published:
            mine = tuple(file for file in found.files if file.path in brought[one])
            versions.append(_proved(context, registries[one], one, wanted, mine, findings=findings))
    return VerifyReport(
        not findings,
        registries[published[-1]].place if published else "",
        tuple(VerifiedFile(f.path.name, f.kind, f.sha256, f.size) for f in found.files),
        tuple(versions),
        tuple(findings),
        found.notes,
    )


def _brought(
    context: Context, registry: Registry, one: _Published, folder: Path, *, findings: list[Problem]
) -> list[Path]:
    """What the registry holds of a version, downloaded, but for what is not what its index says."""
    paths: list[Path] = []
    for file in files_of(registry, one.name, one.version):
        try:
            paths.append(download(context, registry, file, folder).path)
        except ConflictError as error:
            findings += error.problems
    return paths


def _proved(
    context: Context,
    registry: Registry,
    one: _Published,
    wanted: _Wanted,
    mine: tuple[Artefact, ...],
    *,
    findings: list[Problem],
) -> VerifiedVersion:
    rebuild: RebuildReport | None = None
    proved = prove_installed(context, registry, one.name, one.version, wanted.how, brought=mine)
    findings += proved.problems
    if wanted.rebuild:
        rebuild = rebuilt(context, registry, one.name, one.version, mine)
        findings += rebuild.findings
    return VerifiedVersion(
        one.name,
        str(one.version),
        proved.installs,
        proved.requires_python,
        proved.left_out,
        rebuild,
    )


def _registry(context: Context, workspace: Workspace | None, name: NormalizedName) -> Registry:
    if workspace is None:
        # Outside of any workspace the settings of this machine name one.
        settings = context.settings(context.start)
        if not settings.text("registry"):
            raise ConfigError(
                f"no registry is named that could hold {name}",
                at=str(context.start),
                hint="--registry URL, or go to the workspace",
                rule="no-registry",
            )
        return choose(settings, context.start, context.world, context.console.hide)
    project = next(iter(workspace.named(name)), None)
    return context.registry(workspace, project)


def _siblings(workspace: Workspace | None) -> AbstractSet[NormalizedName] | None:
    if workspace is None:
        return None
    return frozenset(project.name for project in workspace.projects) or None


def _tell(context: Context, report: VerifyReport) -> None:
    console = context.console
    for problem in report.findings:
        console.problem(problem)
    for note in report.notes:
        console.problem(note, "note")
    for file in report.files:
        mine = any(
            p.at.partition(":")[0].partition("/")[0] == file.filename for p in report.findings
        )
        word = "unfit" if mine else "fit"
        console.result(f"{file.filename}: {word}, {size_of(file.size)}, sha256 {file.sha256}")
    for version in report.versions:
        named = f"{version.name} {version.version}"
        proved = Proved(version.installs, version.pythons_left_out, version.requires_python)
        for line in proved.said:
            console.result(f"{named}: {line}")
        for again in version.rebuild.files if version.rebuild else ():
            console.result(f"{named}: {again.filename} rebuilt, {again.outcome}")
