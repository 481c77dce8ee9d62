"""`railrel dockerfile --migrate` on the example, through the command."""

from railrel.errors import ExitCode
from tests.workbench import Workbench

REGISTRY = "https://git.example.com/api/packages/acme/pypi"


def ready(bench: Workbench) -> Workbench:
    bench.copy_examples()
    bench.write(
        "vergabe-teilnahme/Makefile",
        "image:\n\tdocker build --build-context issue-core=../issue-core -t app .\n",
    )
    return bench.having(RAILREL_REGISTRY=REGISTRY)


def test_the_context_goes_from_the_dockerfile_and_from_the_command_and_comes_back(
    bench: Workbench,
) -> None:
    having = ready(bench)
    before = bench.snapshot()

    result = having.railrel("dockerfile", "vergabe-teilnahme", "--migrate")

    app = bench.root / "vergabe-teilnahme"
    text = (app / "Dockerfile").read_text()
    assert result.code == 0, result.err
    assert "--from=issue-core" not in text
    assert f"--no-deps --index-url {REGISTRY}/simple/ 'issue-core>=0.2,<0.3'" in text
    assert (app / "Makefile").read_text() == "image:\n\tdocker build -t app .\n"
    assert "-COPY --from=issue-core . /src/issue-core" in result.out
    assert "note: the build needs the registry's credentials now" in result.err
    assert having.railrel("dockerfile", "vergabe-teilnahme", "--migrate", "--check").code == 0

    assert having.railrel("fix-deps", "vergabe-teilnahme", "--undo").code == 0
    after = bench.snapshot()
    assert {name: after[name] for name in before} == before


def test_a_look_changes_nothing_and_says_that_there_is_work(bench: Workbench) -> None:
    having = ready(bench)
    before = bench.snapshot()

    check = having.railrel("dockerfile", "vergabe-teilnahme", "--migrate", "--check")
    report = having.railrel("dockerfile", "vergabe-teilnahme", "--migrate", "--json", "-n").json

    assert check.code == ExitCode.FOUND
    assert report["internal"] == ["issue-core"]
    assert report["written"] is False
    assert len(str(report["files"]).split(",")) == 2
    assert bench.snapshot() == before


def test_what_only_a_person_can_change_is_named_with_its_place(bench: Workbench) -> None:
    having = ready(bench)
    path = bench.write(
        "vergabe-teilnahme/Dockerfile",
        "FROM python:3.12-slim\nCOPY --from=issue-core docs /docs\n",
    )

    result = having.railrel("dockerfile", "vergabe-teilnahme", "--migrate")

    assert result.code == ExitCode.FOUND
    assert f"at: {path}:2:" in result.err
    assert "--from=issue-core" in path.read_text()


def test_a_folder_as_registry_cannot_take_the_contexts_place(bench: Workbench) -> None:
    bench.copy_examples()
    before = bench.snapshot()

    result = bench.railrel("dockerfile", "vergabe-teilnahme", "--migrate")

    assert result.code == ExitCode.FOUND
    assert "is a folder of this machine, which no image build has" in result.err
    assert bench.snapshot() == before


def test_a_dockerfile_that_is_built_from_the_folder_around_is_named(bench: Workbench) -> None:
    having = ready(bench)
    path = bench.write(
        "vergabe-teilnahme/Dockerfile",
        "FROM python:3.12-slim\n"
        "COPY issue-core /ic\n"
        "COPY vergabe-teilnahme /app\n"
        "COPY pyproject.toml issue-core/pyproject.toml /\n"
        "RUN --mount=type=bind,source=issue-core,target=/m true\n"
        "RUN pip install /ic /app\n",
    )
    before = path.read_text()

    result = having.railrel("dockerfile", "vergabe-teilnahme", "--migrate")

    assert result.code == ExitCode.FOUND
    assert result.err.count("the image is built from a folder around it") == 3
    for line in (2, 4, 5):
        assert f"at: {path}:{line}:" in result.err
    assert path.read_text() == before

    bench.write("vergabe-teilnahme/issue-core/pyproject.toml", "")
    own = having.railrel("dockerfile", "vergabe-teilnahme", "--migrate")
    assert own.code == 0, own.err
