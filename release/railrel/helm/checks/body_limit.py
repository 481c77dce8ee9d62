"""An ingress that lets less through than Gitea takes."""

from collections.abc import Iterator

from railrel.errors import Problem
from railrel.helm import scalars
from railrel.helm.ingress import kind_of
from railrel.helm.sizes import UNLIMITED, fits, gitea_bytes, nginx_bytes, shown
from railrel.helm.tree import BODY_SIZE
from railrel.helm.values_file import ValuesFile

ID = "body-limit"
TITLE = "an ingress-nginx that lets smaller bodies through than the largest package"

_DEFAULT = "1m"
_HINT = "railrel helm-values --patch FILE writes one that fits"


def find(file: ValuesFile) -> Iterator[Problem]:
    enabled = file.pair("ingress", "enabled")
    if enabled is None or kind_of(file) != "nginx" or _is_text(file):
        return
    annotation = file.pair("ingress", "annotations", BODY_SIZE)
    written = file.printed("ingress", "annotations", BODY_SIZE) if annotation else _DEFAULT
    at = file.place(annotation.value if annotation else enabled.key)
    limit = nginx_bytes(written)
    if limit is None:
        yield Problem("nginx does not read this size", at, f'{BODY_SIZE}: "108m"', ID)
        return
    entry = file.entry("packages", "LIMIT_SIZE_PYPI")
    size = gitea_bytes(entry.value or "") if entry else None
    needed = UNLIMITED if size is None else size
    if fits(needed, limit) or (annotation and needed == UNLIMITED):
        return
    said = "of any size" if needed == UNLIMITED else f"up to {shown(needed)}"
    default = "" if annotation else ", its default"
    yield Problem(
        f"Gitea takes packages {said}, ingress-nginx bodies up to {shown(limit)}{default}; more is a 413",
        at,
        _HINT,
        ID,
    )


def _is_text(file: ValuesFile) -> bool:
    """Whether the annotations are one text, as the chart takes them too, in which a template may stand."""
    node = file.node("ingress", "annotations")
    return node is not None and scalars.kind_of(node) == "text"
