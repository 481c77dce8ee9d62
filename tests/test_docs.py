"""Pages say what the program says, and the tutorial is typed out."""

import importlib.util
import json
import re
import shutil
from types import ModuleType

import msgspec
import pytest

from tests.workbench import REPOSITORY, Workbench, scripts

DOCS = REPOSITORY / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), REPOSITORY / "README.md"])


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_what_the_program_says(generate: ModuleType) -> None:
    assert generate.stale() == []


@pytest.mark.parametrize(
    "argv",
    [["status"], ["fix-deps", "--all"], ["publish", "issue-core"], ["env"], ["config"], ["doctor"]],
)
def test_what_json_prints_fits_its_schema(
    bench: Workbench, generate: ModuleType, argv: list[str]
) -> None:
    bench.copy_examples()
    result = bench.railrel(*argv, "--json")
    report = json.loads(result.out)
    shape = dict(generate.reports())[report.pop("schema")]

    converted = msgspec.convert(report, shape, strict=False, dec_hook=lambda _, value: value)

    assert set(report) == set(converted.__slots__)


def test_every_link_leads_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page}: {target}"


def test_every_command_in_the_pages_exists() -> None:
    from railrel.commands import VERBS

    verbs = {verb.name for verb in VERBS}
    for page in PAGES:
        for line in _commands(page.read_text()):
            assert line in verbs or line.startswith("-"), f"{page}: railrel {line}"


def _commands(text: str) -> list[str]:
    """The verbs in blocks of code and in spans of it."""
    blocks = re.findall(r"^```(?:sh)?\n(.*?)^```|`(railrel [^`]+)`", text, re.MULTILINE | re.DOTALL)
    return re.findall(r"^railrel ([a-z-]+)", "\n".join("\n".join(b) for b in blocks), re.MULTILINE)


def test_the_tutorial_works_when_it_is_typed_out(bench: Workbench) -> None:
    page = (DOCS / "tutorial.md").read_text()
    blocks = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    # The first block makes railrel's own environment, which runs this test already.
    script = "set -eux\n" + "\n".join(blocks[1:])
    shutil.copytree(REPOSITORY / "examples", bench.root / "examples")
    typed = bench.write("typed.sh", script)

    said = bench.having(PATH=f"{scripts()}:{bench.environment['PATH']}").call(["sh", str(typed)])

    shown = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    assert shown
    for block in shown:
        assert block in said
