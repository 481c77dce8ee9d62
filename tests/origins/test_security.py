"""`railrel status --security`: findings with their places, and what the public index says."""

import json
import os
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from railrel.errors import ExitCode
from tests.origins.market import stock
from tests.servers.running import free_port
from tests.servers.static import serving
from tests.wheels import wheel
from tests.workbench import Result, Workbench

URL = "https://git.example.com/api/packages/acme/pypi"
APP = '[project]\nname = "app"\nversion = "1.0"\ndependencies = ["httpx"]\n'


def looked(bench: Workbench, *arguments: str) -> Result:
    """Nobody is asked, and the machine's own settings are none."""
    quiet = bench.having(PIP_CONFIG_FILE="/dev/null")
    return quiet.railrel("status", "--offline", "--security", *arguments)


def findings(result: Result) -> list[tuple[str, str]]:
    """Rule and place of each, the place relative to the workspace."""
    security = result.json["security"]
    assert isinstance(security, dict)
    found = [(one["rule"], one["at"]) for one in security["findings"]]
    return [(rule, at.partition("/work space/")[2] or at) for rule, at in found]


HOLES = {
    "pip's own file": (
        "pip.conf",
        "[global]\nextra-index-url =\n    https://x.example.com/simple\n"
        "trusted-host = x.example.com\n# extra-index-url = https://y\n",
        [("trusted-host", "4:1")],
    ),
    "pip's own file on one line": (
        "pip.conf",
        "[global]\nindex-url = http://x.example.com/simple\nextra-index-url = https://x/simple\n",
        [("plain-http", "2:1"), ("extra-index", "3:1")],
    ),
    "requirements": (
        "requirements.txt",
        "--extra-index-url https://x.example.com/simple\nhttpx\n--trusted-host=x.example.com:8080\n",
        [("extra-index", "1:1"), ("trusted-host", "3:1")],
    ),
    "requirements with hashes": (
        "requirements.txt",
        f"--extra-index-url https://x.example.com/simple\nhttpx==1.0 \\\n    --hash=sha256:{'0' * 64}\n",
        [],
    ),
    "requirements with a password": (
        "requirements.txt",
        "--index-url https://me:marked-secret@x.example.com/simple\n",
        [("clear-credential", "1:13")],
    ),
    "a password that is a variable's": (
        "requirements.txt",
        "--index-url https://me:${TOKEN}@x.example.com/simple\n",
        [],
    ),
    "uv's table": (
        "pyproject.toml",
        f'{APP}[tool.uv]\nextra-index-url = ["https://x/simple"]\n  index-strategy = "unsafe-first-match"\n'
        '[[tool.uv.index]]\nname = "a"\nurl = "http://x.example.com/simple"\n'
        '[project.urls]\nurl = "http://x.example.com"\n',
        [("extra-index", "6:1"), ("unsafe-index-strategy", "7:3"), ("plain-http", "10:1")],
    ),
    "uv's own file": (
        "uv.toml",
        'allow-insecure-host = ["x.example.com"]\n[[index]]\nurl = "http://127.0.0.1:8000/simple"\n',
        [("trusted-host", "1:1")],
    ),
    "a Pipfile": (
        "Pipfile",
        '[[source]]\nname = "x"\nurl = "https://x.example.com/simple"\nverify_ssl = false\n',
        [("trusted-host", "4:1")],
    ),
    "a Dockerfile": (
        "Dockerfile",
        "FROM x\nENV PIP_EXTRA_INDEX_URL=https://x/simple\nRUN pip install \\\n"
        "  --extra-index-url https://x/simple y\nENV UV_EXTRA_INDEX_URL=\n",
        [("extra-index", "2:5"), ("extra-index", "4:3")],
    ),
    "a Dockerfile that installs by hashes": (
        "Dockerfile",
        "FROM x\nRUN pip install --require-hashes --extra-index-url https://x/simple -r y.txt\n",
        [],
    ),
    "a workflow": (
        ".gitea/workflows/ci.yml",
        "jobs:\n  a:\n    env:\n      UV_EXTRA_INDEX_URL: https://x/simple\n"
        "      UV_INDEX_STRATEGY: unsafe-best-match\n",
        [("extra-index", "4:7"), ("unsafe-index-strategy", "5:7")],
    ),
    "what is no index": (
        "docker-compose.yml",
        "services:\n  a:\n    environment:\n      DATABASE_URL: postgres://me:secret@db/x\n"
        "      HOME_PAGE: http://x.example.com\n",
        [],
    ),
}


@pytest.mark.parametrize("case", list(HOLES))
def test_a_line_that_lets_others_in_is_found_at_its_place(bench: Workbench, case: str) -> None:
    name, text, expected = HOLES[case]
    bench.write("railrel.toml", f'registry = "{URL}"\n')
    bench.write("app/pyproject.toml", APP)
    bench.write(f"app/{name}", text)

    result = looked(bench, "--json")

    assert findings(result) == [(rule, f"app/{name}:{at}") for rule, at in expected]
    assert result.code == (ExitCode.FOUND if expected else ExitCode.DONE)
    assert "marked-secret" not in result.out + result.err


def test_without_the_option_nothing_of_it_is_said(bench: Workbench) -> None:
    bench.write("app/pyproject.toml", APP)
    bench.write("app/requirements.txt", "--extra-index-url https://x/simple\n")

    result = bench.railrel("status", "--offline", "--json")

    assert result.code == 0
    assert result.json["security"] is None


def test_variables_are_found_by_their_names(bench: Workbench) -> None:
    bench.write("app/pyproject.toml", APP)
    set_to = bench.having(
        PIP_EXTRA_INDEX_URL="https://x/simple",
        UV_INDEX_STRATEGY="unsafe-best-match",
        PIP_TRUSTED_HOST="localhost x.example.com",
        UV_INSECURE_HOST="127.0.0.1:80",
    )

    result = looked(set_to)

    assert result.code == ExitCode.FOUND
    assert "at: PIP_EXTRA_INDEX_URL\n" in result.err
    assert "at: UV_INDEX_STRATEGY\n" in result.err
    assert "PIP_TRUSTED_HOST takes packages from x.example.com without" in result.err
    assert "UV_INSECURE_HOST" not in result.err


def test_settings_of_pip_and_uv_for_the_user_are_looked_at(bench: Workbench) -> None:
    bench.write("app/pyproject.toml", APP)
    config = bench.home / ".config"
    (config / "pip").mkdir(parents=True)
    (config / "uv").mkdir()
    (config / "pip" / "pip.conf").write_text("[global]\nextra-index-url = https://x/simple\n")
    (config / "uv" / "uv.toml").write_text('index-strategy = "unsafe-best-match"\n')

    result = bench.railrel("status", "--offline", "--security")

    assert f"at: {config}/pip/pip.conf:2:1" in result.err
    assert f"at: {config}/uv/uv.toml:1:1" in result.err


def test_a_project_whose_tools_are_not_told_is_found(bench: Workbench) -> None:
    bench.write("railrel.toml", f'registry = "{URL}"\n')
    bench.library("core")
    bench.write("app/pyproject.toml", APP.replace("httpx", "core") + "[tool.uv]\n")
    bench.write("tool/pyproject.toml", APP.replace("app", "tool"))
    bench.write("tool/requirements.txt", "core\n")

    before = looked(bench, "--json")
    written = bench.railrel("index", "app", "--no-lock")
    after = looked(bench, "--json")

    assert findings(before) == [
        ("index-not-written", "app/pyproject.toml"),
        ("index-not-written", "tool"),
    ]
    assert written.code == 0
    assert findings(after) == [("index-not-written", "tool")]


LOCKS = {
    "uv.lock": (
        'version = 1\n[[package]]\nname = "core"\nversion = "9"\n'
        'source = { registry = "https://pypi.org/simple" }\n'
        'wheels = [{ url = "https://x/core.whl", hash = "sha256:0" }]\n',
        [("locked-elsewhere", "3:1")],
    ),
    "poetry.lock": (
        '[[package]]\nname = "core"\nversion = "9"\nfiles = [{file = "x.whl", hash = "sha256:0"}]\n'
        f'[[package]]\nname = "mid"\nversion = "1"\nfiles = [{{file = "x.whl"}}]\n'
        f'[package.source]\ntype = "legacy"\nurl = "{URL}/simple"\nreference = "acme"\n',
        [("locked-elsewhere", "2:1"), ("locked-without-hash", "6:1")],
    ),
    "pdm.lock": (
        '[[package]]\nname = "core"\nversion = "9"\nfiles = [{url = "https://x/y.whl", hash = "sha256:0"}]\n'
        f'[[package]]\nname = "mid"\nversion = "1"\nfiles = [{{url = "{URL}/files/mid.whl", hash = "sha256:0"}}]\n'
        '[[package]]\nname = "mid"\nversion = "1"\npath = "../mid"\n',
        [("locked-elsewhere", "2:1")],
    ),
    "pylock.toml": (
        'lock-version = "1.0"\n[[packages]]\nname = "core"\nversion = "9"\nindex = "https://pypi.org/simple"\n'
        'wheels = [{ url = "https://x/y.whl", hashes = { sha256 = "0" } }]\n'
        f'[[packages]]\nname = "mid"\nversion = "1"\nindex = "{URL}/simple"\nwheels = [{{ url = "https://x/y.whl" }}]\n',
        [("locked-elsewhere", "3:1"), ("locked-without-hash", "8:1")],
    ),
    "Pipfile.lock": (
        json.dumps(
            {
                "_meta": {
                    "sources": [
                        {"name": "pypi", "url": "https://pypi.org/simple"},
                        {"name": "acme", "url": f"{URL}/simple/"},
                    ]
                },
                "default": {
                    "core": {"version": "==9", "hashes": ["sha256:0"]},
                    "mid": {"version": "==1", "index": "acme", "hashes": ["sha256:0"]},
                },
            },
            indent=4,
        ),
        [("locked-elsewhere", "15:9")],
    ),
    "requirements.txt": (
        "# This file was autogenerated by uv via the following command:\n#    uv pip compile x.in\n"
        "core==9\nmid==1 --hash=sha256:0\n",
        [("locked-without-hash", "3:1")],
    ),
}


@pytest.mark.parametrize("name", list(LOCKS))
def test_a_lock_that_takes_ours_from_elsewhere_or_by_no_hash_is_found(
    bench: Workbench, name: str
) -> None:
    text, expected = LOCKS[name]
    bench.write("railrel.toml", f'registry = "{URL}"\n')
    bench.library("core")
    bench.library("mid")
    bench.write("app/pyproject.toml", APP)
    bench.write(f"app/{name}", text)

    found = [one for one in findings(looked(bench, "--json")) if one[0].startswith("locked-")]

    assert found == [(rule, f"app/{name}:{at}") for rule, at in expected]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("pip.conf", b"\xff\xfe[global]\nextra-index-url = https://x/simple\n"),
        ("requirements.txt", b"\xff\n--extra-index-url https://x/simple\n"),
        ("uv.lock", b"\xff\x00"),
        ("Pipfile.lock", b'{"default": []'),
        ("poetry.lock", b"[[package"),
        (".env", b"x" * 3_000_000),
    ],
)
def test_files_that_are_odd_or_huge_stop_nothing(bench: Workbench, name: str, data: bytes) -> None:
    bench.write("app/pyproject.toml", APP)
    (bench.root / "app" / name).write_bytes(data)

    result = looked(bench)

    assert result.code in (ExitCode.DONE, ExitCode.FOUND)
    assert "Traceback" not in result.err


# --- the public index


@pytest.fixture
def public(bench: Workbench) -> Iterator[tuple[Path, str]]:
    folder = bench.root.parent / "public"
    (folder / "simple").mkdir(parents=True)
    with serving(folder) as url:
        yield folder, f"{url}/simple"


def asked(bench: Workbench, url: str, *arguments: str) -> Result:
    quiet = bench.having(PIP_CONFIG_FILE="/dev/null", UV_DEFAULT_INDEX=url)
    return quiet.railrel("status", "--security", *arguments)


def test_a_name_that_others_have_is_found_with_who_and_what(
    bench: Workbench, public: tuple[Path, str]
) -> None:
    folder, url = public
    bench.library("core", "0.2.3")
    bench.library("mid", "1.0")
    bench.library("free", "1.0")
    bench.commit("core", "v0.2.3")
    bench.commit("mid", "v1.0")
    assert bench.railrel("publish", "core").code == 0
    assert bench.railrel("publish", "mid").code == 0
    stock(bench, folder, wheel(bench.root.parent / "w", "core", "99.0"))
    stock(bench, folder, wheel(bench.root.parent / "w", "mid", "0.1"))
    about = folder / "pypi" / "core" / "json"
    about.parent.mkdir(parents=True)
    about.write_text('{"info": {"author": "Somebody\\nElse"}}')

    result = asked(bench, url)

    assert result.code == ExitCode.FOUND
    assert (
        "finding: core is on the public index too, with 99.0 by Somebody Else, above our 0.2.3: "
        f"who asks both takes theirs\n     at: {url}/core/\n"
    ) in result.err
    assert "mid is on the public index too, with 0.1, not above our 1.0: a higher one" in result.err
    assert f"note: anybody could register free on the public index\n  at: {url}\n" in result.err


def test_a_name_that_nobody_has_is_a_note_and_no_finding(
    bench: Workbench, public: tuple[Path, str]
) -> None:
    bench.library("free")

    result = asked(bench, public[1], "--json")

    assert result.code == 0
    security = result.json["security"]
    assert isinstance(security, dict)
    assert security["public_index"] == public[1]
    assert security["names"] == [
        {"name": "free", "taken": False, "newest": None, "owner": "", "wins": False}
    ]
    assert [note["rule"] for note in security["notes"]] == ["name-free"]


def test_our_own_files_on_a_mirror_are_nobody_else_s(
    bench: Workbench, public: tuple[Path, str]
) -> None:
    folder, url = public
    bench.library("core")
    bench.commit("core", "v0.2.3")
    assert bench.railrel("publish", "core").code == 0
    for path in (bench.root / ".railrel" / "index").rglob("*.whl"):
        copied = bench.root.parent / "w" / path.name
        copied.parent.mkdir(exist_ok=True)
        copied.write_bytes(path.read_bytes())
        stock(bench, folder, copied)

    assert asked(bench, url).code == 0


def test_names_that_the_team_publishes_for_everybody_are_not_asked_for(
    bench: Workbench, public: tuple[Path, str]
) -> None:
    folder, url = public
    bench.write("railrel.toml", 'internal = ["!core"]\n')
    bench.library("core")
    stock(bench, folder, wheel(bench.root.parent / "w", "core", "99.0"))

    assert asked(bench, url).code == 0


def test_a_public_index_that_does_not_answer_is_code_3(bench: Workbench) -> None:
    bench.library("core")

    result = asked(bench, f"http://127.0.0.1:{free_port()}/simple")

    assert result.code == ExitCode.UNREACHABLE
    assert "unknown: " in result.err


def test_a_password_of_the_public_index_is_used_and_never_shown(
    bench: Workbench, public: tuple[Path, str]
) -> None:
    bench.library("core")

    result = asked(bench, public[1].replace("http://", "http://me:marked-secret@"), "--json")

    assert "marked-secret" not in result.out + result.err
    assert public[1] in result.out


def test_the_setting_says_which_index_is_the_public_one(
    bench: Workbench, public: tuple[Path, str]
) -> None:
    bench.write("railrel.toml", f'public-index = "{public[1]}"\n')
    bench.library("core")

    assert "anybody could register core" in asked(bench, "http://127.0.0.1:1/simple").err


class _Odd(BaseHTTPRequestHandler):
    """An index that says what nobody expects, by the name that it is asked for."""

    def do_GET(self) -> None:
        name = self.path.split("/")[2]
        about = json.dumps({"info": {"author": "\x1b[31mRed\x07", "maintainer": ["x"]}})
        status, where, body = {
            "moved": (302, "/simple/there/", ""),
            "there": (200, "", '<title>Links for x</title><a href="there-1.0.tar.gz">x</a>'),
            "far": (302, "http://[x", ""),
            "file": (302, "file:///etc/passwd", ""),
            "round": (301, "/simple/round/", ""),
            "page": (200, "", "<h1>Please sign in</h1>"),
            "shut": (403, "", ""),
        }.get(name, (404, "", ""))
        if self.path.startswith("/pypi/"):
            status, where, body = 200, "", about
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if where:
            self.send_header("Location", where)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
        del format, args


def test_a_public_index_that_answers_oddly_is_unknown_and_shows_no_controls(
    bench: Workbench,
) -> None:
    names = ("moved", "far", "file", "round", "page", "shut", "gone")
    for name in names:
        bench.library(name)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Odd) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        result = asked(bench, f"http://127.0.0.1:{server.server_port}/simple", "--json")
        server.shutdown()

    security = result.json["security"]
    assert isinstance(security, dict)
    taken = {one["name"]: one["taken"] for one in security["names"]}
    assert taken == {"moved": True, "gone": False} | dict.fromkeys(names[1:6])
    assert [one["owner"] for one in security["names"] if one["taken"]] == ["[31mRed"]
    assert result.code == ExitCode.FOUND


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_a_file_that_cannot_be_read_stops_nothing(bench: Workbench) -> None:
    bench.write("app/pyproject.toml", APP)
    bench.write("app/pip.conf", "x").chmod(0)

    assert looked(bench).code == 0
