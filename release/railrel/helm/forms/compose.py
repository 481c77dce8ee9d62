"""A compose file that adds the settings to the service `gitea`."""

from railrel.helm.environment import FILE, variable
from railrel.helm.table import OWN_KEY, secrets_of, settings_of
from railrel.helm.tree import written
from railrel.helm.wishes import Wishes

ID = "compose"
TITLE = "a compose file, to be given after your own: docker compose -f compose.yaml -f THIS up"

_HEAD = """\
# Settings of Gitea that a Python registry needs, for the service called gitea.
services:
  gitea:
    environment:
"""


def render(wishes: Wishes) -> str:
    lines = [f"      # {line}" for line in OWN_KEY]
    for one in settings_of(wishes):
        lines += [f"      # {line}" for line in one.why.splitlines()]
        lines.append(f"      {variable(one.section, one.key)}: {_written(one.value)}")
    secrets = secrets_of(wishes)
    for secret in secrets:
        lines += [f"      # {line}" for line in secret.why.splitlines()]
        lines.append(
            f"      {variable(secret.section, secret.key)}{FILE}: /run/secrets/{secret.item}"
        )
    if secrets:
        lines += ["    secrets:", *(f"      - {secret.item}" for secret in secrets), "secrets:"]
        for secret in secrets:
            lines += [f"  {secret.item}:", f"    file: {written(f'{secret.secret}/{secret.item}')}"]
    return _HEAD + "\n".join(lines) + "\n"


def _written(value: str) -> str:
    # Compose puts variables in the place of $NAME.
    return written(value.replace("$", "$$"))
