"""Values of the official chart."""

from railrel.helm.traefik import middleware
from railrel.helm.tree import lines_of, tree_of
from railrel.helm.wishes import Wishes

ID = "helm"
TITLE = "values of the official Helm chart, gitea-charts/gitea"

_HEAD = """\
# Values of the official Gitea chart that a Python registry needs.
#
# What the chart does without a word:
# - a section with a dot in its name is one key in quotes; nested below its first part it is lost
# - numbers from a million on become 1e+06, which Gitea takes for no limit: sizes are texts here
# - a key that is taken out of here stays in app.ini on the volume; to be rid of it, set another value
"""


def render(wishes: Wishes) -> str:
    lines = [*lines_of(tree_of(wishes))]
    if wishes.ingress == "traefik":
        lines += middleware(wishes)
    return _HEAD + "\n".join(lines) + "\n"
