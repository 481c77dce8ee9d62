"""The workflows of a project, from what decides about them, with the user's own lines kept."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from railrel.assets import rendered
from railrel.errors import Problem, first_few
from railrel.generated import made_by, written
from railrel.sources import read_source
from railrel.workflows.flow import Flow
from railrel.workflows.quoting import quoted, unfit
from railrel.world import FileChange

VERB = "workflow"
_KINDS = ("release", "image", "checks")
_FOR = re.compile(rf"^# Made by railrel {VERB} for (?P<project>[a-z0-9-]+),", re.MULTILINE)


def generate(
    flow: Flow, root: Path, *, replace: bool = False
) -> tuple[FileChange, ...] | list[Problem]:
    """The files that change in the repository at `root`; or all that forbids to write them."""
    problems = [*_unfit(flow, root), *([] if replace else _of_others(flow, root))]
    if problems:
        return problems
    hint = (
        f"railrel workflow {flow.project} --replace writes it anew; --diff shows what it would be"
    )
    results = [
        written(
            root / flow.dialect.folder / flow.name(kind),
            workflow(flow, kind),
            VERB,
            replace=replace,
            otherwise=hint,
        )
        for kind in flow.files
    ]
    found = [result for result in results if isinstance(result, Problem)]
    files = tuple(r for r in results if isinstance(r, FileChange) and r.before != r.after)
    return found or files


def workflow(flow: Flow, kind: str) -> str:
    """The text of one file, without anybody's own lines."""
    values = {"flow": flow, "kind": kind}
    return rendered(f"workflows/{kind}.yml.j2", values, {"quoted": quoted})


def left_over(flow: Flow, present: Mapping[Path, str]) -> Iterator[Problem]:
    """Files of the dialect's folder that railrel wrote for this project and would not write now."""
    expected = {flow.name(kind) for kind in flow.files}
    possible = {f"{kind}{end}.yml" for kind in _KINDS for end in ("", f"-{flow.project}")}
    for path, text in present.items():
        if is_for(flow.project, text) and path.name in possible - expected:
            yield Problem(
                f"{path.name} was written for {flow.project}, which has no such workflow now",
                str(path),
                f"git rm {path.name}",
                "left-over-workflow",
            )


def hidden(flow: Flow, present: Iterable[Path], root: Path) -> Problem | None:
    """That the forge no longer looks into other folders once there is this one."""
    hiding = [root / folder for folder in flow.dialect.hides]
    unseen = [path for path in present if path.parent in hiding]
    if not unseen:
        return None
    names = first_few([path.relative_to(root).as_posix() for path in unseen])
    return Problem(
        f"{flow.dialect.title} reads {flow.dialect.folder} alone, where it is there: not {names}",
        str(root / flow.dialect.folder),
        f"git mv them to {flow.dialect.folder} if they shall run there",
        "hidden-workflows",
    )


def is_for(project: str, text: str) -> bool:
    """Whether railrel wrote a workflow for this project."""
    return f"# Made by railrel {VERB} for {project}," in text


def is_ours(text: str) -> bool:
    """Whether railrel wrote a workflow."""
    return made_by(VERB, text)


def _of_others(flow: Flow, root: Path) -> Iterator[Problem]:
    """Files of the names that it needs, which are another project's workflows."""
    for kind in flow.files:
        path = root / flow.dialect.folder / flow.name(kind)
        found = (
            _FOR.search(read_source(path).data.decode("utf-8", "replace"))
            if path.is_file()
            else None
        )
        if found and found["project"] != flow.project:
            other = found["project"]
            yield Problem(
                f"{path.name} is the workflow of {other}, which would have none any more",
                str(path),
                f"if {other} is called {flow.project} now: railrel workflow {flow.project} --replace; "
                f"else go above both, where a railrel.toml names them as members, and say which",
                "of-another-project",
            )


def _unfit(flow: Flow, root: Path) -> Iterator[Problem]:
    """Texts that could not stay what they are in a job."""
    texts = {
        "the project's folder": (flow.folder,),
        "the runner's label": (flow.runner,),
        "checkout-action": (flow.checkout,),
        "railrel-version": (flow.tool.version,),
        "railrel-index": (flow.tool.index,),
        "a tag's form": flow.tags,
        "release-branches": flow.branches,
        "test-command": (flow.suite.command,) if flow.suite else (),
        **{f"the value for {name}": (value,) for name, value in flow.variables},
    }
    for what, values in texts.items():
        for value in values:
            problem = unfit(value, what, str(root / flow.folder))
            if problem:
                yield problem
    # Comments name it, and what some parsers take for the end of a line ends them.
    if not all(
        text.isprintable() for text in (flow.destination.owner, flow.destination.token_page)
    ):
        yield Problem(
            "the registry's address holds a character that is no part of one",
            str(root / flow.folder),
            "write it as the server's own pages show it",
            "odd-character",
        )
