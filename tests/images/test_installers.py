"""What an image is let install: from where, from which files, and only what it needs."""

from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from railrel.documents import read
from railrel.errors import ExitCode
from railrel.images.installers import steps_for
from railrel.images.installers.protocol import Asked, Steps
from railrel.images.tree import tree_of
from railrel.workspace.projects import project_of
from tests.images.samples import HATCHLING
from tests.workbench import Result, Workbench

REGISTRY = "https://git.example.com/api/packages/acme/pypi"
SIMPLE = f"{REGISTRY}/simple/"
HASH = f"sha256:{'0' * 64}"
OURS = f'source = {{ registry = "{SIMPLE}" }}'
FILES = f'files = [{{ file = "x.whl", hash = "{HASH}" }}]'
POETRY_OURS = (
    f'[package.source]\ntype = "legacy"\nurl = "{SIMPLE.rstrip("/")}"\nreference = "acme"\n'
)


@pytest.fixture
def shop(bench: Workbench) -> Workbench:
    bench.write("railrel.toml", f'registry = "{REGISTRY}"\nindex-name = "acme"\n')
    bench.library()
    bench.write("app/main.py", "print(1)\n")
    return bench.having(RAILREL_IMAGE_COMMAND="python main.py")


def app(shop: Workbench, *needs: str, more: str = "") -> None:
    listed = ", ".join(f'"{need}"' for need in needs)
    shop.write(
        "app/pyproject.toml",
        f'[project]\nname = "app"\nversion = "1.0"\nrequires-python = ">=3.11"\n'
        f"dependencies = [{listed}]\n{more}",
    )


def root(*needs: str, more: str = "") -> str:
    """The beginning of a uv.lock."""
    listed = ", ".join(f'{{ name = "{need}" }}' for need in needs)
    return (
        'version = 1\nrequires-python = ">=3.11"\n'
        '[[package]]\nname = "app"\nversion = "1.0"\nsource = { virtual = "." }\n'
        f"dependencies = [{listed}]\n{more}"
    )


def package(name: str, *lines: str, version: str = "0.2.3") -> str:
    return "\n".join(("[[package]]", f'name = "{name}"', f'version = "{version}"', *lines, ""))


def written(shop: Workbench) -> str:
    """The Dockerfile that comes out, which must be one."""
    result = shop.railrel("dockerfile", "app")
    assert result.code == 0, result.err
    return (shop.root / "app" / "Dockerfile").read_text()


def refused(shop: Workbench, *said: str) -> Result:
    """That nothing is written, and why."""
    before = shop.snapshot()
    result = shop.railrel("dockerfile", "app")
    assert result.code == ExitCode.USAGE, result.err
    for words in said:
        assert words in result.err
    assert shop.snapshot() == before
    return result


# --- from where


@pytest.mark.parametrize(
    ("lock", "text", "source"),
    [
        (
            "uv.lock",
            root("issue-core")
            + package(
                "issue-core",
                'source = { git = "https://x:secret@evil.example/issue-core?rev=main#0123" }',
            ),
            "https://evil.example/issue-core?rev=main#0123",
        ),
        (
            "uv.lock",
            root("issue-core")
            + package(
                "issue-core",
                'source = { url = "https://evil.example/issue_core-0.2.0-py3-none-any.whl" }',
            ),
            "https://evil.example/issue_core-0.2.0-py3-none-any.whl",
        ),
        (
            "poetry.lock",
            package("issue-core", FILES)
            + '[package.source]\ntype = "git"\nurl = "https://evil.example/issue-core.git"\n',
            "https://evil.example/issue-core.git",
        ),
        (
            "poetry.lock",
            package("issue-core", FILES)
            + f'[package.source]\ntype = "url"\nurl = "{SIMPLE}issue_core-0.2.0.whl"\n',
            f"{SIMPLE}issue_core-0.2.0.whl",
        ),
        (
            "pdm.lock",
            package("issue-core", 'git = "https://evil.example/issue-core.git"'),
            "https://evil.example/issue-core.git",
        ),
        (
            "pdm.lock",
            package("issue-core", FILES, 'url = "https://evil.example/issue_core-0.2.0.whl"'),
            "https://evil.example/issue_core-0.2.0.whl",
        ),
        (
            "requirements.txt",
            f"issue-core @ https://evil.example/x.whl --hash={HASH}\n",
            "https://evil.example/x.whl",
        ),
        (
            "requirements.txt",
            f"https://evil.example/issue_core-0.2.0-py3-none-any.whl --hash={HASH}\n",
            "https://evil.example/issue_core-0.2.0-py3-none-any.whl",
        ),
        (
            "requirements.txt",
            "-e git+https://evil.example/issue-core.git#egg=issue-core\n",
            "git+https://evil.example/issue-core.git#egg=issue-core",
        ),
    ],
)
@pytest.mark.parametrize("settings", [f'registry = "{REGISTRY}"\n', ""])
def test_a_sibling_from_a_repository_or_a_file_on_a_server_is_refused(
    shop: Workbench, lock: str, text: str, source: str, settings: str
) -> None:
    app(shop, "issue-core>=0.2")
    shop.write(f"app/{lock}", text)
    shop.write("railrel.toml", settings)

    result = refused(shop, f"{lock} takes issue-core from {source}, not from ")

    assert "secret" not in result.err


def test_the_same_of_anybody_else_is_taken(shop: Workbench) -> None:
    app(shop, "idna")
    shop.write(
        "app/uv.lock",
        root("idna") + package("idna", 'source = { git = "https://github.com/kjd/idna#0123" }'),
    )

    assert "uv sync --frozen" in written(shop)


def test_a_hash_is_asked_of_each_file_that_pdm_may_take(shop: Workbench) -> None:
    app(shop, "issue-core>=0.2")
    shop.write("app/pdm.lock", package("issue-core", 'files = [{ file = "issue_core.whl" }]'))

    refused(shop, "pdm.lock has no hash of issue-core")


@pytest.mark.parametrize(
    "more",
    [
        '[build-system]\nrequires = ["hatchling", "Issue.Core>=0.2"]\n',
        HATCHLING + '[tool.hatch.build.hooks.custom]\ndependencies = ["issue-core"]\n',
        HATCHLING + '[tool.uv.extra-build-dependencies]\napp = ["issue-core"]\n',
        '[build-system]\nrequires = ["issue-core>=0.2"]\n'
        '[tool.uv.sources]\nissue-core = { index = "other" }\n'
        '[[tool.uv.index]]\nname = "other"\nurl = "https://pypi.org/simple"\n',
    ],
)
@pytest.mark.parametrize("lock", ["uv.lock", "requirements.txt"])
def test_a_sibling_that_the_build_asks_for_is_refused(
    shop: Workbench, more: str, lock: str
) -> None:
    app(shop, "idna", more=more)
    text = root("idna") + package("idna") if lock == "uv.lock" else f"idna==3.7 --hash={HASH}\n"
    shop.write(f"app/{lock}", text)

    refused(
        shop,
        "issue-core is needed to build app, and the image would take it from the public index",
        f"at: {shop.root}/app/pyproject.toml:",
        "build without it, or write the Dockerfile by hand",
    )


def test_uv_builds_with_a_sibling_that_its_table_binds_to_the_registry(shop: Workbench) -> None:
    build = '[build-system]\nrequires = ["hatchling", "issue-core>=0.2"]\n'
    shop.write("app/uv.lock", root("issue-core") + package("issue-core", OURS))
    app(shop, "issue-core>=0.2", more=build)
    refused(shop, '[tool.uv.sources] issue-core = { index = "acme" } takes it from there')

    index = f'[[tool.uv.index]]\nname = "acme"\nurl = "{SIMPLE}"\nexplicit = true\n'
    source = '[tool.uv.sources]\nissue-core = { index = "acme" }\n'
    app(shop, "issue-core>=0.2", more=f"{build}{source}{index}")

    own = written(shop).split(" AS own\n")[1]
    assert "--mount=type=secret,id=netrc" in own.split("uv pip install")[0]


def test_what_is_not_built_may_ask_for_anything(shop: Workbench) -> None:
    app(shop, more='[build-system]\nrequires = ["issue-core"]\n[tool.uv]\npackage = false\n')
    shop.write("app/uv.lock", root())

    assert "cp -R /src /app/own" in written(shop)


# --- only what it needs


def test_what_only_a_group_needs_is_not_asked_for_by_uv(shop: Workbench) -> None:
    groups = '[package.dev-dependencies]\ndev = [{ name = "issue-core" }]\n'
    extras = '[package.optional-dependencies]\nmail = [{ name = "issue-core" }]\n'
    app(shop, "idna", more='[dependency-groups]\ndev = ["issue-core"]\n')
    for more in (groups, extras):
        for source in (OURS, 'source = { editable = "../issue-core" }'):
            lock = root("idna", more=more) + package("idna") + package("issue-core", source)
            shop.write("app/uv.lock", lock)

            assert "check-registry" not in written(shop)


def test_what_only_a_group_needs_is_not_asked_for_by_poetry(shop: Workbench) -> None:
    more = (
        '[tool.poetry.group.dev.dependencies]\nissue-core = { path = "../issue-core" }\n'
        '[tool.poetry.dependencies]\nissue-core = { source = "acme" }\n'
    )
    app(shop, "idna", more=more)
    folder = '[package.source]\ntype = "directory"\nurl = "../issue-core"\n'
    for source in (POETRY_OURS, folder, ""):
        shop.write(
            "app/poetry.lock", package("idna", FILES) + package("issue-core", FILES) + source
        )

        assert "check-registry" not in written(shop)


def test_what_only_a_group_needs_is_not_asked_for_by_pdm(shop: Workbench) -> None:
    app(shop, "idna", more='[dependency-groups]\ndev = ["issue-core"]\n')
    for line in (FILES, 'path = "../issue-core"'):
        shop.write("app/pdm.lock", package("idna", FILES) + package("issue-core", line))

        assert "check-registry" not in written(shop)


@pytest.mark.parametrize(
    ("lock", "text"),
    [
        (
            "uv.lock",
            root(more='[package.optional-dependencies]\nx = [{ name = "issue-core" }]\n').replace(
                "dependencies = []",
                'dependencies = [{ name = "lib", extra = ["Mail"] }]',
            )
            + package("lib")
            + '[package.optional-dependencies]\nmail = [{ name = "other" }]\n'
            + package("other", 'dependencies = [{ name = "issue-core" }]')
            + package("issue-core", OURS),
        ),
        (
            "poetry.lock",
            package("lib", FILES)
            + '[package.dependencies]\nother = { version = "*", optional = true }\n'
            + '[package.extras]\nmail = ["other (>=1)"]\n'
            + package("other", FILES)
            + '[package.dependencies]\n"Issue.Core" = ">=0.2"\n'
            + package("issue-core", FILES)
            + POETRY_OURS,
        ),
        (
            "pdm.lock",
            package("lib", FILES)
            + package("lib", FILES, 'extras = ["mail"]', 'dependencies = ["other; extra == 1"]')
            + package("other", FILES, 'dependencies = ["Issue.Core>=0.2"]')
            + package("issue-core", FILES),
        ),
    ],
)
def test_what_comes_with_something_else_or_with_its_extra_is_asked_for(
    shop: Workbench, lock: str, text: str
) -> None:
    app(shop, "lib[mail]")
    shop.write(f"app/{lock}", text)

    assert f"/check-registry.py {SIMPLE} {lock} 'issue-core'" in written(shop)


def test_where_nobody_can_tell_what_is_wanted_all_of_it_counts(shop: Workbench) -> None:
    shop.write(
        "app/pyproject.toml",
        '[project]\nname = "app"\nversion = "1.0"\nrequires-python = ">=3.11"\n'
        'dynamic = ["dependencies"]\n',
    )
    shop.write("app/pdm.lock", package("issue-core", FILES))

    assert "'issue-core'" in written(shop)


def test_poetrys_own_table_says_what_is_wanted_where_it_is_the_only_one(shop: Workbench) -> None:
    table = """
        [tool.poetry]
        name = "app"
        version = "1.0"
        package-mode = false
        [tool.poetry.dependencies]
        python = "^3.11"
        idna = [{ version = "1", python = "<3.12" }, { version = "2", python = ">=3.12" }]
        tomli = { version = "*", python = "<3.11" }
        issue-core = { version = ">=0.2", optional = OPTIONAL }
        """
    shop.write(
        "app/poetry.lock", package("idna", FILES) + package("issue-core", FILES) + POETRY_OURS
    )
    shop.write("app/pyproject.toml", table.replace("OPTIONAL", "true"))
    assert "check-registry" not in written(shop)

    shop.write("app/pyproject.toml", table.replace("OPTIONAL", "false"))
    assert "'issue-core'" in written(shop)


# --- from before


@pytest.mark.parametrize(
    ("lock", "text", "hint"),
    [
        ("uv.lock", root(), "uv lock"),
        (
            "uv.lock",
            root(more='[package.dev-dependencies]\ndev = [{ name = "issue-core" }]\n')
            + package("issue-core", OURS),
            "uv lock",
        ),
        ("poetry.lock", package("idna", FILES), "poetry lock"),
        ("pdm.lock", package("idna", FILES), "pdm lock --update-reuse"),
        ("requirements.txt", f"idna==3.7 --hash={HASH}\n", "uv pip compile --generate-hashes"),
    ],
)
def test_a_lock_from_before_a_requirement_was_written_is_refused(
    shop: Workbench, lock: str, text: str, hint: str
) -> None:
    app(shop, "issue-core>=0.2")
    shop.write(f"app/{lock}", text)

    refused(shop, f"{lock} does not hold issue-core", f"at: {shop.root}/app/{lock}", hint)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "version = 1\n",
        root().replace('"app"', '"other"'),
        root().replace('virtual = "."', 'git = "https://evil.example/app"'),
    ],
)
def test_a_lock_of_nothing_or_of_another_project_is_refused(shop: Workbench, text: str) -> None:
    app(shop, "issue-core>=0.2")
    shop.write("app/uv.lock", text)

    result = refused(shop, "uv.lock does not hold app, so it is no lock of it", "hint: uv lock")

    assert result.err.count("error:") == 1


def test_what_a_lock_may_leave_out_is_not_missed(shop: Workbench) -> None:
    app(
        shop,
        "tomli; python_version < '3.11'",
        "idna",
        more="[tool.uv]\noverride-dependencies = [\"idna; sys_platform == 'never'\"]\n",
    )
    shop.write("app/uv.lock", root())

    assert "uv sync" in written(shop)


def test_a_lock_that_git_ignores_is_said_to_be_ignored(shop: Workbench) -> None:
    app(shop)
    shop.write("app/uv.lock", root())
    shop.write("app/.gitignore", "*.lock\n")
    shop.commit("app")

    refused(shop, "git ignores uv.lock", "git check-ignore -v uv.lock")


def test_a_name_that_is_none_makes_a_lock_unreadable(shop: Workbench) -> None:
    name = "a b;$(x)'"
    app(shop, "issue-core>=0.2")
    for lock in ("uv.lock", "poetry.lock", "pdm.lock"):
        path = shop.write(f"app/{lock}", root("issue-core") + package(name, OURS))

        refused(shop, f"{lock} cannot be read:", "is no name of a package")
        path.unlink()


def test_what_no_dockerfile_is_made_of_is_still_a_lock_with_pins(shop: Workbench) -> None:
    app(shop, "issue-core>=0.2", "idna")
    shop.write("app/uv.lock", OUTSIDE["uv.lock"])
    project = project_of(read(shop.root / "app" / "pyproject.toml"))
    assert project is not None
    tree = tree_of(project, ["pyproject.toml", "uv.lock"])

    steps = steps_for(Asked(tree, frozenset({canonicalize_name("issue-core")}), None, "uv"))

    assert isinstance(steps, Steps)
    assert steps.pins == (("issue-core", "0.2.3"),)
    assert {problem.rule for problem in steps.unfit} == {"stale-lock", "fix-deps-first"}


# --- from which files


LOCAL = {
    "uv.lock": lambda place: root("lib") + package("lib", f'source = {{ path = "{place}" }}'),
    "poetry.lock": lambda place: (
        package("lib", FILES) + f'[package.source]\ntype = "file"\nurl = "{place}"\n'
    ),
    "pdm.lock": lambda place: package("lib", FILES, f'path = "./{place}"'),
    "requirements.txt": lambda place: f"./{place} --hash={HASH}\n",
}


@pytest.mark.parametrize("lock", LOCAL)
def test_a_file_of_the_project_is_copied_before_the_lock_is_installed(
    shop: Workbench, lock: str
) -> None:
    wheel = "vendor/lib-0.1.0-py3-none-any.whl"
    app(shop, "lib")
    shop.write(f"app/{wheel}", "")
    shop.write(f"app/{lock}", LOCAL[lock](wheel))

    text = written(shop)

    assert f"\nCOPY {wheel} /src/{wheel}\n" in text.split(" AS dependencies\n")[0]
    assert "check-registry" not in text


def test_a_member_of_the_projects_own_workspace_is_copied(shop: Workbench) -> None:
    app(
        shop,
        "lib",
        more=f'{HATCHLING}[tool.uv.workspace]\nmembers = ["packages/*"]\n'
        "[tool.uv.sources]\nlib = { workspace = true }\n",
    )
    shop.write("app/app/__init__.py", "")
    for name in ("lib", "unused"):
        shop.write(
            f"app/packages/{name}/pyproject.toml",
            f'[project]\nname = "{name}"\nversion = "1"\nrequires-python = ">=3.11"\n{HATCHLING}',
        )
    members = "".join(
        package(name, f'source = {{ editable = "packages/{name}" }}') for name in ("lib", "unused")
    )
    shop.write("app/uv.lock", root("lib") + members)

    text = written(shop)

    assert "\nCOPY packages/lib /src/packages/lib\n" in text
    assert "packages/unused" not in text
    assert "check-registry" not in text

    path = shop.root / "app/packages/lib/pyproject.toml"
    path.write_text(path.read_text().replace('["hatchling"]', '["hatchling", "issue-core"]'))
    assert "issue-core is needed to build lib" in shop.railrel("dockerfile", "app").err


def test_what_pdm_only_links_to_is_installed_whole(shop: Workbench) -> None:
    app(shop, "lib")
    shop.write("app/packages/lib/pyproject.toml", "[tool.x]\n")
    shop.write("app/pdm.lock", package("lib", 'path = "./packages/lib"', "editable = true"))

    assert "pdm sync --prod --no-self --no-editable" in written(shop)


def test_what_poetry_only_links_to_is_refused(shop: Workbench) -> None:
    app(shop, "lib")
    shop.write("app/packages/lib/pyproject.toml", "[tool.x]\n")
    source = '[package.source]\ntype = "directory"\nurl = "packages/lib"\n'
    shop.write("app/poetry.lock", package("lib", "files = []", "develop = true") + source)

    refused(shop, "poetry.lock links to lib in packages/lib", "develop = false")


OUTSIDE = {
    "uv.lock": root("issue-core")
    + package("issue-core", 'source = { editable = "../issue-core" }'),
    "poetry.lock": package("issue-core", FILES)
    + '[package.source]\ntype = "file"\nurl = "../issue-core"\n',
    "pdm.lock": package("issue-core", 'path = "../issue-core"'),
    "requirements.txt": f"idna==3.7 --hash={HASH}\n-e ../issue-core\n",
}


@pytest.mark.parametrize("lock", OUTSIDE)
def test_a_neighbour_in_the_lock_is_to_be_fixed_before_the_build(
    shop: Workbench, lock: str
) -> None:
    app(shop, "issue-core>=0.2")
    shop.write(f"app/{lock}", OUTSIDE[lock])

    result = shop.railrel("dockerfile", "app")

    assert result.code == 0, result.err
    said = f"{lock} takes issue-core from ../issue-core, which no image of app alone has"
    assert f"note: {said}" in result.err
    assert "hint: railrel fix-deps app\n" in result.err
    assert "next: railrel with-fixed-deps app -- docker build" in result.err


def test_a_link_that_leads_out_is_outside(shop: Workbench) -> None:
    app(shop, "lib")
    (shop.root / "app" / "vendor").symlink_to(Path("../issue-core"))
    shop.write("app/uv.lock", root("lib") + package("lib", 'source = { editable = "vendor" }'))

    refused(shop, "uv.lock takes lib from vendor, which no image of app alone has")


@pytest.mark.parametrize(
    ("place", "said", "hint"),
    [
        ("gone/lib-1-py3-none-any.whl", "where nothing is", "bring it back"),
        ("hidden/lib-1-py3-none-any.whl", "which git ignores", "git add --force hidden/"),
        ("my wheels/lib-1-py3-none-any.whl", "which no Dockerfile can name", "rename it"),
        ("dist/lib-1-py3-none-any.whl", "which .dockerignore leaves out", "such as vendor"),
    ],
)
def test_a_file_that_the_build_would_not_find_is_refused(
    shop: Workbench, place: str, said: str, hint: str
) -> None:
    app(shop, "lib")
    shop.write("app/.gitignore", "hidden\n")
    if not place.startswith("gone"):
        shop.write(f"app/{place}", "")
    shop.write("app/uv.lock", LOCAL["uv.lock"](place))
    shop.commit("app")

    refused(shop, f"uv.lock takes lib from {place}, {said}", hint)


@pytest.mark.parametrize(
    ("line", "said", "hint"),
    [
        ("-e .", "requirements.txt has no hash of .", "the project itself is installed anyway"),
        ("./vendor/lib-1-py3-none-any.whl", "no hash of ./vendor/lib-1", "pip hash vendor/lib-1"),
        ("./packages/lib", "no hash of ./packages/lib", "pip wheel --no-deps packages/lib"),
        ("other", "does not pin every package with its hash", "uv pip compile"),
        ("other @ https://x.example/y.whl", "does not pin every package", "uv pip compile"),
    ],
)
def test_what_pip_would_not_take_beside_hashes_is_refused(
    shop: Workbench, line: str, said: str, hint: str
) -> None:
    app(shop)
    shop.write("app/vendor/lib-1-py3-none-any.whl", "")
    shop.write("app/packages/lib/pyproject.toml", "[tool.x]\n")
    shop.write("app/requirements.txt", f"idna==3.7 --hash={HASH}\n{line}\n")

    refused(shop, said, hint)


def test_requirements_that_others_include_are_copied_and_read(shop: Workbench) -> None:
    app(shop, "issue-core>=0.2")
    shop.write(
        "app/requirements/production.txt",
        f"-r base.txt\n--constraint=./constraints.txt\ngunicorn==23.0 --hash={HASH}\n",
    )
    shop.write("app/requirements/constraints.txt", "issue-core<1\n")
    base = shop.write("app/requirements/base.txt", "issue-core==0.2.0\n")
    refused(shop, "base.txt has no hash of issue-core")

    base.write_text(f"issue-core==0.2.0 --hash={HASH}\n")
    text = written(shop)

    folder = "requirements"
    assert f"COPY {folder}/constraints.txt {folder}/production.txt {folder}/base.txt ./\n" in text
    assert "-r production.txt" in text
    # The registry is asked for what the file with its pin says.
    assert f"/check-registry.py {SIMPLE} base.txt 'issue-core'" in text


@pytest.mark.parametrize(
    "line", ["-r ../base.txt", "-r gone.txt", "-c https://x.example/c.txt", "-r more/base.txt"]
)
def test_requirements_that_do_not_lie_beside_are_refused(shop: Workbench, line: str) -> None:
    app(shop)
    shop.write("app/more/base.txt", f"idna==3.7 --hash={HASH}\n")
    shop.write("base.txt", f"idna==3.7 --hash={HASH}\n")
    shop.write("app/requirements.txt", f"{line}\nidna==3.7 --hash={HASH}\n")

    refused(shop, f"requirements.txt has {line}, which git does not know beside it")


def test_pins_of_ours_in_two_files_are_refused(shop: Workbench) -> None:
    shop.library("issue-mail")
    app(shop, "issue-core", "issue-mail")
    shop.write("app/requirements.txt", f"-r base.txt\nissue-core==0.2.0 --hash={HASH}\n")
    shop.write("app/base.txt", f"issue-mail==0.2.0 --hash={HASH}\n")

    refused(shop, "requirements.txt and base.txt both pin packages of yours")
