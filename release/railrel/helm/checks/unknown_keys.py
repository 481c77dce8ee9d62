"""Keys that neither the chart nor Gitea reads."""

from collections.abc import Collection, Iterator

from railrel.errors import Problem
from railrel.helm.environment import section_and_key
from railrel.helm.known import chart_keys, is_key, keys_of, nearest, section_with, sections
from railrel.helm.nodes import is_mapping, items, pairs, text_of
from railrel.helm.values_file import ValuesFile

ID = "unknown-key"
TITLE = "a key that does not exist, with the nearest that does"

_OLD_PREFIX = "ENV_TO_INI__"


def find(file: ValuesFile) -> Iterator[Problem]:
    yield from _of_chart(file, ())
    for section in file.sections:
        if is_mapping(section.value):
            yield from _of_section(file.place(section.key), section.name.lower())
    for entry in file.entries:
        # What is nested is the other check's.
        if not is_mapping(entry.pair.value) and keys_of(entry.section) is not None:
            yield from _of_key(file.place(entry.pair.key), entry.section, entry.key)
    for item in items(file.node("gitea", "additionalConfigFromEnvs")):
        yield from _of_variable(file.place(item), text_of(item, "name"))
    for item in items(file.node("deployment", "env")):
        # What has another name there is for Gitea itself.
        if section_and_key(text_of(item, "name")):
            yield from _of_variable(file.place(item), text_of(item, "name"))


def _of_chart(file: ValuesFile, path: tuple[str, ...]) -> Iterator[Problem]:
    known = chart_keys(path) or frozenset()
    for pair in pairs(file.node(*path)) if known else ():
        if pair.name in known:
            yield from _of_chart(file, (*path, pair.name))
        elif not (path == () and pair.name.startswith(("x-", "."))):
            where = f" in {'.'.join(path)}" if path else ""
            what = f"value {pair.name}{where} of the chart"
            yield _unknown(file.place(pair.key), what, pair.name, known)


def _of_section(at: str, name: str) -> Iterator[Problem]:
    # The first part of a section with a dot is what the other check speaks of.
    is_part = any(one.startswith(f"{name}.") for one in sections())
    if keys_of(name) is None and not is_part:
        yield _unknown(at, f"section {name} of app.ini", name, sections())


def _of_key(at: str, section: str, key: str) -> Iterator[Problem]:
    if not is_key(section, key):
        other = section_with(key)
        what = f"key {key} in [{section}]"
        if other:
            yield Problem(f"there is no {what}", at, f"[{other}] has one", ID)
        else:
            yield _unknown(at, what, key, keys_of(section) or ())


def _of_variable(at: str, name: str) -> Iterator[Problem]:
    found = section_and_key(name)
    if found:
        section, key = found[0], found[1].upper()
        if not section:
            # Above all sections.
            return
        yield from _of_section(at, section)
        if keys_of(section) is not None:
            yield from _of_key(at, section, key)
        return
    old = name.startswith(_OLD_PREFIX)
    yield Problem(
        f"{name or 'a variable without a name'} sets nothing in app.ini",
        at,
        f"GITEA__{name.removeprefix(_OLD_PREFIX)}; the old prefix ended with chart 9"
        if old
        else "name it GITEA__SECTION__KEY",
        ID,
    )


def _unknown(at: str, what: str, word: str, words: Collection[str]) -> Problem:
    near = nearest(word, words)
    hint = f"did you mean {near}?" if near else "take it out, or look it up in Gitea's cheat sheet"
    return Problem(f"there is no {what}", at, hint, ID)
