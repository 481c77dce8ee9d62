"""One install of neighbours from folders, turned into an install from the registry."""

import shlex
from collections.abc import Iterator, Mapping
from typing import Final

from packaging.utils import NormalizedName

from railrel.edits import Edit
from railrel.errors import Problem
from railrel.images.dockerfiles import Dockerfile
from railrel.images.groups import Run, Target
from railrel.images.install_options import AFRESH, HIDDEN, INDEX, MORE, WHOLE
from railrel.images.installs import Argument, Install
from railrel.images.layout import without_words
from railrel.images.siblings import Needed, Sibling, needed
from railrel.values import dataclass

SECRET: Final = "/run/secrets/netrc"  # noqa: S105 -- a path
_AGAIN = "and run railrel dockerfile --migrate again"


@dataclass(frozen=True)
class Registry:
    """Where neighbours are installed from."""

    url: str
    """Of the simple pages, without credentials."""
    siblings: Mapping[NormalizedName, Sibling]
    uv_index: str = ""
    """Where the project names another index that uv asks before any that a command names."""


@dataclass(frozen=True)
class Change:
    """One command, and which of its arguments are neighbours."""

    file: Dockerfile
    run: Run
    install: Install
    targets: tuple[tuple[Target, NormalizedName], ...]
    registry: Registry

    @property
    def needed(self) -> Needed:
        """What is to be installed in their place."""
        wanted = [(key, target.extras) for target, key in self.targets]
        return needed(wanted, self.registry.siblings)

    @property
    def arguments(self) -> tuple[Argument, ...]:
        """Those that are neighbours, in their order."""
        return tuple(target.argument for target, _ in self.targets)

    @property
    def others(self) -> tuple[Argument, ...]:
        """What else the command installs."""
        mine = self.arguments
        things = (a for a in self.install.arguments if not a.option or a.option in MORE)
        return tuple(a for a in things if a not in mine)

    @property
    def public(self) -> tuple[str, ...]:
        """The neighbours' requirements that the command would have installed."""
        return () if self.install.has(frozenset(["--no-deps"])) else self.needed.public

    @property
    def is_two(self) -> bool:
        """Whether a second command has to install the rest."""
        return bool(self.others or self.public)


def doubt(change: Change) -> Problem | None:
    """Why a command cannot be changed."""
    found = _doubt(change)
    if found is None:
        return None
    message, hint, rule = found
    where = change.run.instruction.rest.place(
        change.install.command.start, change.install.command.end
    )
    return Problem(message, change.file.at(where), hint, rule)


def _doubt(change: Change) -> tuple[str, str, str] | None:
    install = change.install
    unknown = install.unknown or next((a for a in install.arguments if a.option == "--"), None)
    if unknown:
        message = (
            f"{install.tool} install has an option that railrel does not know: {unknown.option}"
        )
        return message, f"write the install of the neighbour without it, {_AGAIN}", "unknown-option"
    if any(not a.option and a.value is None for a in install.arguments):
        message = f"what else this {install.tool} install takes is in a variable"
        return (
            message,
            f"write the neighbour's install as a command of its own, {_AGAIN}",
            "variable-in-path",
        )
    if not all(target.plain for target, _ in change.targets):
        message = "the path has a marker or a name beside it"
        return message, f"write the path alone, {_AGAIN}", "odd-requirement"
    if install.tool == "uv" and change.registry.uv_index:
        message = f"uv asks the index at {change.registry.uv_index} before the registry"
        hint = f"write explicit = true below it, {_AGAIN}"
        return message, hint, "other-index"
    untold = change.needed.untold
    if untold and not install.has(frozenset(["--no-deps"])):
        message = f"what {untold[0].name} requires is not written in its pyproject.toml"
        return (
            message,
            "list it below [project] dependencies, or install the neighbour by hand",
            "unknown-requirements",
        )
    trouble = _apart(change) if change.is_two else ""
    if trouble:
        message = f"the neighbour cannot be installed by a command of its own: {trouble}"
        return message, f"write two commands, {_AGAIN}", "cannot-split"
    if change.is_two and not _readable(change):
        return "the command is not UTF-8", "save the file as UTF-8", "odd-requirement"
    return None


def _apart(change: Change) -> str:
    """Why two commands would not do what one does."""
    install = change.install
    if not install.command.in_a_row:
        return "it stands behind || or ! or in a pipe"
    whole = install.has(WHOLE)
    if whole:
        return f"{whole} speaks of all that it installs"
    if not change.others or install.has(frozenset(["--no-deps"])):
        return ""
    hidden = install.has(HIDDEN)
    if hidden:
        return f"with {hidden} the second would not see it, and could take it from another index"
    afresh = install.has(
        AFRESH | (frozenset(["-U", "--upgrade"]) if install.tool == "uv" else frozenset())
    )
    if afresh:
        return f"with {afresh} the second could take it from another index"
    return ""


def _readable(change: Change) -> bool:
    try:
        change.run.instruction.rest.text.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def edits(change: Change, netrc: str) -> Iterator[Edit | Problem]:
    """The change, by the byte. A Problem where the layout does not let a word go."""
    rest = change.run.instruction.rest
    command = change.install.command
    first, *others = change.arguments
    gone = list(others)
    if change.is_two:
        begin = rest.before(command.start)
        mark = f" {change.file.escape}{change.file.newline}    && "
        yield Edit(begin, begin, _asked(change, netrc) + mark)
        instead = " ".join(change.public)
    else:
        if "NETRC" not in command.assigned:
            begin = rest.before(command.start)
            yield Edit(begin, begin, f"NETRC={netrc} ")
        instead = _from_registry(change)
        gone += [a for a in change.install.arguments if a.option in INDEX]
    if instead:
        span = rest.place(first.start, first.end)
        yield Edit(span.start, span.end, instead)
    else:
        gone.append(first)
    spans = [rest.place(a.start, a.end) for a in gone]
    for edit in without_words(change.file, spans, change.file.escape):
        yield (
            edit
            if isinstance(edit, Edit)
            else Problem(
                "a comment stands before the last argument of this install",
                change.file.at(edit),
                f"move the comment, {_AGAIN}",
                "odd-layout",
            )
        )


def _asked(change: Change, netrc: str) -> str:
    """A command that installs the neighbours alone, with the options of the one that is there."""
    install = change.install
    command = install.command
    text = change.run.instruction.rest.text
    left_out = [
        *change.arguments,
        *change.others,
        *(a for a in install.arguments if a.option in INDEX),
    ]
    words = [
        text[word.start : word.end]
        for word in command.words
        if not any(a.start <= word.start < a.end for a in left_out)
    ]
    assigned = text[command.start : command.words[0].start].split()
    secret = [] if "NETRC" in command.assigned else [f"NETRC={netrc}"]
    line = " ".join([*secret, *assigned, *words, _from_registry(change)])
    return line.encode("latin-1").decode("utf-8")


def _from_registry(change: Change) -> str:
    no_deps = [] if change.install.has(frozenset(["--no-deps"])) else ["--no-deps"]
    url = shlex.quote(change.registry.url)
    return " ".join([*no_deps, "--index-url", url, *change.needed.internal])
