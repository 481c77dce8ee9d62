"""`railrel helm-values`: the values of a Gitea that is a Python registry, printed, patched in, judged."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import click

from railrel.commands.helm_values.files import (
    Judged,
    Patched,
    journal_of,
    judge,
    patch_file,
    root_of,
)
from railrel.commands.shared.context import Context
from railrel.commands.shared.options import dry_run_option, json_option, with_context
from railrel.errors import ConfigError, ExitCode, Problem
from railrel.helm.forms import FORMS
from railrel.helm.installed import values_of
from railrel.helm.patch import Kept
from railrel.helm.reading import Asked, wishes_of
from railrel.helm.table import Setting, settings_of
from railrel.helm.values_file import ValuesFile
from railrel.helm.wishes import Ingress, SignIn
from railrel.registries import gitea
from railrel.registries.places import place_of
from railrel.sources import read_bytes
from railrel.values import dataclass

SCHEMA = "railrel.helm-values/1"


@dataclass(frozen=True, slots=True)
class HelmValuesReport:
    """What `railrel helm-values --json` prints."""

    file: str = ""
    """What is patched or judged."""
    settings: tuple[Setting, ...] = ()
    """Of app.ini, that are wanted."""
    text: str = ""
    """What is printed without --json, where values are printed."""
    written: bool = False
    diff: str = ""
    kept: tuple[Kept, ...] = ()
    """Values of the file that are as good."""
    findings: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    """What is no reason for exit code 1."""


@click.command("helm-values")
@click.option(
    "--url", metavar="URL", help="Where people reach Gitea. None: from the registry, or the values."
)
@click.option("--max-file", metavar="SIZE", help="Largest file of a package. None: 100MiB.")
@click.option("--max-owner", metavar="SIZE", help="All packages of an owner. None: no limit.")
@click.option(
    "--storage", type=click.Choice(["volume", "s3"]), help="Where packages lie. None: volume."
)
@click.option("--s3-endpoint", metavar="HOST:PORT", help="The server of S3 or MinIO.")
@click.option("--s3-bucket", metavar="NAME", help="The bucket. None: gitea.")
@click.option("--s3-region", metavar="NAME", help="Its region. None: us-east-1.")
@click.option(
    "--s3-secret",
    metavar="NAME",
    help="The Secret that holds access-key and secret-key. None: gitea-packages-s3.",
)
@click.option("--s3-plain-http", is_flag=True, help="The server of S3 has no TLS.")
@click.option(
    "--sign-in", type=click.Choice(["required", "open"]), help="Who may look. None: required."
)
@click.option(
    "--ingress",
    type=click.Choice(["nginx", "traefik", "none"]),
    help="Whose body limit is set. None: as the values say, else nginx.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice([one.ID for one in FORMS]),
    default="helm",
    help="What is printed. None: helm.",
)
@click.option("--patch", "patched", metavar="FILE", help="Put the values into this file.")
@click.option("--replace", is_flag=True, help="With --patch: replace what is set differently.")
@click.option(
    "--check", "checked", metavar="FILE", help="Judge this file; exit code 1 for findings."
)
@click.option(
    "--from-release", "release", metavar="NAME", help="Read an installed release, by helm."
)
@click.option("--namespace", metavar="NAME", help="The namespace of the release.")
@click.option("--diff", is_flag=True, help="With --patch: change nothing; print what would change.")
@dry_run_option
@json_option
@with_context
def command(
    context: Context,
    *,
    url: str | None,
    max_file: str | None,
    max_owner: str | None,
    storage: Literal["volume", "s3"] | None,
    s3_endpoint: str | None,
    s3_bucket: str | None,
    s3_region: str | None,
    s3_secret: str | None,
    sign_in: SignIn | None,
    ingress: Ingress | None,
    form: str,
    patched: str | None,
    checked: str | None,
    release: str | None,
    namespace: str | None,
    s3_plain_http: bool,
    replace: bool,
    diff: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Print the values that a Gitea needs to be a registry of Python packages, each with its reason.

    They are for the official Helm chart, or with --format for app.ini, containers and compose. --patch
    puts them into a values file and keeps all else as it is: what somebody chose stays, and what stands
    in the way is a finding. --check judges a values file.
    """
    asked = Asked(
        url=url,
        max_file=max_file,
        max_owner=max_owner,
        storage=storage,
        s3_endpoint=s3_endpoint,
        s3_bucket=s3_bucket,
        s3_region=s3_region,
        s3_secret=s3_secret,
        s3_plain_http=s3_plain_http,
        sign_in=sign_in,
        ingress=ingress,
    )
    _refuse(
        {
            "--replace and --diff are for --patch": (replace or diff) and not patched,
            "--patch changes a file, and --check only judges one": patched and checked,
            "--namespace is that of --from-release": namespace and not release,
            "--format is for what is printed; a values file is Helm's": form != "helm"
            and (patched or checked),
            "--check judges a file as it is; what is wished for is for --patch": checked
            and asked != Asked(),
        }
    )
    installed = values_of(context.world, release, namespace) if release else None
    if checked:
        return _told(context, judge(_read(context, checked), installed), as_json=as_json)
    write = not (diff or dry_run)
    if patched and write:
        context.world.files.recover(journal_of(context))
    there = _read(context, patched) if patched else installed
    wishes = wishes_of(asked, _registry(context), there)
    if patched and there:
        done = patch_file(context, there, wishes, installed, replace=replace, write=write)
        return _told(context, done, settings_of(wishes), as_json=as_json, shown=not diff)
    text = next(one for one in FORMS if form == one.ID).render(wishes)
    judged = judge(installed, None) if installed else Judged()
    if as_json:
        context.console.report(
            SCHEMA,
            HelmValuesReport(settings=settings_of(wishes), text=text, notes=judged.findings),
        )
        return ExitCode.DONE
    for note in judged.findings:
        context.console.problem(note, "note")
    context.console.result(text.rstrip("\n"))
    return ExitCode.DONE


def _refuse(misfits: Mapping[str, object]) -> None:
    """ConfigError with the first that is so."""
    for said, is_so in misfits.items():
        if is_so:
            raise ConfigError(said, hint="railrel helm-values --patch values.yaml --diff")


def _read(context: Context, name: str) -> ValuesFile:
    path = Path(os.path.normpath(context.start / _expanded(name)))
    return ValuesFile(path, read_bytes(path))


def _expanded(name: str) -> Path:
    try:
        return Path(name).expanduser()
    except RuntimeError:
        return Path(name)


def _registry(context: Context) -> str:
    """The address of the registry, if it is a Gitea's; empty otherwise."""
    root = root_of(context)
    place = place_of(context.settings(root), root)
    return place.url if gitea.claims(place) else ""


def _told(
    context: Context,
    done: Judged | Patched,
    settings: tuple[Setting, ...] = (),
    *,
    as_json: bool,
    shown: bool = True,
) -> int:
    console = context.console
    code = ExitCode.FOUND if done.findings else ExitCode.DONE
    if as_json:
        console.report(SCHEMA, _report(done, settings))
        return code
    if isinstance(done, Patched):
        if done.diff:
            console.diff(done.diff)
        for kept in done.kept:
            console.detail(f"kept: {kept.name} is {kept.value} ({kept.at})")
        if shown or not done.diff:
            console.say(done.said)
    elif not done.findings:
        console.say(f"{done.file.name}: nothing to find")
    for finding in done.findings:
        console.problem(finding, "finding")
    for note in done.notes:
        console.problem(note, "note")
    return code


def _report(done: Judged | Patched, settings: tuple[Setting, ...]) -> HelmValuesReport:
    match done:
        case Patched():
            return HelmValuesReport(
                file=str(done.file),
                settings=settings,
                written=done.written,
                diff=done.diff,
                kept=done.kept,
                findings=done.findings,
                notes=done.notes,
            )
        case Judged():
            return HelmValuesReport(str(done.file), findings=done.findings, notes=done.notes)
