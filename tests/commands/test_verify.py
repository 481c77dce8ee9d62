"""Files and published versions, held against the gate; installed; built again."""

import io
import tarfile
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from railrel.errors import ExitCode
from railrel.world import Command, Completed, Http, Request, Response
from tests.servers.proxy import proxied
from tests.servers.static import serving
from tests.wheels import METADATA, sdist, wheel
from tests.workbench import Result, Workbench


def told(result: Result, *path: str | int) -> object:
    """What stands at this place of the JSON; `*` stands for every element."""
    found: object = result.json
    for number, step in enumerate(path):
        if isinstance(found, list):
            if step == "*":
                rest = path[number + 1 :]
                return [one[key] for one in found for key in rest]
            assert isinstance(step, int)
            found = found[step]
        else:
            assert isinstance(found, dict)
            found = found[step]
    return found


def rules(found: object) -> list[object]:
    assert isinstance(found, list)
    return [one["rule"] for one in found]


# --- files


def test_two_fit_files_anywhere_are_fit(bench: Workbench, tmp_path: Path) -> None:
    files = [wheel(tmp_path / "far" / "away"), sdist(tmp_path / "far" / "away")]

    result = bench.railrel("verify", *map(str, files))

    assert result.code == 0, result.err
    assert [line.partition(":")[0] for line in result.out.splitlines()] == [f.name for f in files]
    assert result.out.count(": fit, ") == 2


def test_what_is_wrong_is_found_in_both_and_between_them(bench: Workbench, tmp_path: Path) -> None:
    files = (
        wheel(tmp_path, more="Requires-Dist: core @ file:///home/me/core\n"),
        sdist(tmp_path, more="Requires-Dist: core>=1,<2\n"),
    )

    result = bench.railrel("verify", "--json", *map(str, files))

    assert result.code == ExitCode.FOUND
    assert result.json["fit"] is False
    assert rules(result.json["findings"]) == ["direct-reference", "sdist-and-wheel-disagree"]
    assert "lib-1.0-py3-none-any.whl: Requires-Dist" in result.err


def test_a_file_that_is_none_is_a_finding_and_the_others_are_still_judged(
    bench: Workbench, tmp_path: Path
) -> None:
    broken = tmp_path / "lib-2.0-py3-none-any.whl"
    broken.write_bytes(b"PK\x03\x04 no more")

    result = bench.railrel("verify", str(broken), str(wheel(tmp_path)), "--json")

    assert result.code == ExitCode.FOUND
    assert rules(result.json["findings"]) == ["unreadable"]
    assert told(result, "files", "*", "filename") == ["lib-1.0-py3-none-any.whl"]


DIGITS = "9" * 5_000


@pytest.mark.parametrize(
    "more",
    [
        f"Requires-Dist: core>={DIGITS},<{DIGITS}0\n",
        f"Requires-Dist: core=={DIGITS}.*\n",
        f"Requires-Python: >={DIGITS}\n",
        f"Requires-Python: <1,>={DIGITS}\n",
        f"Version: {DIGITS}\n",
        f"Metadata-Version: {DIGITS}\n",
    ],
)
def test_a_number_that_python_will_not_read_is_a_finding(
    bench: Workbench, tmp_path: Path, more: str
) -> None:
    field = more.partition(":")[0]
    metadata = "".join(
        line for line in METADATA.splitlines(keepends=True) if not line.startswith(f"{field}:")
    ).format(name="lib", version="1.0")
    path = wheel(tmp_path, members={"lib-1.0.dist-info/METADATA": metadata + more}, text="x = 1\n")

    result = bench.railrel("verify", str(path), str(sdist(tmp_path)))

    assert result.code == ExitCode.FOUND, result.err


def test_an_sdist_with_an_absolute_path_among_others_is_a_finding(
    bench: Workbench, tmp_path: Path
) -> None:
    path = sdist(tmp_path)
    with tarfile.open(path, "w:gz") as archive:
        for name in ("lib-1.0/PKG-INFO", "/etc/lib"):
            data = METADATA.format(name="lib", version="1.0").encode()
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))

    result = bench.railrel("verify", str(path), "--json")

    assert result.code == ExitCode.FOUND, result.err
    assert "member-outside" in rules(result.json["findings"])


def test_a_name_commands_no_terminal_and_looks_like_no_line_of_ours(
    bench: Workbench, tmp_path: Path
) -> None:
    name = "../\x1b[2J\x1b]0;title\x07\x9b1A\u202e\nerror: forged\n   at: forged.pem"
    path = wheel(tmp_path, text="x = 1\n", members={name: ""})

    result = bench.railrel("verify", str(path))
    as_json = bench.railrel("verify", str(path), "--json")

    assert result.code == ExitCode.FOUND
    for said in (result.err, result.out, as_json.out):
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(said)
    assert r"\x1b[2J" in result.err
    assert "\nerror: forged" not in result.err
    assert "\n   at: forged" not in result.err
    findings = as_json.json["findings"]
    assert isinstance(findings, list)
    assert name in findings[0]["message"]


def test_without_a_workspace_any_requirement_without_a_range_is_told_of(
    bench: Workbench, tmp_path: Path
) -> None:
    alone = tmp_path / "alone"
    path = wheel(alone, more="Requires-Dist: issue-core\nRequires-Dist: django>=5\n")
    (alone / "nothing").mkdir()

    result = bench.railrel("verify", str(path), "--json", world=bench.world(alone / "nothing"))

    assert result.code == 0, result.err
    assert rules(result.json["notes"]) == ["unbounded-requirement"]


def test_in_a_workspace_a_sibling_without_a_range_is_refused(
    bench: Workbench, tmp_path: Path
) -> None:
    bench.library()
    path = wheel(tmp_path, more="Requires-Dist: issue-core\nRequires-Dist: django\n")

    result = bench.railrel("verify", str(path), "--json")

    assert rules(result.json["findings"]) == ["unbounded-sibling"]
    assert result.json["notes"] == []


@pytest.mark.parametrize("word", ["nowhere.whl", "issue-core", "issue-core==one"])
def test_what_is_neither_a_file_nor_a_version_is_a_mistake(bench: Workbench, word: str) -> None:
    result = bench.railrel("verify", word)

    assert result.code == ExitCode.USAGE
    assert " hint: " in result.err


# --- published versions


@pytest.fixture
def published(bench: Workbench) -> Workbench:
    """A workspace whose two projects are published; one needs the other by its path."""
    bench.library()
    bench.commit("issue-core", "v0.2.3")
    bench.library(
        "app",
        "1.0.0",
        'dependencies = ["issue-core"]\n[tool.uv.sources]\nissue-core = { path = "../issue-core" }\n',
    )
    bench.commit("app", "v1.0.0")
    assert bench.railrel("publish", "issue-core").code == 0
    assert bench.railrel("publish", "app").code == 0
    return bench


def index_of(bench: Workbench, name: str) -> Path:
    return bench.root / ".railrel" / "index" / "simple" / name


def test_a_published_version_is_judged_as_the_registry_holds_it(published: Workbench) -> None:
    result = published.railrel("verify", "app==1.0.0", "--json")

    assert result.code == 0, result.err
    assert told(result, "files", "*", "kind") == ["wheel", "sdist"]


def test_a_version_that_is_not_published_is_refused(published: Workbench) -> None:
    result = published.railrel("verify", "app==2.0.0")

    assert result.code == ExitCode.REFUSED
    assert "app 2.0.0 is not published; there is 1.0.0" in result.err


def test_what_another_package_s_file_is_called_is_no_proof_of_this_one(
    published: Workbench,
) -> None:
    folder = index_of(published, "app")
    wheel(folder, "stranger", "3.0.0", text="x = 1\n")
    page = (folder / "index.html").read_text()
    link = '<a href="stranger-3.0.0-py3-none-any.whl">x</a></body>'
    (folder / "index.html").write_text(page.replace("</body>", link))

    result = published.railrel("verify", "app==3.0.0")

    assert result.code == ExitCode.REFUSED, result.out
    assert "app 3.0.0 is not published" in result.err


@pytest.mark.parametrize("href", ["http://evil.example/{}", "file:///{}", "../../../{}"])
def test_a_page_of_a_folder_leads_nowhere_else(published: Workbench, href: str) -> None:
    folder = index_of(published, "app")
    (name,) = (path.name for path in folder.glob("*.whl"))
    page = (folder / "index.html").read_text()
    (folder / "index.html").write_text(page.replace(f'"{name}', f'"{href.format(name)}'))

    result = published.railrel("verify", "app==1.0.0")

    assert result.code == ExitCode.REFUSED, result.err
    assert "the index sends us elsewhere" in result.err


def test_a_version_is_installed_from_the_registry_with_what_it_needs_and_imported(
    published: Workbench,
) -> None:
    result = published.railrel("verify", "app==1.0.0", "--import", "--json")

    assert result.code == 0, result.err
    assert told(result, "versions", 0, "installs", 0, "packages") == [
        "app==1.0.0",
        "issue-core==0.2.3",
    ]
    assert told(result, "versions", 0, "installs", 0, "imported") == ["app"]


class Recording:
    """The real HTTP, and what was asked by it."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self.urls: list[str] = []

    def send(self, request: Request) -> Response:
        self.urls.append(request.url)
        return self._http.send(request)

    def get_ready(self, url: str) -> None:
        self._http.get_ready(url)

    def close(self) -> None:
        self._http.close()


def test_a_proof_downloads_once_what_it_judges_and_has_uv_ask_the_registry_itself(
    published: Workbench,
) -> None:
    with serving(published.root / ".railrel/index") as url, proxied(url) as proxy:
        bench = published.having(RAILREL_REGISTRY=proxy.url)
        ours = Recording(bench.world().http)

        result = bench.railrel(
            "verify", "app==1.0.0", "--install", world=replace(bench.world(), http=ours)
        )

    assert result.code == 0, result.err
    asked = [urlsplit(one).path.rpartition("/")[2] for one in ours.urls]
    assert asked.count("app-1.0.0-py3-none-any.whl") == asked.count("app-1.0.0.tar.gz") == 1
    passed = [one.path.rpartition("/")[2] for one in proxy.passed]
    assert passed.count("app-1.0.0-py3-none-any.whl") > 1


def test_a_file_that_is_named_beside_its_version_is_no_part_of_what_is_built_again(
    published: Workbench, tmp_path: Path
) -> None:
    other = wheel(tmp_path, "app", "1.0.0", text="x = 1\n")

    result = published.railrel("verify", str(other), "app==1.0.0", "--rebuild", "--json")

    assert told(result, "versions", 0, "rebuild", "files", "*", "outcome") == ["identical"] * 2


def test_what_is_needed_and_not_published_is_found_with_the_command_that_publishes_it(
    published: Workbench,
) -> None:
    for file in index_of(published, "issue-core").iterdir():
        file.unlink()

    result = published.railrel("verify", "app==1.0.0", "--install", "--json")

    assert result.code == ExitCode.FOUND
    assert set(rules(result.json["findings"])) == {"not-installable"}
    assert told(result, "findings", 0, "hint") == "railrel publish issue-core"
    assert "issue-core" in str(told(result, "findings", 0, "message"))


def test_publish_goes_on_only_with_what_installs(bench: Workbench) -> None:
    bench.library("core", "1.0.0", 'dependencies = ["wheel==999999"]\n')
    bench.commit("core", "v1.0.0")
    bench.library("app", "1.0.0", 'dependencies = ["core>=1,<2"]\n')
    bench.commit("app", "v1.0.0")

    result = bench.railrel("publish", "app", "--with-deps", "--verify=install", "--json")

    assert result.code == ExitCode.UNFIT
    assert told(result, "projects", "*", "outcome") == ["failed", "not tried"]
    assert "core 1.0.0 cannot be installed on Python" in result.err


def test_publish_tells_what_it_installed(published: Workbench) -> None:
    result = published.railrel("publish", "app", "--verify=import", "--json")

    assert result.code == 0, result.err
    packages = told(result, "projects", 0, "installs", 0, "packages")
    assert packages == ["app==1.0.0", "issue-core==0.2.3"]


def test_a_name_of_ours_is_taken_from_no_other_index(published: Workbench, tmp_path: Path) -> None:
    strange = tmp_path / "strange" / "issue-core"
    wheel(strange, "issue-core", "0.2.9")
    for file in index_of(published, "issue-core").iterdir():
        file.unlink()
    bench = published.having(
        UV_INDEX=f"other={strange.parent.as_uri()}", UV_FIND_LINKS=str(strange),
        UV_DEFAULT_INDEX=strange.parent.as_uri(), UV_INDEX_STRATEGY="unsafe-best-match",
    )  # fmt: skip

    result = bench.railrel("verify", "app==1.0.0", "--install", "--json")

    assert result.code == ExitCode.FOUND
    assert set(rules(result.json["findings"])) == {"not-installable"}


def test_a_module_that_wants_django_s_settings_is_found_and_another_can_be_named(
    bench: Workbench,
) -> None:
    bench.library("shop", "1.0.0")
    bench.write(
        "shop/shop/__init__.py",
        "class ImproperlyConfigured(Exception): pass\n"
        "raise ImproperlyConfigured('Requested setting X, but settings are not configured.')\n",
    )
    bench.write("shop/plain.py", "")
    text = (bench.root / "shop/pyproject.toml").read_text()
    bench.write(
        "shop/pyproject.toml", text.replace("packages =", 'include = ["plain.py", "shop"] #')
    )
    bench.commit("shop", "v1.0.0")
    assert bench.railrel("publish", "shop").code == 0

    found = bench.railrel("verify", "shop==1.0.0", "--import", "--json")
    bench.write("shop/pyproject.toml", f'{text}\n[tool.railrel]\nverify-import = ["plain"]\n')
    named = bench.railrel("verify", "shop==1.0.0", "--import")

    assert found.code == ExitCode.FOUND
    assert set(rules(found.json["findings"])) == {"not-importable"}
    assert "verify-import" in found.err
    assert named.code == 0, named.err


def test_what_is_imported_sees_no_token(published: Workbench) -> None:
    seen: list[Command] = []

    class Watching:
        def __init__(self, real: object) -> None:
            self._real = real

        def __getattr__(self, name: str) -> object:
            return getattr(self._real, name)

        def run(self, command: Command) -> Completed:
            seen.append(command)
            return real.run(command)

    bench = published.having(RAILREL_TOKEN="marked-token", GITEA_TOKEN="marked-token")
    world = bench.world()
    real = world.processes

    result = bench.railrel(
        "verify",
        "app==1.0.0",
        "--import",
        world=replace(world, processes=Watching(real)),  # type: ignore[arg-type]
    )

    assert result.code == 0, result.err
    imports = [command for command in seen if "-I" in command.argv]
    assert imports
    for command in imports:
        assert "marked-token" not in str(dict(command.environment))
    assert not any("marked-token" in " ".join(command.argv) for command in seen)
    # What has no wheel is built by uv, with all that uv is told.
    assert not any("RAILREL_TOKEN" in command.environment for command in seen)


# --- built again


def test_a_version_built_again_from_its_tag_is_the_same(published: Workbench) -> None:
    published.write("app/app/__init__.py", "NAME = 'changed since'\n")
    before = published.snapshot(published.root / "app")

    result = published.railrel("verify", "app==1.0.0", "--rebuild", "--json")

    assert result.code == 0, result.err
    files = told(result, "versions", 0, "rebuild", "files", "*", "outcome")
    assert files == ["identical", "identical"]
    assert told(result, "versions", 0, "rebuild", "tag") == "v1.0.0"
    assert published.snapshot(published.root / "app") == before
    assert published.git("app", "status", "--porcelain") == " M app/__init__.py\n"


def test_what_a_sibling_has_become_makes_no_difference(published: Workbench) -> None:
    published.library("issue-core", "3.0.0")
    published.commit("issue-core", "v3.0.0")

    result = published.railrel("verify", "app==1.0.0", "--rebuild")

    assert result.code == 0, result.err
    assert result.out.count("rebuilt, identical") == 2


def test_a_project_of_a_monorepo_is_built_again_from_its_own_tag(bench: Workbench) -> None:
    bench.library("mono/core", "0.3.0")
    source = '[tool.uv.sources]\ncore = { path = "../core" }\n'
    bench.library("mono/app", "1.0.0", f'dependencies = ["core"]\n{source}')
    for name in ("core", "app"):
        text = (bench.root / f"mono/{name}/pyproject.toml").read_text().replace("mono/", "")
        bench.write(f"mono/{name}/pyproject.toml", text)
        bench.write(f"mono/{name}/{name}/__init__.py", "")
    bench.write("mono/railrel.toml", 'members = ["*"]\n')
    bench.commit("mono", "app-v1.0.0")
    assert bench.railrel("publish", "app", folder="mono").code == 0
    core = (bench.root / "mono/core/pyproject.toml").read_text()
    bench.write("mono/core/pyproject.toml", core.replace("0.3.0", "2.0.0"))
    bench.commit("mono")

    result = bench.railrel("verify", "app==1.0.0", "--rebuild", folder="mono")

    assert result.code == 0, result.err
    assert result.out.count("rebuilt, identical") == 2


def test_other_contents_are_named_by_their_members(published: Workbench) -> None:
    published.write("app/app/__init__.py", "NAME = 'not what was published'\n")
    published.commit("app", "v1.0.0")

    result = published.railrel("verify", "app==1.0.0", "--rebuild", "--json")

    assert result.code == ExitCode.FOUND
    assert told(result, "versions", 0, "rebuild", "files", "*", "members") == [
        ["app/__init__.py"],
        ["app-1.0.0/app/__init__.py"],
    ]
    assert rules(result.json["findings"]) == ["other-contents", "other-contents"]


def test_a_version_without_its_tag_cannot_be_built_again(published: Workbench) -> None:
    published.git("app", "tag", "-d", "v1.0.0")

    result = published.railrel("verify", "app==1.0.0", "--rebuild")

    assert result.code == ExitCode.REFUSED
    assert "there is no tag of app 1.0.0" in result.err


def test_a_submodule_is_said_to_be_out_of_reach(published: Workbench) -> None:
    published.git(
        "app",
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "add",
        "-q",
        "../issue-core",
        "vendor",
    )
    published.commit("app", "v1.0.0")

    result = published.railrel("verify", "app==1.0.0", "--rebuild")

    assert result.code == ExitCode.REFUSED
    assert "submodules" in result.err
