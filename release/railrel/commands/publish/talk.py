"""What a person hears of a publish while it goes on."""

from railrel.commands.shared.context import Context
from railrel.commands.shared.talk import size_of
from railrel.dependencies.ranges import admits
from railrel.distributions.prepare import Order, Prepared
from railrel.errors import Problem
from railrel.registries import Registry
from railrel.registries.uploads import Outcome
from railrel.registries.versions import versions_of


def warn_of_missing(context: Context, registry: Registry, order: Order) -> None:
    """A range that nothing published fulfils is no reason to stop, but one to know."""
    for replacement in order.rewrite.replacements:
        if not replacement.published:
            continue
        versions = versions_of(registry.held(replacement.name))
        if not any(admits(replacement.now, version) for version in versions):
            context.console.problem(
                Problem(
                    f"{order.project.name} needs {replacement.name}{replacement.now}, "
                    "and the registry holds no such version yet",
                    at=registry.place,
                    hint=f"railrel publish {replacement.name}",
                ),
                "note",
            )


def tell_of_files(context: Context, name: str, prepared: Prepared) -> None:
    """Name what is to be published, and say whether it was built now; `name` is name and version."""
    word = "took" if prepared.kept else "built"
    if prepared.kept:
        context.console.say(f"{name}: taking the files of an earlier build of the same sources")
    for file in prepared.files:
        context.console.say(f"  {word} {file.path.name}, {size_of(file.size)}")


def tell(context: Context, registry: Registry, name: str, outcomes: tuple[Outcome, ...]) -> None:
    """Give the result, in one line; `name` is name and version."""
    for outcome in outcomes:
        word = "uploaded" if outcome.sent else "already published"
        context.console.say(f"  {word} {outcome.artefact.path.name}")
    if not outcomes:
        context.console.result(f"{name}: would be published to {registry.place}")
    elif any(outcome.sent for outcome in outcomes):
        context.console.say("  the index lists both with our hashes")
        context.console.result(f"{name}: published to {registry.place}")
    else:
        context.console.result(f"{name}: already published to {registry.place}")
