"""What hooks see, and how it ends when they do not do what PEP 517 has them do."""

import io
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from railrel.distributions import backends
from railrel.distributions.environments import build_environment
from railrel.effects.processes import RealProcesses
from railrel.errors import ExitCode
from railrel.world import Command, Conversation
from tests.distributions.test_build import BACKENDS, backend_project, index_files
from tests.servers.gitea import Gitea
from tests.workbench import SECONDS, Result, Workbench

PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["tools"]

[project]
name = "my-lib"
version = "1.0"
"""
# The least that makes both files; tests put lines of their own before its end.
BACKEND = """\
import base64, hashlib, io, os, sys, tarfile, zipfile

WHEEL = b"Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
METADATA = b"Metadata-Version: 2.1\\nName: my-lib\\nVersion: 1.0\\n"
FILES = {"my_lib.py": b"", "pyproject.toml": None, "tools/backend.py": None, "PKG-INFO": METADATA}


def build_sdist(folder, config_settings=None):
    on_sdist()
    with tarfile.open(os.path.join(folder, "my_lib-1.0.tar.gz"), "w:gz") as archive:
        for name, data in FILES.items():
            data = open(name, "rb").read() if data is None else data
            member = tarfile.TarInfo("my_lib-1.0/" + name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return "my_lib-1.0.tar.gz"


def build_wheel(folder, config_settings=None, metadata_directory=None):
    on_wheel()
    info = "my_lib-1.0.dist-info/"
    with zipfile.ZipFile(os.path.join(folder, "my_lib-1.0-py3-none-any.whl"), "w") as archive:
        files = {"my_lib.py": b"", info + "METADATA": METADATA, info + "WHEEL": WHEEL}
        listed = [name + ",sha256=" + digest(data) + "," for name, data in files.items()]
        files[info + "RECORD"] = "\\n".join([*listed, info + "RECORD,,"]).encode()
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return "my_lib-1.0-py3-none-any.whl"


def digest(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")


def on_sdist(): pass
def on_wheel(): pass
"""


@dataclass
class Counted(RealProcesses):
    """The processes that were asked to run hooks."""

    asked: list[Command] = field(default_factory=list)

    @contextmanager
    def _counted(self, command: Command, mark: str) -> Iterator[Conversation]:
        with super().conversing(command, mark) as conversation:
            yield _Counting(conversation, command, self.asked)

    def conversing(self, command: Command, mark: str) -> AbstractContextManager[Conversation]:
        return self._counted(command, mark)


@dataclass
class _Counting:
    conversation: Conversation
    command: Command
    asked: list[Command]

    def ask(self, question: str, go_on: Callable[[], None]) -> str | None:
        if self.command not in self.asked:
            self.asked.append(self.command)
        return self.conversation.ask(question, go_on)

    def output(self) -> str:
        return self.conversation.output()


@dataclass
class Impatient(RealProcesses):
    seconds: float = 1.0

    def conversing(self, command: Command, mark: str) -> AbstractContextManager[Conversation]:
        return super().conversing(replace(command, seconds=self.seconds), mark)


def built_by(bench: Workbench, more: str) -> Result:
    """Publish a project whose own backend has these lines as well."""
    prepared_by(bench, more)
    return bench.railrel("publish", "my-lib")


def prepared_by(bench: Workbench, more: str) -> None:
    bench.write("my-lib/pyproject.toml", PYPROJECT)
    bench.write("my-lib/tools/backend.py", f"{BACKEND}\n\n{more}\n")
    bench.write("my-lib/my_lib.py", "")
    bench.commit("my-lib", "v1.0")


def test_a_build_sees_nothing_outside_its_environment(bench: Workbench, tmp_path: Path) -> None:
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "on_pythonpath.py").touch()
    version = "python{}.{}".format(*sys.version_info)
    user = bench.home / ".local" / "lib" / version / "site-packages"
    user.mkdir(parents=True)
    (user / "of_the_user.py").touch()
    names = [
        "railrel",
        "click",
        "packaging",
        "build",
        "gate",
        "on_pythonpath",
        "of_the_user",
        "pip",
    ]
    having = bench.having(PYTHONPATH=str(tmp_path / "path"))

    result = built_by(
        having,
        f"import importlib.util\nseen = [n for n in {names} if importlib.util.find_spec(n)]\n"
        "raise SystemExit('sees ' + repr(seen))",
    )

    assert result.code == ExitCode.UNFIT
    assert "sees []" in result.err


NAMES_OF_SECRETS = (
    "RAILREL_TOKEN",
    "GITEA_TOKEN",
    "POETRY_PYPI_TOKEN_TEAM",
    "POETRY_HTTP_BASIC_TEAM_PASSWORD",
    "UV_INDEX_TEAM_PASSWORD",
)


def test_a_build_sees_no_secret_that_publishes_whatever_tool_it_is_for(bench: Workbench) -> None:
    having = bench.having(**dict.fromkeys(NAMES_OF_SECRETS, "marked-token"))

    result = built_by(
        having,
        "seen = sorted(n for n, v in os.environ.items() if 'marked' in v)\n"
        "raise SystemExit('sees ' + repr(seen))",
    )

    assert result.code == ExitCode.UNFIT
    assert "sees []" in result.err


def test_a_build_requirement_without_a_wheel_is_shown_no_secret_that_publishes(
    bench: Workbench, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    spy = f"open({str(seen)!r}, 'w').write(repr(dict(os.environ)))\non_wheel = lambda: None\n"
    links = tmp_path / "links"
    links.mkdir()
    with tarfile.open(links / "spy_lib-1.0.tar.gz", "w:gz") as archive:
        for name, text in {
            "pyproject.toml": PYPROJECT,
            "tools/backend.py": f"{BACKEND}\n\n{spy}",
            "my_lib.py": "",
        }.items():
            data = text.replace("my-lib", "spy-lib").replace("my_lib-1", "spy_lib-1").encode()
            member = tarfile.TarInfo(f"spy_lib-1.0/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    having = bench.having(
        UV_FIND_LINKS=str(links), RAILREL_TOKEN="marked-token", GITEA_TOKEN="marked-token"
    )

    made_with(having, "spy-lib==1.0")

    assert "UV_FIND_LINKS" in seen.read_text()
    assert "marked-token" not in seen.read_text()


def made_with(bench: Workbench, *requires: str) -> None:
    bench.home.mkdir(exist_ok=True)
    with build_environment(bench.world(), requires):
        pass


def test_hooks_are_run_in_the_source_and_read_nothing(bench: Workbench) -> None:
    result = built_by(
        bench,
        "def on_sdist():\n"
        "    assert os.path.exists('pyproject.toml') and sys.stdin.read() == ''\n"
        "on_wheel = on_sdist",
    )

    assert result.code == 0, result.err


def test_a_backend_of_the_project_itself_is_loaded_anew_from_the_sdist(bench: Workbench) -> None:
    result = built_by(
        bench,
        "def on_sdist():\n    FILES['pid'] = str(os.getpid()).encode()\n"
        "def on_wheel():\n"
        "    assert open('pid').read() != str(os.getpid())\n"
        "    assert __file__.startswith(os.getcwd())",
    )

    assert result.code == 0, result.err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("raise RuntimeError('cannot today')", "RuntimeError: cannot today"),
        ("def on_sdist():\n    print('last words', flush=True)\n    os._exit(7)", "last words"),
        ("def on_wheel():\n    sys.exit('given up')", "given up"),
        ("def build_sdist(folder, config_settings=None): pass", "does not say which file"),
        ("del build_wheel", "build_wheel"),
        ("import not_there", "not_there"),
    ],
    ids=["raises", "dies", "exits", "returns-nothing", "no-hook", "not-importable"],
)
def test_a_backend_that_fails_is_quoted(bench: Workbench, more: str, said: str) -> None:
    result = built_by(bench, more)

    assert result.code == ExitCode.UNFIT
    assert said in result.err
    assert "my-lib/pyproject.toml" in result.err


def test_a_backend_that_prints_much_and_even_answers_is_heard_out(bench: Workbench) -> None:
    result = built_by(
        bench,
        "def on_sdist():\n"
        "    print('x' * 1_000_000)\n"
        "    print('railrel-answer:{\"code\": 1}', flush=True)\n"
        "    sys.stderr.write('y' * 1_000_000)\n"
        "on_wheel = on_sdist",
    )

    assert result.code == 0, result.err


def test_a_backend_that_ends_and_leaves_a_child_that_holds_its_pipes_is_not_waited_for(
    bench: Workbench,
) -> None:
    prepared_by(
        bench,
        "def on_sdist():\n"
        "    import time\n"
        "    if os.fork() == 0:\n"
        f"        time.sleep({SECONDS})\n"
        "    print('gone without a word', flush=True)\n"
        "    os._exit(0)\n",
    )
    world = replace(bench.world(), processes=Impatient(seconds=15))

    result = bench.railrel("publish", "my-lib", world=world)

    assert result.code == ExitCode.UNFIT, result.err
    assert "gone without a word" in result.err


def test_a_backend_that_hangs_is_ended(bench: Workbench) -> None:
    bench.write("my-lib/pyproject.toml", PYPROJECT)
    bench.write("my-lib/tools/backend.py", "import time\ntime.sleep(60)\n")
    bench.commit("my-lib", "v1.0")
    world = replace(bench.world(), processes=Impatient())

    result = bench.railrel("publish", "my-lib", world=world)

    assert result.code == ExitCode.UNREACHABLE
    assert "did not end within 1 seconds" in result.err


def test_what_a_hook_asks_for_is_installed_before_it_is_run(bench: Workbench) -> None:
    result = built_by(
        bench,
        "def get_requires_for_build_sdist(config_settings=None):\n    return ['iniconfig']\n"
        "def on_sdist():\n    import iniconfig",
    )

    assert result.code == 0, result.err


def test_setup_py_without_a_build_system_is_built_as_ever(bench: Workbench) -> None:
    bench.write("my-lib/pyproject.toml", '[project]\nname = "my-lib"\nversion = "1.0"\n')
    bench.write("my-lib/beside.py", 'MODULE = "beside"\n')
    bench.write(
        "my-lib/setup.py",
        "from setuptools import setup\nfrom beside import MODULE\n\nsetup(py_modules=[MODULE])\n",
    )
    bench.commit("my-lib", "v1.0")

    result = bench.railrel("publish", "my-lib")

    assert result.code == 0, result.err
    assert len(index_files(bench, "my-lib")) == 2


@pytest.mark.parametrize("backend", BACKENDS)
def test_one_process_builds_what_two_would(
    bench: Workbench, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend_project(bench, backend)
    together, apart = Counted(), Counted()

    first = bench.railrel("publish", "my-lib", world=replace(bench.world(), processes=together))
    monkeypatch.setattr(backends, "_FIT_FOR_BOTH", frozenset())
    other = ("publish", "my-lib", "--rebuild", "--registry", str(bench.root / "other"))
    second = bench.railrel(*other, world=replace(bench.world(), processes=apart))

    assert (first.code, second.code) == (0, 0), second.err
    assert (len(together.asked), len(apart.asked)) == (1, 2)
    again = (bench.root / "other" / "simple" / "my-lib").glob("my_lib*")
    assert {p.name: p.read_bytes() for p in again} == index_files(bench, "my-lib")


def test_what_a_module_of_the_source_says_is_read_anew_from_the_sdist(bench: Workbench) -> None:
    bench.write(
        "my-lib/pyproject.toml",
        """\
        [build-system]
        requires = ["setuptools>=77"]
        build-backend = "setuptools.build_meta"

        [project]
        name = "my-lib"
        version = "1.0"
        """,
    )
    bench.write("my-lib/beside.py", "import os\n\nFOLDER = os.path.dirname(__file__)\n")
    bench.write("my-lib/MANIFEST.in", "include beside.py\n")
    bench.write(
        "my-lib/setup.py",
        "import os, sys\nsys.path.insert(0, os.getcwd())\nimport beside\nfrom setuptools import setup\n"
        "assert os.path.realpath(beside.FOLDER) == os.getcwd()\n"
        "setup(py_modules=['beside'])\n",
    )
    bench.commit("my-lib", "v1.0")

    result = bench.railrel("publish", "my-lib")

    assert result.code == 0, result.err
    with zipfile.ZipFile(next(bench.root.rglob("*.whl"))) as archive:
        assert "beside.py" in archive.namelist()
    with tarfile.open(next(bench.root.rglob("*.tar.gz"))) as opened:
        assert "my_lib-1.0/beside.py" in opened.getnames()


@pytest.mark.parametrize("patched", ["os", "builtins"])
def test_what_a_build_script_has_changed_in_python_itself_is_gone_when_the_wheel_is_built(
    bench: Workbench, patched: str
) -> None:
    bench.write(
        "my-lib/pyproject.toml",
        """\
        [build-system]
        requires = ["setuptools>=77"]
        build-backend = "setuptools.build_meta"

        [project]
        name = "my-lib"
        version = "1.0"
        dynamic = ["description"]
        """,
    )
    bench.write("my-lib/my_lib.py", "")
    bench.write(
        "my-lib/setup.py",
        f"import os, builtins, sys\n"
        f"from setuptools import setup\n"
        f"already = hasattr({patched}, 'getcwd_as_it_was') and 'bdist_wheel' in sys.argv\n"
        f"{patched}.getcwd_as_it_was = os.getcwd\n"
        "setup(py_modules=['my_lib'], description='patched' if already else 'plain')\n",
    )
    bench.commit("my-lib", "v1.0")

    result = bench.railrel("publish", "my-lib")

    assert result.code == 0, result.err
    with zipfile.ZipFile(next(bench.root.rglob("*.whl"))) as archive:
        assert b"Summary: plain" in archive.read("my_lib-1.0.dist-info/METADATA")


def test_a_refused_token_ends_the_build_that_goes_on_meanwhile(
    bench: Workbench, gitea: Gitea
) -> None:
    having = bench.having(RAILREL_REGISTRY=gitea.registry(), RAILREL_TOKEN="marked-wrong")
    over = bench.root.parent / "over"

    result = built_by(
        having, f"import time\ndef on_sdist():\n    time.sleep(300)\n    open({str(over)!r}, 'w')"
    )

    assert result.code == ExitCode.REFUSED
    assert "RAILREL_TOKEN" in result.err
    assert not over.exists()


def test_the_backend_of_the_last_build_is_loaded_ahead_and_used_only_in_its_own_environment(
    bench: Workbench, tmp_path: Path
) -> None:
    bench = replace(bench, cache=tmp_path / "cache")
    backend_project(bench, "flit")
    cold, warm, other = Counted(), Counted(), Counted()

    results = [
        bench.railrel("publish", "my-lib", world=replace(bench.world(), processes=cold)),
        bench.railrel(
            "publish", "my-lib", "--rebuild", world=replace(bench.world(), processes=warm)
        ),
    ]
    backend_project(bench, "uv_build")
    registry = ("--registry", str(bench.root / "other"))
    results.append(
        bench.railrel("publish", "my-lib", *registry, world=replace(bench.world(), processes=other))
    )

    assert [result.code for result in results] == [0, 0, 0], results[-1].err
    assert [command.argv[-1] for command in warm.asked] == ["flit_core.buildapi"]
    for each in (cold, other):
        assert [Path(command.argv[-1]).name for command in each.asked] == ["hook_process.py"]
