"""Sections that are nested where the chart knows one level: templates/_helpers.tpl of the chart."""

from collections.abc import Iterator

from railrel.errors import Problem
from railrel.helm.nodes import Pair, is_mapping, pairs
from railrel.helm.scalars import kind_of
from railrel.helm.values_file import ValuesFile

ID = "wrong-nesting"
TITLE = "a section below another, a value outside of any, a list, a value of several lines"

_AT_THE_TOP = ("APP_NAME", "RUN_USER", "RUN_MODE")


def find(file: ValuesFile) -> Iterator[Problem]:
    config = file.pair("gitea", "config")
    if config and not is_mapping(config.value) and kind_of(config.value) != "null":
        yield Problem(
            "gitea.config is no mapping of sections",
            file.place(config.value),
            "write each section below it as a key, its settings below that",
            ID,
        )
    for section in file.sections:
        if is_mapping(section.value):
            yield from _inside(file, section)
        elif section.name not in _AT_THE_TOP:
            yield Problem(
                f"{section.name} stands in gitea.config outside of any section; the chart refuses that",
                file.place(section.key),
                "put it below its section, such as server",
                ID,
            )


def _inside(file: ValuesFile, section: Pair) -> Iterator[Problem]:
    for pair in pairs(section.value):
        name = f"{section.name}.{pair.name}"
        if is_mapping(pair.value):
            yield Problem(
                f"{pair.name} is nested below {section.name}; the chart writes map[…] into app.ini",
                file.place(pair.key),
                f'write it as one key of gitea.config: "{name.lower()}":',
                ID,
            )
        elif kind_of(pair.value) is None:
            yield Problem(
                f"{name} is a list; the chart writes [… …] into app.ini",
                file.place(pair.value),
                "write it as one text, with commas between",
                ID,
            )
        elif "\n" in str(pair.value.value).rstrip("\n"):
            yield Problem(
                f"{name} has several lines; the chart reads each as a setting of its own",
                file.place(pair.value),
                "write it as one line",
                ID,
            )
