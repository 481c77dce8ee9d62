"""What runners read in the output of a step and in its files, by their own rules."""

import re
from collections.abc import Mapping

# Gitea's engine: pkg/runner/command.go of gitea.com/gitea/act.
ENGINE = re.compile(r"(?:::([^ ]+)(?: (.+))?::([^\r\n]*)|##\[([^ ]+)(?: (.+))?\]([^\r\n]*))[\r\n]+")
# GitHub's: the newer form begins a line, white space aside; the older one stands anywhere.
OLDER = "##["


def commands(text: str) -> list[str]:
    """The lines in which one of the runners sees a command."""
    found = [line for line in text.split("\n") if ENGINE.fullmatch(f"{line}\n")]
    lines = re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff"))
    found += [line for line in lines if line.lstrip().startswith("::") or OLDER in line]
    return list(dict.fromkeys(found))


def heard(line: str) -> tuple[str, Mapping[str, str], str]:
    """Name, properties and value of a command, as src/Runner.Common/ActionCommand.cs has it."""
    head, _, value = line.removeprefix("::").partition("::")
    name, _, rest = head.partition(" ")
    pairs = (pair.split("=", 1) for pair in rest.split(",") if pair)
    return name, {key: unescaped(text, "%3A:", "%2C,") for key, text in pairs}, unescaped(value)


def unescaped(text: str, *more: str) -> str:
    # The per cent sign last, so that what was one stays one.
    for form in (*more, "%0D\r", "%0A\n", "%25%"):
        text = text.replace(form[:3], form[3])
    return text


def values(text: str) -> dict[str, str]:
    """Outputs of a file, as pkg/container/parse_env_file.go reads them."""
    found: dict[str, str] = {}
    lines = iter(text.removesuffix("\n").split("\n"))
    for line in lines:
        name, is_plain, value = line.partition("=")
        if "<<" not in name:
            assert is_plain
            found[name] = value
            continue
        name, _, end = line.partition("<<")
        found[name] = "\n".join(iter(lambda: next(lines), end))
    return found
