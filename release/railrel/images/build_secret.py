"""The registry's credentials in an image build: a netrc file, mounted for the RUN that needs it.

https://docs.docker.com/build/building/secrets/; pip and uv read the file that NETRC names.
"""

import re
from typing import Final

from railrel.edits import Edit
from railrel.images.dockerfiles import Dockerfile, Instruction
from railrel.sources import Span

ID: Final = "netrc"
_DEFAULT: Final = f"/run/secrets/{ID}"
# Its owner is root, so that others can read it only when the mount says so.
_FOR_OTHERS: Final = ",mode=0444"


def netrc_of(instruction: Instruction) -> str:
    """Where a RUN finds the file."""
    for mount in instruction.mounts:
        if mount.kind == "secret" and mount.options.get("id") == ID and "env" not in mount.options:
            return mount.target or _DEFAULT
    return _DEFAULT


def secret_edit(
    file: Dockerfile, instruction: Instruction, instead: list[Span]
) -> tuple[Edit | None, Span | None]:
    """Mount the file for a RUN, in the place of the first of these flags if there is one.

    Gives the edit, none if it is mounted already, and the flag that is replaced.
    """
    has = any(m.kind == "secret" and m.options.get("id") == ID for m in instruction.mounts)
    if has:
        return None, None
    text = f"--mount=type=secret,id={ID},target={_DEFAULT}"
    text += _FOR_OTHERS if _is_other_user(file, instruction) else ""
    if instead:
        first = min(instead, key=lambda span: span.start)
        return Edit(first.start, first.end, text), first
    begin = (instruction.flags[0].span if instruction.flags else instruction.rest.span).start
    return Edit(begin, begin, f"{text} "), None


def _is_other_user(file: Dockerfile, instruction: Instruction) -> bool:
    """Whether a USER that is not root runs it."""
    stage = file.stages[instruction.stage] if instruction.stage >= 0 else None
    before = instruction.whole.start
    while stage is not None:
        users = [
            i.rest.text.strip("\"'")
            for i in file.instructions
            if i.keyword == "USER" and not i.onbuild and i.stage == stage.number
            if i.whole.start < before
        ]
        if users:
            return re.split(r"[:\s]", users[-1])[0] not in ("root", "0")
        stage = file.parent(stage)
    return False
