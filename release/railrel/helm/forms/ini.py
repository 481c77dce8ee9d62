"""Sections of app.ini."""

from collections.abc import Iterator
from itertools import groupby

from railrel.helm.table import OWN_KEY, Setting, secrets_of, settings_of
from railrel.helm.wishes import Wishes

ID = "ini"
TITLE = "sections of Gitea's app.ini"

_HEAD = "; Settings of Gitea that a Python registry needs: sections of app.ini.\n"


def render(wishes: Wishes) -> str:
    lines = [f"; {line}" for line in OWN_KEY]
    for section, settings in groupby(_sorted(wishes), key=lambda one: one.section):
        lines += ["", f"[{section}]"]
        for one in settings:
            lines += [*(f"; {line}" for line in one.why.splitlines()), f"{one.key} = {one.value}"]
        if section == "storage.minio":
            lines += _keys(wishes)
    return _HEAD + "\n".join(lines) + "\n"


def _sorted(wishes: Wishes) -> list[Setting]:
    """Sections one after another, in the order in which they come first."""
    settings = settings_of(wishes)
    order = list(dict.fromkeys(one.section for one in settings))
    return sorted(settings, key=lambda one: order.index(one.section))


def _keys(wishes: Wishes) -> Iterator[str]:
    if secrets_of(wishes):
        yield "; The bucket's keys stand in no file: Gitea (1.23 and newer) takes them from its environment,"
        yield "; AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
