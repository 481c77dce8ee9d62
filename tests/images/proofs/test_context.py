"""What a Dockerfile takes from where no build context has it."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from railrel.images.dockerfiles import Dockerfile
from railrel.images.proofs.context import Context, findings
from railrel.workspace.source_files import sent_names

NAMES = (
    "Dockerfile",
    "app.py",
    "src/app/main.py",
    "src/app/style.css",
    "notes/plan.txt",
    "käse.txt",
)


def context(folder: Path) -> Context:
    for name in (*NAMES, "local.cfg"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    (folder / ".dockerignore").write_text("notes\n**/*.css\n")
    return Context(
        folder,
        NAMES,
        sent_names(folder, NAMES),
        frozenset({"issue-core", "tender-base"}),
        "railrel dockerfile app --migrate",
    )


def found(folder: Path, text: str) -> list[tuple[str, str, str]]:
    file = Dockerfile(folder / "Dockerfile", text.encode())
    return [
        (p.rule, p.at.removeprefix(f"{folder}/Dockerfile:"), p.message)
        for p in findings(file, context(folder))
    ]


@pytest.mark.parametrize(
    "line",
    [
        "COPY . .",
        "COPY app.py /src/ /x/",
        "COPY ./src/../app.py /",
        "COPY käse.txt /",
        'COPY ["app.py", "/a b/"]',
        "COPY --chown=1:1 src/app /x",
        "COPY *.lock missing[1].txt /",
        "COPY $WHAT /",
        "COPY --from=build /anything /",
        "COPY --from=0 /anything /",
        "COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/",
        "COPY --from=issue-core-tools:1 /x /",
        "ADD https://example.com/x.tar.gz git@example.com:a/b.git /x/",
        "COPY <<EOF /etc/x\nCOPY nothing /\nEOF",
        "RUN --mount=type=bind,target=/src ls",
        "RUN --mount=type=bind,source=src,target=/src ls",
        "RUN --mount=type=bind,from=build,source=/x,target=/src ls",
        "RUN --mount=type=cache,target=/x --mount=type=secret,id=netrc ls ../issue-core",
        "ONBUILD COPY nothing /",
        "# COPY nothing /",
    ],
)
def test_what_is_there_is_no_finding(tmp_path: Path, line: str) -> None:
    assert found(tmp_path, f"FROM python:3.11-slim AS build\nFROM build\n{line}\n") == []


@pytest.mark.parametrize(
    ("line", "rule", "at", "said"),
    [
        (
            "COPY --from=issue-core . /x",
            "named-context",
            "2:6",
            "issue-core is no stage and no image",
        ),
        ("COPY --from=Issue_Core . /x", "named-context", "2:6", "Issue_Core is no stage"),
        ("RUN --mount=from=tender-base,target=/x ls", "named-context", "2:5", "tender-base is no"),
        ("FROM issue-core", "named-context", "2:6", "issue-core is no stage"),
        ("COPY ../issue-core /x", "outside-context", "2:6", "../issue-core leads out"),
        ("COPY app.py src/../../y /x", "outside-context", "2:13", "src/../../y leads out"),
        ("RUN --mount=source=../x,target=/x ls", "outside-context", "2:5", "../x leads out"),
        ("COPY nothing.py /", "not-there", "2:6", "nothing.py is not there"),
        ('COPY ["app.py", "no.py", "/"]', "not-there", "2:6", "no.py is not there"),
        (
            "RUN --mount=type=bind,src=no.txt,target=/x ls",
            "not-there",
            "2:5",
            "no.txt is not there",
        ),
        ("COPY notes /x", "ignored", "2:6", ".dockerignore keeps notes from the build"),
        ("COPY src/app/style.css /x", "ignored", "2:6", ".dockerignore keeps src/app/style.css"),
        ("COPY local.cfg /x", "not-in-git", "2:6", "git does not know local.cfg"),
    ],
)
def test_what_is_not_there_is_found_with_its_place(
    tmp_path: Path, line: str, rule: str, at: str, said: str
) -> None:
    ((its_rule, its_at, message),) = found(tmp_path, f"FROM python:3.11-slim\n{line}\n")

    assert (its_rule, its_at) == (rule, at)
    assert message.startswith(said)


def test_a_stage_that_is_called_as_a_neighbour_is_a_stage(tmp_path: Path) -> None:
    text = (
        "FROM python:3.11-slim AS issue-core\nFROM python:3.11-slim\nCOPY --from=issue-core /x /\n"
    )

    assert found(tmp_path, text) == []


def test_a_link_that_leads_out_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "app"
    its = context(folder)
    (folder / "app.py").unlink()
    (folder / "app.py").symlink_to("../elsewhere.py")

    (finding,) = findings(Dockerfile(folder / "Dockerfile", b"FROM scratch\nCOPY . .\n"), its)

    assert finding.rule == "link-out"
    assert finding.at == str(folder / "app.py")


@given(
    st.lists(st.sampled_from(["..", ".", "src", "app", "app.py", "", "x"]), min_size=1, max_size=6)
)
def test_what_leads_out_is_what_the_file_system_says(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("any").resolve()
    path = "/".join(parts) or "."
    there = Path(os.path.normpath(f"{folder}/{path.lstrip('/')}"))

    file = Dockerfile(folder / "Dockerfile", f"FROM scratch\nCOPY {path} /x\n".encode())
    rules = {p.rule for p in findings(file, Context(folder, (), (), frozenset(), ""))}

    assert ("outside-context" in rules) != there.is_relative_to(folder)
