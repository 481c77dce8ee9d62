"""Secrets that everybody can read who can read the file."""

from collections.abc import Iterator

from railrel.errors import Problem
from railrel.helm.environment import variable
from railrel.helm.secret_values import is_in_clear, secret_pairs
from railrel.helm.values_file import ValuesFile

ID = "secret-in-clear"
TITLE = "a password, key or token in clear text"


_KNOWN: dict[tuple[str, ...], str] = {
    (
        "gitea",
        "admin",
        "password",
    ): "gitea.admin.existingSecret names a Secret with username and password",
    ("gitea", "ldap", "bindPassword"): "existingSecret beside it names a Secret",
    ("gitea", "oauth", "secret"): "existingSecret beside it names a Secret",
}


def find(file: ValuesFile) -> Iterator[Problem]:
    of_ini = {id(one.pair.value): one for one in file.entries}
    for one in secret_pairs(file):
        path = one.path[len(file.prefix) :]
        if not is_in_clear(one.pair) or _is_unused(file, path):
            continue
        entry = of_ini.get(id(one.pair.value))
        if entry:
            name = variable(entry.section, entry.key)
            hint = f"gitea.additionalConfigFromEnvs: {name} by valueFrom.secretKeyRef"
        elif path[-1] != one.pair.name:
            hint = "write valueFrom.secretKeyRef in the place of value"
        else:
            hint = _KNOWN.get(path, "name a Secret, or keep it in a file of its own, encrypted")
        yield Problem(
            f"{'.'.join(path)} is a secret in clear text", file.place(one.pair.value), hint, ID
        )


def _is_unused(file: ValuesFile, path: tuple[str, ...]) -> bool:
    """Whether it is for another chart that is switched off."""
    return path[0] != "gitea" and file.printed(path[0], "enabled") == "false"
