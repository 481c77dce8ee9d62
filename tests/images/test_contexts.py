"""Named contexts leave Makefiles, scripts, compose files and workflows, once no Dockerfile needs them."""

from pathlib import Path
from textwrap import dedent

import pytest

from railrel.images import contexts
from tests.images.migrating import migrated

DOCKERFILE = "FROM python:3.12\nCOPY --from=issue-core . /x\nRUN pip install /x\n"
WORKFLOW = ".gitea/workflows/image.yml"

# A name, the file's name, the file before, and after.
REWRITTEN: tuple[tuple[str, str, str, str], ...] = (
    (
        "options in every place",
        "Makefile",
        """\
        ARGS = --build-context issue-core=../issue-core --pull
        image:
        \tdocker build --build-context issue-core=../issue-core -t app .
        \t@docker buildx build --build-context=issue-core=$(CORE)/issue-core \\
        \t\t--build-context 'mail-kit=../libs/mail-kit' \\
        \t\t-t app \\
        \t\t.  # here
        \tdocker build . --build-context "issue-core=/home/max/issue core"
        \t# docker build --build-context issue-core=../issue-core .
        """,
        """\
        ARGS = --pull
        image:
        \tdocker build -t app .
        \t@docker buildx build \\
        \t\t-t app \\
        \t\t.  # here
        \tdocker build .
        \t# docker build --build-context issue-core=../issue-core .
        """,
    ),
    (
        "the last option of a script",
        "scripts/build.sh",
        "set -e\ndocker build . \\\r\n  -t app \\\r\n  --build-context issue-core=../issue-core\r\necho",
        "set -e\ndocker build . \\\r\n  -t app\r\necho",
    ),
    (
        "an entry of a mapping, with its neighbours' comments",
        "compose.yaml",
        """\
        services:
          app:
            build:
              context: ./
              dockerfile: Dockerfile  # ours
              additional_contexts:
                # the library
                "issue-core": ../issue-core   # beside
                base: docker-image://python:3.12
            image: app
        """,
        """\
        services:
          app:
            build:
              context: ./
              dockerfile: Dockerfile  # ours
              additional_contexts:
                # the library
                # beside
                base: docker-image://python:3.12
            image: app
        """,
    ),
    (
        "a list, whole",
        "docker-compose.override.yml",
        """\
        x-build: &build
          context: .
          additional_contexts:
          - issue-core=../issue-core
          - mail-kit=../libs/mail-kit
          target: app
        services:
          one: {build: *build}
          two:
            build:
              <<: *build
              target: two
        """,
        """\
        x-build: &build
          context: .
          target: app
        services:
          one: {build: *build}
          two:
            build:
              <<: *build
              target: two
        """,
    ),
    (
        "braces",
        "compose.yml",
        """\
        services:
          a: {build: {context: ., additional_contexts: {issue-core: ../issue-core, x: "https://x"}}}
          b: {build: {context: ., additional_contexts: [issue-core=../issue-core]}}
          c:
            build:
              additional_contexts: {issue-core: ../issue-core}
              context: .
        """,
        """\
        services:
          a: {build: {context: ., additional_contexts: {x: "https://x"}}}
          b: {build: {context: .}}
          c:
            build:
              context: .
        """,
    ),
    (
        "the action's input, and a command",
        WORKFLOW,
        """\
        jobs:
          image:
            steps:
            - uses: docker/build-push-action@v6
              with:
                build-contexts: |
                  issue-core=../issue-core
                  base=docker-image://python:3.12
                context: .
            - uses: https://github.com/docker/build-push-action@v6
              with:
                build-contexts: issue-core=../issue-core
                push: true
            - run: docker build --build-context issue-core=../issue-core .
            - run: |
                docker build \\
                  --build-context issue-core=../issue-core \\
                  .
        """,
        """\
        jobs:
          image:
            steps:
            - uses: docker/build-push-action@v6
              with:
                build-contexts: |
                  base=docker-image://python:3.12
                context: .
            - uses: https://github.com/docker/build-push-action@v6
              with:
                push: true
            - run: docker build .
            - run: |
                docker build \\
                  .
        """,
    ),
)


@pytest.mark.parametrize(
    ("name", "file", "before", "after"), REWRITTEN, ids=[row[0] for row in REWRITTEN]
)
def test_files_before_and_after(name: str, file: str, before: str, after: str) -> None:
    del name
    result = migrated({"Dockerfile": DOCKERFILE, file: dedent(before)})

    assert result.text(file) == dedent(after)
    assert result.found == []
    assert {rule for rule, _ in result.notes} == {"secret-needed"}
    assert migrated(dict(result.files)).migration.files == ()


@pytest.mark.parametrize(
    ("file", "home"),
    [("Makefile", "$$HOME"), ("images.mk", "$$HOME"), ("build.sh", "$HOME"), (WORKFLOW, "$HOME")],
)
def test_the_secret_is_said_as_the_file_has_to_write_it(file: str, home: str) -> None:
    text = "run: docker build --build-context issue-core=../issue-core .\n"

    result = migrated({"Dockerfile": DOCKERFILE, file: text})

    (finding,) = result.migration.findings
    assert finding.problem.hint == f"write there: --secret id=netrc,src={home}/.netrc"


def test_a_variable_below_another_build_is_noted_too() -> None:
    makefile = (
        "one:\n\tdocker build --build-context issue-core=../issue-core .\n"
        "ctx := --build-context issue-core=../issue-core\n"
        "two:\n\tdocker build $(ctx) .\n"
    )

    result = migrated({"Dockerfile": DOCKERFILE, "Makefile": makefile})

    assert result.text("Makefile") == (
        "one:\n\tdocker build .\nctx :=\ntwo:\n\tdocker build $(ctx) .\n"
    )
    assert result.notes == [("secret-needed", "Makefile:2:15"), ("secret-needed", "Makefile:3:8")]


def test_a_context_stays_as_long_as_a_dockerfile_needs_it() -> None:
    makefile = "image:\n\tdocker build --build-context issue-core=../issue-core .\n"
    other = "FROM python\nCOPY --from=issue-core docs /docs\n"

    result = migrated({"Dockerfile": DOCKERFILE, "docs.Dockerfile": other, "Makefile": makefile})

    assert result.text("Makefile") == makefile
    assert result.found == [("part-of-sibling", "docs.Dockerfile:2:6")]
    assert [file.path.name for file in result.migration.files] == ["Dockerfile"]


def test_a_context_is_known_by_the_folder_that_is_given_for_it() -> None:
    files = {
        "Dockerfile": "FROM a\nCOPY --from=core . /x\nCOPY --from=assets . /y\nRUN pip install /x\n",
        "Makefile": (
            "image:\n\tdocker build --build-context core=../issue-core "
            "--build-context assets=../assets .\n"
        ),
    }

    result = migrated(files)

    assert "COPY --from=core" not in result.text()
    assert result.text("Makefile") == "image:\n\tdocker build --build-context assets=../assets .\n"
    assert result.found == [("outside-context", "Dockerfile:3:6")]


@pytest.mark.parametrize(
    "value", ["${CORE:-../issue-core}", "${CORE-../issue-core}", "${CORE:-../}issue-core"]
)
def test_a_folder_that_a_variable_has_by_default_is_one(value: str) -> None:
    compose = f"""\
services:
  app:
    build:
      context: .
      additional_contexts:
        core: "{value}"
        base: "${{BASE:-docker-image://python:3.12}}"
"""
    script = f"docker build --build-context core={value} .\n"
    dockerfile = DOCKERFILE.replace("from=issue-core", "from=core")

    result = migrated({"Dockerfile": dockerfile, "compose.yaml": compose, "build.sh": script})

    assert "COPY" not in result.text()
    assert result.text("compose.yaml") == compose.replace(f'        core: "{value}"\n', "")
    assert result.text("build.sh") == "docker build .\n"
    assert result.found == []


@pytest.mark.parametrize("value", ["$CORE", "${CORE}", "${CORE:?where is it}", "${CORE:-../other}"])
def test_a_variable_that_may_be_any_folder_is_found_where_it_is_copied(value: str) -> None:
    files = {
        "Dockerfile": DOCKERFILE.replace("from=issue-core", "from=core"),
        "compose.yaml": (
            "services:\n  app:\n    build:\n      context: .\n"
            f'      additional_contexts: {{core: "{value}"}}\n'
        ),
    }

    result = migrated(files)

    assert result.migration.files == ()
    assert result.found == [("outside-context", "Dockerfile:2:6")]


# A name, the file's name, the file, and what is found in it.
LEFT: tuple[tuple[str, str, str, list[tuple[str, str]]], ...] = (
    (
        "another project",
        "Makefile",
        "x:\n\tdocker build --build-context issue-core=../issue-core ../other\n",
        [("context-left", "2:15")],
    ),
    (
        "another Dockerfile",
        "Makefile",
        "x:\n\tdocker build --build-context issue-core=../issue-core -f docs/Dockerfile .\n",
        [("context-left", "2:15")],
    ),
    (
        "a folder around",
        "build.sh",
        "docker build -f app/Dockerfile ..\n",
        [("outer-context", "1:32")],
    ),
    (
        "a variable",
        "build.sh",
        'docker build --build-context "$CTX" .\n',
        [("odd-build-context", "1:14")],
    ),
    (
        "an item of a list",
        ".woodpecker.yml",
        "args:\n- --build-context=issue-core=../issue-core\n",
        [("odd-build-context", "2:3")],
    ),
    (
        "a folder around, in compose",
        "compose.yaml",
        "services:\n  a:\n    build: ..\n",
        [("outer-context", "3:12")],
    ),
    (
        "another project, in compose",
        "compose.yaml",
        "services:\n  a:\n    build:\n      context: ../o\n      additional_contexts:\n      - issue-core=../issue-core\n",
        [("context-left", "6:9")],
    ),
    (
        "a build that would have nothing left",
        "compose.yaml",
        "services:\n  a:\n    build:\n      additional_contexts:\n        issue-core: ../issue-core\n",
        [("odd-build-context", "5:9")],
    ),
    (
        "an anchor that would be gone",
        "compose.yaml",
        "services:\n  a:\n    build:\n      context: .\n      additional_contexts: &c {issue-core: ../issue-core}\n    x: *c\n",
        [("odd-build-context", "5:32")],
    ),
    (
        "no YAML",
        "compose.yaml",
        "services: {\n  additional_contexts: x\n",
        [("odd-build-context", "2:3")],
    ),
    (
        "a list on one line",
        WORKFLOW,
        'x:\n  uses: docker/build-push-action@v6\n  with: {build-contexts: "issue-core=../i,b=c://d"}\n',
        [("odd-build-context", "3:27")],
    ),
    (
        "bake",
        "docker-bake.hcl",
        'target "a" {\n  contexts = { issue-core = "../issue-core", b = "target:b" }\n}\n',
        [("bake-context", "2:16")],
    ),
)


@pytest.mark.parametrize(("name", "file", "text", "found"), LEFT, ids=[row[0] for row in LEFT])
def test_what_would_be_a_guess_is_found_and_left(
    name: str, file: str, text: str, found: list[tuple[str, str]]
) -> None:
    del name
    result = migrated({"Dockerfile": DOCKERFILE, file: text})

    assert result.text(file) == text
    assert result.found == [(rule, f"{file}:{at}") for rule, at in found]


def test_without_a_dockerfile_nothing_is_taken_out() -> None:
    text = "x:\n\tdocker build --build-context issue-core=../issue-core .\n"

    result = migrated({"Makefile": text})

    assert result.text("Makefile") == text
    assert result.found == [("context-left", "Makefile:2:15")]


@pytest.mark.parametrize(
    ("name", "file", "before", "after"), REWRITTEN, ids=[row[0] for row in REWRITTEN]
)
def test_other_line_endings_a_byte_order_mark_and_umlauts_stay(
    name: str, file: str, before: str, after: str
) -> None:
    del name
    mark = "\ufeff" if file.endswith((".yml", ".yaml")) else ""
    dressed = [
        f"{mark}# naïve 🛤\n{dedent(text)}".replace("\r\n", "\n").replace("\n", "\r\n")
        for text in (before, after)
    ]

    result = migrated({"Dockerfile": DOCKERFILE, file: dressed[0]})

    assert result.text(file) == dressed[1]


def test_every_way_to_give_a_context_is_in_the_table() -> None:
    folder = Path(contexts.__file__).parent
    ways = {p.stem for p in folder.glob("*.py")} - {"__init__", "protocol", "outcome", "yaml_nodes"}

    assert ways == {str(vars(form)["__name__"]).rpartition(".")[2] for form in contexts.FORMS}
