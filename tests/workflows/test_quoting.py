"""Any text that a project or a setting may hold stays that text, in YAML and in the shell."""

import os
import subprocess
from dataclasses import replace

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from railrel.workflows.dialects import DIALECTS
from railrel.workflows.flow import Destination, Flow, Tool
from railrel.workflows.generate import workflow
from railrel.workflows.quoting import quoted, unfit
from railrel.workflows.suites import Suite
from tests.workflows.samples import job_of, read, step_of

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
NASTY = st.sampled_from(
    ["'", '"', "\\", "\n", "\r", "\u2028", "\x85", "\ufeff", "#", ": ", "- ", "$(touch x)", "`x`",
     "${{ ", " }}", "<<x>>", "<% x %>", "*", "&a", "!", "%", "@", "\t", "# end of own lines"]
)  # fmt: skip
MIXED = st.lists(st.one_of(TEXTS, NASTY)).map("".join)
NAMES = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,20}[A-Za-z0-9])?", fullmatch=True)
LABELS = TEXTS.filter(lambda text: "${{" not in text)

FLOW = Flow(
    project=canonicalize_name("tender-api"),
    folder="",
    shared=False,
    dialect=DIALECTS[0],
    tags=("v[0-9]*",),
    branches=("main",),
    runner="ubuntu-latest",
    secret="REGISTRY_TOKEN",
    checkout="",
    tool=Tool("1.0", "", with_token=False),
    destination=Destination("https://git.example.com/api/packages/acme/pypi", "acme", ""),
    variables=(),
    is_app=True,
    needs_history=False,
    suite=Suite("pip", ("uv venv",), "pytest"),
)


@given(MIXED)
def test_a_quoted_text_is_read_as_it_is(text: str) -> None:
    assert yaml.safe_load(f"a: {quoted(text)}\n") == {"a": text}
    assert len(quoted(text).splitlines()) == 1


@given(MIXED)
def test_what_a_runner_or_an_environment_would_change_is_refused(text: str) -> None:
    refused = unfit(text, "it", "") is not None

    assert refused == ("${{" in text)


@given(
    name=NAMES,
    folder=LABELS,
    label=LABELS,
    command=LABELS,
    value=LABELS,
    tag=LABELS,
    dialect=st.sampled_from(DIALECTS),
)
@settings(max_examples=60)
def test_whatever_the_settings_say_the_workflow_has_the_same_shape_and_these_values(
    name: str, folder: str, label: str, command: str, value: str, tag: str, dialect: object
) -> None:
    project = canonicalize_name(name)
    flow = replace(
        FLOW,
        project=project,
        folder=folder,
        dialect=next(one for one in DIALECTS if one is dialect),
        runner=label,
        tags=(tag,),
        variables=(("RAILREL_X", value),),
        suite=Suite("pip", ("uv venv",), command),
    )

    text = workflow(flow, "release")

    job = job_of(text)
    steps = {step["name"]: step for step in job["steps"]}
    assert set(job) == {"runs-on", "env", "steps"}
    assert job["runs-on"] == label
    assert job["env"] == {"RAILREL_X": value}
    assert read(text)["on"]["push"]["tags"] == [tag]
    assert steps["Test"]["env"] == {"FOLDER": folder, "COMMAND": command}
    assert steps["Publish"].get("working-directory", "") == folder
    assert steps["Publish"]["run"] == f"railrel publish {project}"
    assert len(steps) == 6


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=30))
@settings(max_examples=20)
def test_a_command_is_given_to_the_shell_whole(text: str) -> None:
    """As the step does it: by the environment, and never as a part of the script."""
    shown = f"printf %s {_in_shell(text)}"
    step = step_of(workflow(replace(FLOW, suite=Suite("pip", (), shown)), "release"), "Test")
    environment = {**os.environ, **step["env"], "TESTS": "/"}

    done = subprocess.run(
        ["sh", "-ec", step["run"]], env=environment, stdout=subprocess.PIPE, check=True, timeout=60
    )

    assert done.stdout.decode() == text


def _in_shell(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
