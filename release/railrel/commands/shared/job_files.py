"""The files that a job's runner reads when a step has ended: its outputs and its summary."""

from collections.abc import Mapping
from pathlib import Path

from railrel import runner
from railrel.commands.shared.context import Context
from railrel.errors import Problem, RailrelError


def give_outputs(context: Context, outputs: Mapping[str, str]) -> None:
    """Give the step these outputs; nothing outside of a job. What cannot be written is a warning."""
    job = context.console.job
    lines = "".join(runner.output(name, value) for name, value in outputs.items())
    _append(context, job.output if job else None, lines)


def add_to_summary(context: Context, markdown: str) -> None:
    """Show this on the page of the job; nothing outside of one. What cannot be written is a warning."""
    job = context.console.job
    _append(context, job.summary if job else None, markdown.rstrip("\n") + "\n\n")


def _append(context: Context, path: Path | None, text: str) -> None:
    if path is None or not path.is_file():
        return
    try:
        context.world.files.append(path, context.console.mask(text).encode())
    except RailrelError as error:
        # What was to be done is done; a step that fails now would have it done again.
        for problem in error.problems:
            told = Problem(f"the runner is not told: {problem.message}", problem.at, problem.hint)
            context.console.problem(told, "warning")
