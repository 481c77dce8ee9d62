"""The command of this publish, to be typed again: with one more option, by a tag, for what is left."""

import shlex
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Final

import click

from railrel.commands.shared.context import Context

# What chooses projects.
_CHOOSE: Final = frozenset({"with_deps", "everything", "changed_since"})


def as_typed(context: Context, words: Iterable[str]) -> str:
    """The very same; `words` are the projects that it names."""
    return shlex.join([*_verb(context), *words, *_options(context, frozenset())])


def by_tag(context: Context) -> str:
    """For a tag, where {name} and {tag} are to be put in."""
    words = [*_verb(context), "{name}", "--tag", "{tag}", *_options(context, {"tag"})]
    return " ".join(word if word in {"{name}", "{tag}"} else shlex.quote(word) for word in words)


def for_left(context: Context, left: Iterable[str]) -> str:
    """For what is `left`, by name in place of what chose it."""
    return shlex.join([*_verb(context), *left, *_options(context, _CHOOSE)])


def _verb(context: Context) -> list[str]:
    elsewhere = context.start != context.world.folder
    return ["railrel", *(["-C", str(context.start)] if elsewhere else []), "publish"]


def _options(context: Context, but: AbstractSet[str]) -> list[str]:
    """The options that were given, without some."""
    click_context = click.get_current_context()
    words: list[str] = []
    for parameter in click_context.command.params:
        given = click_context.params.get(str(parameter.name))
        if parameter.name in {"projects", *but} or given in (None, False, parameter.default):
            continue
        words += [max(parameter.opts, key=len), *([] if given is True else [str(given)])]
    if context.registry_flag:
        words += ["--registry", context.registry_flag]
    return words
