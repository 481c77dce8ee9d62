"""What would let a package of a neighbour's name come from another index than the registry."""

import re
from collections.abc import Mapping
from typing import Final

from railrel.errors import Problem
from railrel.images.dockerfiles import Dockerfile, Instruction
from railrel.images.doubts import AGAIN
from railrel.images.groups import Group
from railrel.images.installs import Tool

_VALUE = r"=?(?P<value>\"[^\"]*\"|'[^']*'|\S*)"
# PIP_INDEX_URL and UV_INDEX_URL do no harm: a command's own --index-url is taken instead of them. It is
# not taken instead of UV_DEFAULT_INDEX, and older uv do not know the --default-index that would be.
# https://pip.pypa.io/en/stable/topics/configuration/, https://docs.astral.sh/uv/reference/environment/
_SAID: Final[Mapping[Tool, re.Pattern[str]]] = {
    "pip": re.compile(
        rf"\b(?P<name>PIP_(?:EXTRA_INDEX_URL|FIND_LINKS|CONFIG_FILE|NO_INDEX))\b{_VALUE}"
        r"|pip\s+config\s+set|\bpip\.conf\b"
    ),
    "uv": re.compile(
        r"\b(?P<name>UV_(?:DEFAULT_INDEX|INDEX|EXTRA_INDEX_URL|FIND_LINKS|INDEX_STRATEGY|CONFIG_FILE))"
        rf"\b{_VALUE}|\buv\.toml\b"
    ),
}
_OFF = frozenset({"", "0", "n", "no", "f", "false", "off"})
_HINTS: Final = {
    "UV_DEFAULT_INDEX": "take it out, or call it UV_INDEX_URL, which a command can overrule,",
    "PIP_NO_INDEX": "take it out; for other packages write --no-index on their command,",
    "": "take it out; for other packages write --extra-index-url on their command,",
}


def other_index(file: Dockerfile, group: Group, url: str) -> Problem | None:
    """The first that is said to what installs the group."""
    tools = sorted({target.install.tool for target in group.targets})
    for instruction in file.instructions:
        if instruction.keyword not in ("ENV", "ARG", "RUN", "COPY", "ADD"):
            continue
        for tool in tools:
            said = _said(file, instruction, tool, url)
            if said:
                does = "could let a package of the neighbour's name come from elsewhere"
                if said == "PIP_NO_INDEX":
                    does = "keeps pip from asking the registry"
                hint = f"{_HINTS.get(said, _HINTS[''])} {AGAIN}"
                where = file.at(instruction.whole)
                return Problem(f"{said} {does}", where, hint, "other-index")
    return None


def _said(file: Dockerfile, instruction: Instruction, tool: Tool, url: str) -> str:
    """What an instruction says of an index that is not the registry."""
    start, end = instruction.whole.start, instruction.whole.end
    for found in _SAID[tool].finditer(file.octets[start:end]):
        name, value = found["name"], (found["value"] or "").strip("\"'")
        if name == "PIP_NO_INDEX" and "=" in found[0] and value.lower() in _OFF:
            continue
        # Several can stand there, and uv's can have names.
        places = [re.sub(r"\A[\w.-]+=", "", place).rstrip("/") for place in value.split()]
        if not (places and all(place == url.rstrip("/") for place in places)):
            return name or found[0]
    return ""
