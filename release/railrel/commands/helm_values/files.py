"""What `helm-values` does with a values file: judge it, or put values into it."""

import difflib
from pathlib import Path

from railrel.commands.shared.context import Context
from railrel.errors import ConfigError, Problem
from railrel.helm.checks import findings
from railrel.helm.ingress import is_on, kind_of
from railrel.helm.installed import left_behind
from railrel.helm.nodes import items
from railrel.helm.patch import Kept, patch
from railrel.helm.secret_values import redacted
from railrel.helm.sizes import body_bytes, shown
from railrel.helm.tree import tree_of
from railrel.helm.values_file import ValuesFile
from railrel.helm.wishes import Wishes
from railrel.values import dataclass
from railrel.workspace.discovery import workspace_root
from railrel.world import FileChange


@dataclass(frozen=True, slots=True)
class Judged:
    """What is wrong with a file."""

    file: Path = Path()
    findings: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Patched:
    """What a file became, or would become."""

    file: Path
    diff: str
    written: bool
    kept: tuple[Kept, ...]
    findings: tuple[Problem, ...]
    notes: tuple[Problem, ...]

    @property
    def said(self) -> str:
        """In a few words."""
        if not self.diff:
            ok = "left as it is" if self.findings else "as it should be"
            return f"{self.file.name}: {ok}"
        return f"{'patched' if self.written else 'would patch'} {self.file.name}"


def root_of(context: Context) -> Path:
    """The workspace, or the folder that the user stands in: values often lie where no project is."""
    try:
        return workspace_root(context.start)
    except ConfigError:
        return context.start


def journal_of(context: Context) -> Path:
    """Where transactions keep their notes; of a folder that is no workspace nothing is left in it."""
    try:
        return context.journal(workspace_root(context.start))
    except ConfigError:
        return context.world.cache / "values" / "journal"


def judge(file: ValuesFile, installed: ValuesFile | None) -> Judged:
    """All that is wrong; and what a release has beyond it. ConfigError if it cannot be read."""
    notes = tuple(left_behind(installed, file)) if installed else ()
    return Judged(file.path, findings(file), (*notes, *_unseen(file)))


def patch_file(
    context: Context,
    file: ValuesFile,
    wishes: Wishes,
    installed: ValuesFile | None,
    *,
    replace: bool,
    write: bool,
) -> Patched:
    """Put what is wished into the file, whole or not at all."""
    done = patch(file, tree_of(wishes), replace=replace)
    changed = done.after.data != file.data
    if changed and write:
        root = root_of(context)
        below = root if file.path.is_relative_to(root) else file.path.parent
        change = FileChange(file.path, file.data, done.after.data)
        context.world.files.change((change,), below, journal_of(context))
    return Patched(
        file=file.path,
        diff=_diff(file, done.after) if changed else "",
        written=changed and write,
        kept=done.kept,
        findings=done.findings,
        notes=(*_unseen(file), *_in_front(file, wishes), *_left(installed, done.after)),
    )


def _left(installed: ValuesFile | None, after: ValuesFile) -> tuple[Problem, ...]:
    return tuple(left_behind(installed, after)) if installed else ()


def _diff(before: ValuesFile, after: ValuesFile) -> str:
    """Of the file without its secrets, and without lines around: those may hold others."""
    old, new = (
        redacted(one).data.decode("utf-8", "replace").splitlines() for one in (before, after)
    )
    name = before.path.name
    return "\n".join(difflib.unified_diff(old, new, f"a/{name}", f"b/{name}", lineterm="", n=0))


def _unseen(file: ValuesFile) -> tuple[Problem, ...]:
    sources = file.pair("gitea", "additionalConfigSources")
    if sources is None or not items(sources.value):
        return ()
    return (
        Problem(
            "gitea.additionalConfigSources names objects that win over gitea.config, and are not seen here",
            file.place(sources.key),
            "see that none of them sets the same keys: kubectl get secret NAME -o yaml",
            "not-seen",
        ),
    )


def _in_front(file: ValuesFile, wishes: Wishes) -> tuple[Problem, ...]:
    """That somebody else than the chart's ingress decides how large a body may be."""
    if wishes.ingress != "none" or (is_on(file) and kind_of(file) != "unknown"):
        return ()
    size = shown(body_bytes(wishes.max_file))
    return (
        Problem(
            f"what stands in front of Gitea is not known here; it must let bodies of {size} through",
            str(file.path),
            "--ingress nginx or traefik, if it is one of them",
            "unknown-ingress",
        ),
    )
