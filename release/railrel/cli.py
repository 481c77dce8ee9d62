"""Words in, exit code out. Knows no verb; loads the one that is asked for."""

import _thread
import gc
import importlib
import os
import re
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from railrel import __version__
from railrel.commands import VERBS, Verb
from railrel.console import Console
from railrel.errors import MEANINGS, ExitCode, Problem, RailrelError
from railrel.job import job_of
from railrel.world import Secret, World

if TYPE_CHECKING:
    from railrel.distributions.warm import Warm

EPILOG = "Exit codes: " + "; ".join(f"{code.value} {text}" for code, text in MEANINGS.items()) + "."

# GIT_AUTHOR_NAME holds none.
_SECRETS = re.compile(r"TOKEN|PASSWORD|SECRET|_AUTH(?![A-Z])", re.IGNORECASE)
# A setting: what a secret is called, which people are told.
_NAMES = ("RAILREL_TOKEN_SECRET",)


class _Verbs(click.Group):
    """The table of verbs as a click group."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return [entry.name for entry in VERBS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = next((entry for entry in VERBS if entry.name == cmd_name), None)
        if entry is None:
            return None
        if entry.builds:
            # Before the verb is loaded, which takes as long as its backend.
            ctx.obj["warm"] = _warmed_up(ctx)
        verb: Verb = importlib.import_module(f"railrel.commands.{entry.module}")
        return verb.command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs from the table, without loading them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(entry.name, entry.summary) for entry in VERBS])


@click.group(
    cls=_Verbs,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", prog_name="railrel")
@click.option("-C", "--directory", metavar="FOLDER", help="Act as if started in this folder.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but results and errors.")
@click.option("-v", "--verbose", is_flag=True, help="Say more.")
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colours."
)
@click.pass_context
def root(
    ctx: click.Context,
    directory: str | None,
    *,
    quiet: bool,
    verbose: bool,
    color: str,
) -> None:
    """From ../sibling to an installed wheel: release and packaging with your own Gitea."""
    world: World = ctx.obj["world"]
    # It brings all rooms along.
    from railrel.commands.shared.context import Context

    console: Console = ctx.obj["console"]
    console.quiet, console.verbose, console.colour = quiet, verbose, color
    if not os.path.isdir(world.folder / (directory or ".")):  # noqa: PTH112 -- pathlib's raises for odd names
        raise click.BadParameter(f"{directory} is no folder", ctx, param_hint="-C")
    start = (world.folder / (directory or ".")).resolve()
    ctx.obj = Context(world, console, start, warm=ctx.obj.get("warm"))


def _warmed_up(ctx: click.Context) -> "Warm | None":
    """The last build's backend, loading while we do."""
    if {"-h", "--help"} & set(ctx.obj["argv"]):
        return None
    from railrel.distributions.warm import warm_up

    warm = warm_up(ctx.obj["world"])
    if warm:
        ctx.call_on_close(warm.end)
    return warm


def main(argv: list[str], world: World) -> int:
    """Run one command line and give its exit code. Raises nothing."""
    console = Console(
        json="--json" in argv, environment=world.environment, job=job_of(world.environment)
    )
    _hide_secrets(world, console)
    try:
        code = root.main(
            args=argv,
            prog_name="railrel",
            standalone_mode=False,
            obj={"world": world, "console": console, "argv": argv},
        )
    except RailrelError as error:
        if error.problems[0].at == "stdout":
            _give_up_stdout()
        return _fail(console, error.problems, error.code)
    except click.ClickException as error:
        return _fail(console, (_of_click(error),), ExitCode.USAGE)
    except (KeyboardInterrupt, click.Abort):
        return _interrupted(console)
    except BrokenPipeError:
        # Whoever read our output has enough, as in `railrel status | head`.
        _give_up_stdout()
        return ExitCode.DONE
    except Exception as error:  # noqa: BLE001 -- the last door: everything else is our bug
        return _interrupted(console) if _of_interrupt(error) else _bug(console, error)
    finally:
        world.http.close()
    return int(code or 0)


def _of_interrupt(error: BaseException | None) -> bool:
    """Before 3.12 Python makes a RuntimeError of what is raised in `__set_name__`, interrupts too."""
    while error and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__
    return error is not None


def _give_up_stdout() -> None:
    """What is still in its buffer must not fail once more when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def entry() -> None:
    """The `railrel` command."""
    try:
        _entered()
    except BaseException as error:
        if not _of_interrupt(error):
            raise
        # While modules were loaded, before anybody could say so.
        sys.exit(ExitCode.INTERRUPTED)
    finally:
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            # While Python ends there is nobody left to raise it to.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        # Python looks through all that is left before it ends; nobody needs what it would find.
        gc.freeze()


def _entered() -> None:
    from railrel.effects import real_world

    sys.unraisablehook = _heard_again

    # Whatever a container's shell allows: what we keep for the next run is run then.
    os.umask(os.umask(0o077) | 0o002)
    if sys.stdout is None or sys.stderr is None:
        # Started with a closed stream: there is nobody to tell, and no reason to stop.
        nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 -- for the whole run
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    # Thousands of parsed tables live to the end; looking through them again and again is for nothing.
    gc.set_threshold(200_000, 50, 50)
    try:
        world = real_world()
    except FileNotFoundError:
        Console().problem(
            Problem("the folder that you stand in is gone", hint="cd to one that is there")
        )
        sys.exit(ExitCode.USAGE)
    sys.exit(main(sys.argv[1:], world))


def _heard_again(lost: "sys.UnraisableHookArgs") -> None:
    """An interrupt that comes while Python cleans up after itself is raised where it can be."""
    if isinstance(lost.exc_value, KeyboardInterrupt):
        threading.Thread(target=_interrupt_outside, daemon=True).start()
    else:
        sys.__unraisablehook__(lost)


def _interrupt_outside() -> None:
    """Interrupt the first thread once it has left the hook, in which it would be swallowed again."""
    while _is_in_hook(sys._current_frames().get(threading.main_thread().ident or 0)):  # noqa: SLF001 -- the only one there is
        time.sleep(0.01)
    _thread.interrupt_main()


def _is_in_hook(frame: FrameType | None) -> bool:
    while frame and frame.f_code is not _heard_again.__code__:
        frame = frame.f_back
    return frame is not None


def _hide_secrets(world: World, console: Console) -> None:
    for name, value in world.environment.items():
        if _SECRETS.search(name) and name not in _NAMES:
            console.hide(Secret(value))


def _fail(console: Console, problems: tuple[Problem, ...], code: ExitCode) -> int:
    if console.json:
        console.report("railrel.error/1", {"code": code.value, "errors": problems})
    for problem in problems:
        console.problem(problem)
    return code


def _interrupted(console: Console) -> int:
    return _fail(console, (Problem("interrupted"),), ExitCode.INTERRUPTED)


def _of_click(error: click.ClickException) -> Problem:
    message = error.format_message().rstrip(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command_path if context else "railrel"
    return Problem(message[:1].lower() + message[1:], hint=f"{command} --help")


def _bug(console: Console, error: Exception) -> int:
    import platform
    import traceback

    lines = traceback.format_exception(error)
    console.problem(
        Problem(
            f"railrel did something that it should not: {type(error).__name__}",
            hint="please report this with everything below",
        )
    )
    versions = f"railrel {__version__}, Python {platform.python_version()}, {platform.platform()}"
    console.say(f"\n```\n{versions}\n{''.join(lines).rstrip()}\n```")
    if console.json:
        problem = Problem(f"a bug in railrel: {type(error).__name__}")
        console.report("railrel.error/1", {"code": ExitCode.BUG.value, "errors": (problem,)})
    return ExitCode.BUG
