"""Odd things that once went wrong, each with what must happen instead."""

import base64
import json
import os
import signal
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from railrel.errors import ExitCode
from tests.waiting import eventually, wait_for
from tests.workbench import IMPORTABLE, Workbench


@pytest.fixture
def ready(bench: Workbench) -> Workbench:
    bench.library()
    bench.commit("issue-core", "v0.2.3")
    return bench


def fixed(bench: Workbench, body: str) -> str:
    bench.library()
    path = bench.write("app/pyproject.toml", f'[project]\nname = "app"\nversion = "1"\n{body}\n')
    result = bench.railrel("fix-deps", "--offline", "app")
    return path.read_text() if result.code == 0 else result.err


def test_a_line_continuation_before_the_name_does_not_shift_the_edit(bench: Workbench) -> None:
    after = fixed(
        bench, 'dependencies = ["""\\\n   issue-core @ ../issue-core ; python_version < "4" """]'
    )

    assert 'issue-core>=0.2,<0.3 ; python_version < "4" """' in after


def test_extras_and_groups_are_the_same_in_any_spelling(bench: Workbench) -> None:
    after = fixed(
        bench,
        'optional-dependencies.A_b = ["issue-core"]\n'
        '[tool.uv.sources]\nissue-core = { path = "../issue-core", extra = "a-b" }',
    )

    assert 'A_b = ["issue-core>=0.2,<0.3"]' in after


def test_a_source_that_no_requirement_names_is_not_dropped_in_silence(bench: Workbench) -> None:
    said = fixed(
        bench,
        '[tool.x]\ndev-dependencies = ["issue-core"]\n[tool.uv.sources]\nissue-core.path = "../issue-core"',
    )

    assert "no requirement here names it" in said
    assert "../issue-core" in (bench.root / "app" / "pyproject.toml").read_text()


@pytest.mark.parametrize(
    "requirement",
    ["issue-core @ ../issue core", "issue-core @ ../issue-core; python_version<'4'"],
)
def test_a_path_that_is_no_requirement_is_named_and_not_passed_over(
    bench: Workbench, requirement: str
) -> None:
    assert "cannot be read as a requirement" in fixed(bench, f'dependencies = ["{requirement}"]')


def test_a_key_that_hides_behind_an_escape_is_found(bench: Workbench) -> None:
    after = fixed(
        bench,
        'dependencies = ["issue-core"]\n[tool.uv.sources]\nissue-core = { "p\\u0061th" = "../issue-core" }',
    )

    assert "../issue-core" not in after
    assert "issue-core>=0.2,<0.3" in after


def test_an_index_setting_of_another_kind_is_blamed_where_it_stands(bench: Workbench) -> None:
    bench.write("railrel.toml", 'registry = "https://git.example.com/api/packages/acme/pypi"\n')

    said = fixed(
        bench,
        'dependencies = ["issue-core"]\n[tool.uv]\nindex = "x"\nsources.issue-core.path = "../issue-core"',
    )

    assert "tool.uv.index is not a list of tables" in said
    assert "pyproject.toml:6:1" in said


def test_a_broken_file_is_explained_when_its_folder_is_named(bench: Workbench) -> None:
    bench.library()
    bench.write("broken/pyproject.toml", "[project\n")

    assert "not valid TOML" in bench.railrel("publish", "broken").err


def test_what_a_submodule_ignores_is_not_published(bench: Workbench) -> None:
    bench.library("sub", "1.0")
    bench.write("sub/.gitignore", ".env\n")
    bench.commit("sub")
    bench.library()
    bench.commit("issue-core")
    bench.git("issue-core", "-c", "protocol.file.allow=always", "submodule", "--quiet", "add",
              str(bench.root / "sub"), "issue_core/sub")  # fmt: skip
    bench.commit("issue-core", "v0.2.3")
    bench.write("issue-core/issue_core/sub/.env", "marked-secret")

    result = bench.railrel("publish", "issue-core")

    assert result.code == 0, result.err
    with zipfile.ZipFile(next(bench.root.rglob("*.whl"))) as archive:
        names = archive.namelist()
    assert "issue_core/sub/sub/__init__.py" in names
    assert not [name for name in names if name.endswith(".env")]


@pytest.mark.parametrize("flag", ["--skip-worktree", "--assume-unchanged"])
def test_changes_that_git_was_told_not_to_see_are_refused(ready: Workbench, flag: str) -> None:
    ready.git("issue-core", "update-index", flag, "issue_core/__init__.py")
    ready.write("issue-core/issue_core/__init__.py", "evil = 1\n")

    result = ready.railrel("publish", "issue-core")

    assert result.code == ExitCode.REFUSED
    assert "told not to look for changes of issue_core/__init__.py" in result.err


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("loop", "leads nowhere"),
        ("gone", "leads nowhere"),
        ("..", "around itself"),
        ("../../shared", "with links in it"),
    ],
)
def test_links_that_cannot_be_copied_are_refused(
    bench: Workbench, tmp_path: Path, target: str, said: str
) -> None:
    bench.library()
    (tmp_path / "outside.txt").write_text("private")
    (bench.root / "shared").mkdir()
    (bench.root / "shared" / "leak.txt").symlink_to(tmp_path / "outside.txt")
    (bench.root / "issue-core" / "issue_core" / "loop").symlink_to(target)
    bench.commit("issue-core", "v0.2.3")

    result = bench.railrel("publish", "issue-core")

    assert result.code == ExitCode.REFUSED
    assert said in result.err


def test_a_folder_name_with_a_line_break_runs_nothing_in_eval(bench: Workbench) -> None:
    root = bench.root.parent / "x\ntouch PWNED #"
    root.mkdir()
    odd = Workbench(root, bench.home, bench.cache, bench.capture, {}, bench.opened)
    odd.write("railrel.toml", "")
    odd.library()
    script = odd.write("evaluate.sh", odd.railrel("env").out)

    odd.call(["sh", str(script)])

    assert not (root / "PWNED").exists()


def test_a_variable_in_a_folder_name_is_only_a_name(bench: Workbench) -> None:
    bench.library("d$FOO", "1.0")
    bench.library("dbar", "1.0")
    bench.commit("dbar", "v1.0")

    report = bench.having(FOO="bar").railrel("status", "./d$FOO", "--json").json

    projects = report["projects"]
    assert isinstance(projects, list)
    assert projects[0]["git"] is None


@pytest.mark.parametrize(
    "note",
    ["junk", "[]x", '[{"target": "/x"}]', '[{"target": "/x", "partial": "VICTIM", "before": "0"}]'],
)
@pytest.mark.parametrize("kind", ["announced", "committed"])
def test_a_note_that_is_not_ours_makes_us_touch_nothing(
    ready: Workbench, tmp_path: Path, kind: str, note: str
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    ready.write(f".railrel/journal/ab.{kind}.json", note.replace("VICTIM", str(victim)))

    result = ready.railrel("fix-deps", "--offline", "issue-core")
    dry = ready.railrel("publish", "issue-core", "--dry-run")

    assert result.code == ExitCode.USAGE
    assert "cannot be understood" in result.err
    assert dry.code == 0
    assert victim.read_text() == "mine"


def test_a_file_that_vanished_from_the_index_is_put_there_again(ready: Workbench) -> None:
    ready.railrel("publish", "issue-core")
    before = ready.snapshot(ready.root / ".railrel")
    next(ready.root.rglob("*.whl")).unlink()

    again = ready.railrel("publish", "issue-core")

    assert again.code == 0
    assert ready.snapshot(ready.root / ".railrel") == before


def test_a_file_that_was_spoilt_in_the_index_is_a_conflict(ready: Workbench) -> None:
    ready.railrel("publish", "issue-core")
    next(ready.root.rglob("*.tar.gz")).write_bytes(b"junk")

    assert ready.railrel("publish", "issue-core").code == ExitCode.CONFLICT


def backend(bench: Workbench, body: str) -> None:
    bench.write(
        "my-lib/pyproject.toml",
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "my-lib"\nversion = "1.0"\n[tool.setuptools]\npy-modules = ["my_lib", "backend"]\n',
    )
    head = "from setuptools import build_meta as real\nfrom setuptools.build_meta import *\n"
    bench.write("my-lib/backend.py", head + body)
    bench.write("my-lib/my_lib.py", "x = 1\n")
    bench.commit("my-lib", "v1.0")


WHEEL = """
import zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = real.build_wheel(folder, config_settings, metadata_directory)
    with zipfile.ZipFile(folder + "/" + name, "a") as archive:
        archive.writestr("{member}", "Metadata-Version: 2.1\\nName: q\\nVersion: 1.0\\n")
    return name
"""


@pytest.mark.parametrize(
    ("member", "said"),
    [
        ("../../evil.py", "would install outside of where it is installed"),
        ("/evil.py", "would install outside of where it is installed"),
        ("q-1.0.dist-info/METADATA", "holds the metadata of several"),
    ],
)
def test_a_wheel_that_pip_would_refuse_is_refused(bench: Workbench, member: str, said: str) -> None:
    backend(bench, WHEEL.replace("{member}", member))

    result = bench.railrel("publish", "my-lib")

    assert result.code == ExitCode.UNFIT
    assert said in result.err


def test_a_backend_that_names_no_file_is_unfit_and_the_users_own_file_is_named(
    bench: Workbench,
) -> None:
    backend(bench, "def build_sdist(folder, config_settings=None):\n    return None\n")

    result = bench.railrel("publish", "my-lib")

    assert result.code == ExitCode.UNFIT
    assert "does not say which file the sdist is" in result.err
    assert f"at: {bench.root}/my-lib/pyproject.toml" in result.err


def test_a_child_that_a_build_leaves_behind_does_not_hold_it_up(bench: Workbench) -> None:
    pid, over = bench.root.parent / "pid", bench.root.parent / "over"
    script = f"echo $$ > '{pid}'; sleep 600; touch '{over}'"
    backend(bench, f"import subprocess\nsubprocess.Popen(['sh', '-c', {script!r}])\n")

    result = bench.railrel("publish", "my-lib")

    assert result.code == 0, result.err
    assert not over.exists()
    wait_for(pid)
    with suppress(ProcessLookupError):
        # The file is there a moment before what is in it.
        os.kill(int(eventually(pid.read_text)), signal.SIGKILL)


@contextmanager
def answering(status: int, body: bytes, **headers: str) -> Iterator[str]:
    """A server that gives one answer to everything; `ECHO` in it is the credential that it got."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            said = body.replace(b"ECHO", self.headers.get("Authorization", "").encode())
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = answer  # noqa: N815 -- the base class's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            del format, args

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(5)


def test_a_server_that_quotes_our_request_does_not_make_us_print_the_token(
    ready: Workbench,
) -> None:
    token = "s3cr3t-marked-token"
    with answering(403, b"you sent ECHO") as url:
        having = ready.having(RAILREL_TOKEN=token, RAILREL_REGISTRY=f"{url}/api/packages/acme/pypi")
        results = [having.railrel(verb, "--json", "issue-core") for verb in ("publish", "status")]

    wire = base64.b64encode(f"__token__:{token}".encode()).decode()
    for result in results:
        assert result.code == ExitCode.REFUSED
        assert token not in result.out + result.err
        assert wire not in result.out + result.err
        assert json.loads(result.out)


@pytest.mark.parametrize("path", ["/api/packages/acme/pypi", "/upload"], ids=["gitea", "legacy"])
@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"<html><body>Sign in</body></html>", {}),
        (b'<html><a href="http://[x/y">x</a></html>', {}),
        (b"not gzip", {"Content_Encoding": "gzip"}),
        (b'{"files": [{"filename": 5, "url": "x"}]}', {"Content_Type": "application/json"}),
        (b"[" * 100_000, {"Content_Type": "application/json"}),
        (b"", {}),
    ],
)
def test_an_answer_that_is_no_index_is_unknown_and_not_unpublished(
    ready: Workbench, path: str, body: bytes, headers: dict[str, str]
) -> None:
    with answering(200, body, **headers) as url:
        result = ready.railrel("status", "--registry", url + path)

    assert result.code == ExitCode.UNREACHABLE, result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize(
    "place", ["http://[::1", "x://[y", "file:", "file://host/x", "~nosuchuser/x"]
)
def test_a_registry_that_is_no_place_is_code_2(ready: Workbench, place: str) -> None:
    assert ready.having(RAILREL_REGISTRY=place).railrel("status").code == ExitCode.USAGE


@pytest.mark.parametrize(
    "body",
    [
        'version = "1"\ndependencies = ["issue-core @ ../' + "x" * 300 + '"]',
        'version = "' + "1" * 5000 + '"',
        'version = "1"\ndependencies = ["issue-core @ x"]\n' + ".".join("a" * 3000) + " = 1",
    ],
    ids=["long name", "long number", "long key"],
)
def test_too_much_of_anything_is_reported(bench: Workbench, body: str) -> None:
    bench.write("app/pyproject.toml", f'[project]\nname = "app"\n{body}\n')

    assert bench.railrel("fix-deps", "--offline", "app", "--check").code == ExitCode.USAGE


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_a_full_output_is_refused_and_no_bug(ready: Workbench) -> None:
    script = ready.write(
        "full.sh", f'"{sys.executable}" -m railrel config >/dev/full; echo "code $?"\n'
    )

    said = ready.call(["sh", str(script)], None, **IMPORTABLE)

    assert "code 4" in said
    assert "Exception" not in said


def test_a_relative_cache_folder_is_ignored(ready: Workbench) -> None:
    ready.having(XDG_CACHE_HOME="relative").railrel("publish", "issue-core", "--dry-run")

    assert not (ready.root / "relative").exists()


def test_a_tag_pattern_without_a_version_is_wrong(ready: Workbench) -> None:
    result = ready.having(RAILREL_TAG="{").railrel("publish", "issue-core")

    assert result.code == ExitCode.USAGE
    assert "tag must hold {version}" in result.err
