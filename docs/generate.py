"""Write the reference pages from the program itself: `make docs`.

python docs/generate.py            writes docs/reference/*.md
python docs/generate.py --check    says which are out of date; exit code 1 if any
"""

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import click
import msgspec

from railrel.cli import root
from railrel.commands import VERBS
from railrel.dependencies import reported
from railrel.dependencies import syntaxes as rewritten
from railrel.dependencies.locks import LOCKS
from railrel.doctor.registry import CHECKS as EXAMINED
from railrel.errors import MEANINGS
from railrel.forges import API
from railrel.helm.checks import CHECKS as JUDGED
from railrel.helm.forms import FORMS
from railrel.helm.table import settings_of
from railrel.helm.wishes import S3, Wishes
from railrel.images.builders import BUILDERS
from railrel.images.installers import INSTALLERS
from railrel.images.starts import STARTERS
from railrel.origins.tools import TOOLS
from railrel.registries import KINDS
from railrel.setting_keys import KEYS

HERE = Path(__file__).parent / "reference"
NOTE = "<!-- Written by docs/generate.py from the program; do not edit. -->\n"


def commands() -> str:
    """Every verb's `--help`."""
    parts = ["# Commands\n", "```text", _help(root, "railrel"), "```\n"]
    for verb in VERBS:
        command = import_module(f"railrel.commands.{verb.module}").command
        parts += [f"## railrel {verb.name}\n", "```text"]
        parts += [_help(command, f"railrel {verb.name}"), "```\n"]
        for name, below in getattr(command, "commands", {}).items():
            parts += [f"### railrel {verb.name} {name}\n", "```text"]
            parts += [_help(below, f"railrel {verb.name} {name}"), "```\n"]
    return "\n".join(parts)


def _help(command: click.Command, name: str) -> str:
    context = click.Context(
        command,
        info_name=name,
        max_content_width=90,
        terminal_width=90,
        help_option_names=["-h", "--help"],
    )
    return command.get_help(context)


def exit_codes() -> str:
    """The table of exit codes."""
    lines = ["# Exit codes\n", "Scripts may rely on them.\n", "| code | means |", "| --- | --- |"]
    lines += [f"| {code.value} | {meaning} |" for code, meaning in MEANINGS.items()]
    return "\n".join(lines) + "\n"


def settings() -> str:
    """Every key, its variable and what it is for."""
    lines = [
        "# Settings\n",
        "A flag comes before a variable, that before `[tool.railrel]` of the project, that before",
        "`railrel.toml` of the workspace, that before `~/.config/railrel/config.toml`. Each key is",
        "looked up by itself; `railrel config` prints where each comes from.\n",
        "| key | variable | what it is |",
        "| --- | --- | --- |",
    ]
    for key in KEYS:
        where = f" Only in `{'railrel.toml'}`." if key.workspace_only else ""
        lines.append(f"| `{key.name}` | `{key.variable}` | {key.help}{where} |")
    lines += [
        "",
        "Credentials are no settings: they come from the environment (`RAILREL_TOKEN`, or",
        "`RAILREL_USERNAME` and `RAILREL_PASSWORD`, then the variables of other tools), `~/.pypirc`,",
        "the keyring and `~/.netrc`, in this order.",
    ]
    return "\n".join(lines) + "\n"


def syntaxes() -> str:
    """What fix-deps and publish understand."""
    lines = ["# Path dependencies that are understood\n"]
    lines += ["## Rewritten\n", "| id | where |", "| --- | --- |"]
    lines += [f"| `{s.ID}` | {s.TITLE} |" for s in (*rewritten.TOML, *rewritten.TEXT)]
    lines += [
        "\n## Reported\n",
        "Left to a person, with file, line and column; `fix-deps` ends with exit code 1 where one",
        "stands in the way of what it was asked for.\n",
        "| id | where |",
        "| --- | --- |",
    ]
    lines += [f"| `{s.ID}` | {s.TITLE} |" for s in (*reported.TOML, *reported.TEXT)]
    lines += [
        "\n## Files that are looked at\n",
        "Below the project's folder, in upper or lower case; `**` is any number of folders. Files of any",
        "other name are looked at where these name them: by `-r` and `-c`, by `dynamic` of setuptools, by",
        "`file:` in `setup.cfg`, by Hatch's requirements hook, in `setup.py`.\n",
        "| id | files |",
        "| --- | --- |",
    ]
    every = (*rewritten.TOML, *rewritten.TEXT, *reported.TOML, *reported.TEXT)
    lines += [f"| `{s.ID}` | {', '.join(f'`{glob}`' for glob in _short(s.FILES))} |" for s in every]
    lines += ["\n# Locks that are made again\n", "| id | which, and by what |", "| --- | --- |"]
    lines += [f"| `{kind.ID}` | {kind.TITLE} |" for kind in LOCKS]
    lines += ["\n# Tools that `railrel index` tells\n", "| tool | how |", "| --- | --- |"]
    lines += [f"| `{tool.ID}` | {tool.TITLE} |" for tool in TOOLS]
    lines += ["| `pip` | constraints, and two commands: it knows no such rule |"]
    lines += ["\n# Registries\n", "| kind | what |", "| --- | --- |"]
    lines += [f"| `{kind.KIND}` | {kind.TITLE} |" for kind in KINDS]
    lines += ["\n# Forges\n", "| kind | what |", "| --- | --- |"]
    lines += [f"| {', '.join(f'`{kind}`' for kind in api.KINDS)} | {api.TITLE} |" for api in API]
    return "\n".join(lines) + "\n"


def _short(globs: tuple[str, ...]) -> list[str]:
    """Globs that differ in their suffix or folder alone as one, as a shell writes them."""
    by_suffix: dict[str, list[str]] = {}
    for glob in globs:
        stem, dot, suffix = glob.rpartition(".")
        is_plain = bool(stem.strip("*")) and suffix.isalpha()
        by_suffix.setdefault(stem + dot if is_plain else glob, []).append(
            suffix if is_plain else ""
        )
    whole = [stem + _either(suffixes) for stem, suffixes in by_suffix.items()]
    by_folder: dict[str, list[str]] = {}
    for glob in whole:
        folder, slash, name = glob.rpartition("/")
        by_folder.setdefault(slash + name, []).append(folder)
    return [_either(folders) + name for name, folders in by_folder.items()]


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{{{','.join(words)}}}"


def images() -> str:
    """What `railrel dockerfile` recognises."""
    lines = [
        "# Images\n",
        "`railrel dockerfile` asks these in their order; the first that fits counts.\n",
    ]
    lines += ["## What is installed\n", "| id | lock, and by what |", "| --- | --- |"]
    lines += [f"| `{one.ID}` | {one.TITLE} |" for one in INSTALLERS]
    lines += ["\n## What is started\n", "| id | what, and how |", "| --- | --- |"]
    lines += [f"| `{one.ID}` | {one.TITLE} |" for one in STARTERS]
    lines += ["| `own` | what the setting `image-command` says |"]
    lines += ["\n## What builds\n", "`railrel image` takes the first that can be used.\n"]
    lines += ["| `--builder` | what it is |", "| --- | --- |"]
    lines += [f"| `{one.ID}` | {one.TITLE} |" for one in BUILDERS]
    return "\n".join(lines) + "\n"


def doctor() -> str:
    """What `railrel doctor` looks at."""
    lines = [
        "# What the doctor looks at\n",
        "`railrel doctor registry` makes these checks in their order, each for the kinds of registry that",
        "are named; one that builds on another is not made where that failed.\n",
        "| check | is it so? | kinds | after |",
        "| --- | --- | --- | --- |",
    ]
    for one in EXAMINED:
        kinds, after = (", ".join(words) for words in (one.KINDS, one.AFTER))
        lines.append(f"| `{one.ID}` | {one.TITLE} | {kinds} | {after or '-'} |")
    return "\n".join(lines) + "\n"


def gitea_values() -> str:
    """What `railrel helm-values` sets, how, and what it judges."""
    usual = Wishes("https://git.example.com/")
    bucket = Wishes("https://git.example.com/", storage=S3("s3.example.com"))
    lines = [
        "# Values of Gitea\n",
        "What `railrel helm-values` sets, if nothing else is asked for.\n",
    ]
    lines += ["| section | key | value |", "| --- | --- | --- |"]
    lines += [f"| `{one.section}` | `{one.key}` | `{one.value}` |" for one in settings_of(usual)]
    lines += ["\nWith `--storage s3` also, or instead:\n", "| section | key | value |"]
    lines += ["| --- | --- | --- |"]
    others = [one for one in settings_of(bucket) if one not in settings_of(usual)]
    lines += [f"| `{one.section}` | `{one.key}` | `{one.value}` |" for one in others]
    lines += ["\n## Forms\n", "| `--format` | what it is |", "| --- | --- |"]
    lines += [f"| `{one.ID}` | {one.TITLE} |" for one in FORMS]
    lines += ["\n## What --check finds\n", "| rule | what |", "| --- | --- |"]
    lines += [f"| `{one.ID}` | {one.TITLE} |" for one in JUDGED]
    return "\n".join(lines) + "\n"


def schemas() -> str:
    """The JSON that `--json` prints, as JSON Schema."""
    parts = [
        "# JSON\n",
        "`--json` prints one object. Its `schema` names the shape and its version;",
    ]
    parts += ["fields may be added to a version, never renamed or taken away. An error is a"]
    parts += ["`railrel.error/1` with `code` and `errors`.\n"]
    for name, report in reports():
        schema = msgspec.json.format(msgspec.json.encode(msgspec.json.schema(report)), indent=2)
        parts += [f"## `{name}`\n", "```json", schema.decode(), "```\n"]
    return "\n".join(parts)


def reports() -> Iterator[tuple[str, type]]:
    """Each schema's name and the dataclass that it is made of."""
    for verb in VERBS:
        module = import_module(f"railrel.commands.{verb.module}")
        title = "".join(part.capitalize() for part in verb.name.split("-"))
        name = f"{title}Report"
        # A verb that is to start soon loads its report when there is one.
        home = module if hasattr(module, name) else import_module(f"{module.__package__}.report")
        yield module.SCHEMA, getattr(home, name)


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "exit-codes.md": exit_codes,
    "settings.md": settings,
    "syntaxes.md": syntaxes,
    "images.md": images,
    "doctor.md": doctor,
    "gitea-values.md": gitea_values,
    "json.md": schemas,
}


def stale() -> list[str]:
    """The pages that do not say what the program says."""
    return [name for name, page in PAGES.items() if _now(name) != NOTE + page()]


def _now(name: str) -> str:
    path = HERE / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def main(arguments: list[str]) -> int:
    if "--check" in arguments:
        for name in stale():
            print(f"docs/reference/{name} is out of date: make docs")
        return 1 if stale() else 0
    HERE.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (HERE / name).write_text(NOTE + page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
