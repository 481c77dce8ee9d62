"""Which tags and branches start a job."""

import re

from railrel.workspace.projects import BARE_TAGS, NAMED_TAGS

# What means something in a filter of `on.push` and may stand in a name of git's.
_SPECIAL = re.compile(r"[+!()|]")
_BRANCHES = ("main", "master")


def tag_globs(pattern: str, name: str, *, shared: bool) -> tuple[str, ...]:
    """Globs for all that `railrel release` may call a tag of the project.

    Not by the tags that are there: a job's checkout has none of them. What a glob lets through too much,
    publish refuses.
    """
    forms = (pattern,) if pattern else (NAMED_TAGS if shared else (*BARE_TAGS, *NAMED_TAGS))
    return tuple(_glob(form, name) for form in forms)


def branches_of(setting: tuple[str, ...]) -> tuple[str, ...]:
    """Those that releases go from; else what default branches are called."""
    return setting or _BRANCHES


def _glob(form: str, name: str) -> str:
    literal = form.replace("{name}", name).split("{version}")
    return "[0-9]*".join(_SPECIAL.sub(r"\\\g<0>", part) for part in literal)
