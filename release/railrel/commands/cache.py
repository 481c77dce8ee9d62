"""`railrel cache`: what builds keep for the next ones, and removing it."""

from datetime import UTC, datetime
from typing import Literal

import click

from railrel.commands.shared.context import Context
from railrel.commands.shared.options import dry_run_option, json_option, with_context
from railrel.commands.shared.talk import size_of
from railrel.distributions.caches import Piece, outdated, pieces, remove
from railrel.errors import ExitCode
from railrel.values import dataclass

SCHEMA = "railrel.cache/1"


@dataclass(frozen=True, slots=True)
class PieceReport:
    """One thing in the cache."""

    kind: str
    """`environment`, `artefacts` or `scratch`."""
    name: str
    """What is installed there, or name and version of what was built."""
    path: str
    size: int
    """Bytes."""
    used: str
    """When it was last used, UTC (ISO 8601); empty where nobody has noted it."""
    outcome: Literal["kept", "removed", "would be removed", "in use"]


@dataclass(frozen=True, slots=True)
class CacheReport:
    """What `railrel cache --json` and `railrel cache prune --json` print."""

    folder: str
    pieces: tuple[PieceReport, ...]


@click.group("cache", invoke_without_command=True)
@json_option
@click.pass_context
@with_context
def command(context: Context, click_context: click.Context, *, as_json: bool) -> int:
    """Show what builds keep for the next ones: environments, built files, leftovers.

    An environment is for one set of build requirements, one Python and one setting of the index; it
    is looked at before each use, and after a week the requirements are resolved anew. Built files
    are taken again as long as nothing that goes into them has changed. All of it can be removed at
    any time, and is made again when it is needed.
    """
    if click_context.invoked_subcommand is None:
        found = pieces(context.world)
        _tell(context, tuple(_report(piece, "kept") for piece in found), as_json=as_json)
    return ExitCode.DONE


@command.command("prune")
@click.option("--all", "everything", is_flag=True, help="Also what was used lately.")
@dry_run_option
@json_option
@with_context
def prune(context: Context, *, everything: bool, dry_run: bool, as_json: bool) -> int:
    """Remove environments unused for 30 days, built files unused for 90, what killed runs left.

    What a running process uses stays, also with --all.
    """
    world = context.world
    found = pieces(world)
    wanted = found if everything else outdated(found, world.clock.now())
    done: list[PieceReport] = []
    for piece in wanted:
        if dry_run:
            done.append(_report(piece, "would be removed"))
        else:
            done.append(_report(piece, "removed" if remove(world, piece) else "in use"))
    _tell(context, tuple(done), as_json=as_json)
    return ExitCode.DONE


def _report(
    piece: Piece, outcome: Literal["kept", "removed", "would be removed", "in use"]
) -> PieceReport:
    last = datetime.fromtimestamp(piece.used, UTC).isoformat(timespec="seconds")
    used = last if piece.used else ""
    return PieceReport(piece.kind, piece.name, str(piece.path), piece.size, used, outcome)


def _tell(context: Context, done: tuple[PieceReport, ...], *, as_json: bool) -> None:
    console, folder = context.console, str(context.world.cache)
    if as_json:
        console.report(SCHEMA, CacheReport(folder, done))
        return
    for one in done:
        used = one.used[:10] or "unknown"
        console.result(
            f"{one.kind:<11}  {size_of(one.size):>9}  {used:<10}  {one.outcome}: {one.name}"
        )
    whole = sum(one.size for one in done if one.outcome != "in use")
    console.say(f"{len(done)} in {folder}, {size_of(whole)}")
