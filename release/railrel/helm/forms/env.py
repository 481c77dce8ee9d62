"""Variables that Gitea's container images write into app.ini when they start."""

from railrel.helm.environment import FILE, variable
from railrel.helm.table import OWN_KEY, secrets_of, settings_of
from railrel.helm.wishes import Wishes

ID = "env"
TITLE = "GITEA__… variables: docker run --env-file, kustomize's configMapGenerator"

_HEAD = """\
# Settings of Gitea that a Python registry needs, for its container images. A Gitea without a container
# takes them by: gitea config edit-ini --config app.ini --in-place --apply-env
"""


def render(wishes: Wishes) -> str:
    lines = [f"# {line}" for line in OWN_KEY]
    for one in settings_of(wishes):
        lines += [f"# {line}" for line in one.why.splitlines()]
        lines.append(f"{variable(one.section, one.key)}={one.value}")
    for secret in secrets_of(wishes):
        lines += [f"# {line}" for line in secret.why.splitlines()]
        lines.append(
            f"{variable(secret.section, secret.key)}{FILE}=/run/secrets/{secret.secret}/{secret.item}"
        )
    return _HEAD + "\n".join(lines) + "\n"
