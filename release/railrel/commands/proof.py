"""Proof that a version that is out can be installed: from the registry, by a stranger, on each Python."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, NoReturn, TypeAlias

from packaging.utils import NormalizedName
from packaging.version import Version

from railrel.commands.context import Context
from railrel.commands.published import download, files_of
from railrel.commands.tools import tool_environment
from railrel.dependencies.neighbours import edges, needs
from railrel.distributions.artefacts import Artefact, inspect
from railrel.distributions.modules import to_import
from railrel.distributions.proving import (
    NOWHERE,
    InstallReport,
    Interpreter,
    condensed,
    interpreters,
    is_refused,
    is_unreachable,
    last_words,
    locked,
    of_django,
    resolving,
    strangers,
)
from railrel.distributions.variables import seen_by_installers
from railrel.errors import ConfigError, Problem, RefusedError, UnfitError, UnreachableError
from railrel.registries import Registry
from railrel.workspace.discovery import Workspace
from railrel.world import Command, Completed

How: TypeAlias = Literal["index", "install", "import"]
HOWS: Final[tuple[How, ...]] = ("index", "install", "import")

_INSTALL_SECONDS, _IMPORT_SECONDS = 600, 120
# Other indexes, and what would let them be preferred.
_OTHER_INDEXES = frozenset(
    {"UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_INDEX_STRATEGY", "UV_NO_SOURCES",
     "UV_PYTHON", "UV_OVERRIDE", "UV_CONSTRAINT", "UV_EXCLUDE_NEWER", "UV_NO_BINARY", "UV_PRERELEASE"}
)  # fmt: skip
# All that a package is let see when it is imported.
_SEEN = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "DJANGO_SETTINGS_MODULE")


def how_of(word: str) -> How:
    """The proof of this name."""
    return next(how for how in HOWS if how == word)


def prove_installed(
    context: Context, registry: Registry, name: NormalizedName, version: Version, how: How
) -> tuple[InstallReport, ...]:
    """Install a version that the registry holds into fresh environments, and import it.

    One a supported Python of this machine; `index` proves nothing more than publish did. Packages of
    the workspace's names come from the registry or from nowhere. UnfitError with everything that
    cannot be installed or imported; RefusedError where the registry does not hold the version.
    """
    if how == "index":
        return ()
    world = context.world
    with world.files.scratch(world.cache / "proofs", "proof-") as scratch:
        paths = [
            download(context, registry, file, scratch / "files")
            for file in files_of(registry, name, version)
        ]
        wheels = [inspect(path) for path in paths if path.suffix == ".whl"]
        proof = _Proof(context, registry, name, version, how, scratch, wheels)
        return proof.carried_out(has_sdist=len(wheels) < len(paths))


@dataclass(frozen=True)
class _Proof:
    context: Context
    registry: Registry
    name: NormalizedName
    version: Version
    how: How
    scratch: Path
    wheels: list[Artefact]

    def carried_out(self, *, has_sdist: bool) -> tuple[InstallReport, ...]:
        ours = self._ours()
        put = self.context.world.files.put
        # First of all indexes is the registry, and the first that knows a name is the only one asked
        # for it. A name of ours that it does not know is taken from nobody.
        nowhere = "".join(f"{n}=={NOWHERE}\n" for n, held in ours.items() if not held)
        put(self.scratch / "nowhere.txt", nowhere.encode())
        put(self.scratch / "asked.txt", f"{self.name}=={self.version}\n".encode())
        pythons = self._pythons()
        problems: list[Problem] = []
        reports: list[InstallReport] = []
        for python in pythons:
            try:
                reports.append(self._on(python, ours))
            except UnfitError as error:
                problems += error.problems
        if has_sdist and not problems:
            self._resolved(pythons[-1], ours, sdist=True)
        if problems:
            raise UnfitError.of(dict.fromkeys(problems))
        return tuple(reports)

    def _on(
        self, python: Interpreter, ours: Mapping[NormalizedName, frozenset[str | None]]
    ) -> InstallReport:
        clock = self.context.world.clock
        begun = clock.monotonic()
        lock = self._resolved(python, ours)
        environment = self.scratch / f"python-{python.version}"
        tool, base = self._uv(), ("--quiet", "--no-python-downloads")
        for argv in (
            (tool, "venv", *base, "--no-project", "--python", str(python.path), str(environment)),
            (
                tool,
                "pip",
                "install",
                *base,
                "--python",
                str(environment),
                "--requirements",
                str(lock),
            ),
        ):
            done = self._run(argv)
            if done.code:
                self._fail(done.output, python)
        imported = self._imported(python, environment) if self.how == "import" else ()
        packages = locked(lock.read_bytes())
        return InstallReport(
            str(python.version),
            tuple(f"{package.name}=={package.version}" for package in packages),
            imported,
            round(clock.monotonic() - begun, 3),
        )

    def _resolved(
        self,
        python: Interpreter,
        ours: Mapping[NormalizedName, frozenset[str | None]],
        *,
        sdist: bool = False,
    ) -> Path:
        """What would be installed, as a lock; nothing of ours in it is somebody else's."""
        lock = self.scratch / f"pylock.{'sdist' if sdist else 'wheel'}-{python.version.minor}.toml"
        only = self.name if sdist else ""
        done = self._run(
            resolving(self._uv(), python.path, lock, self.scratch, ours, sdist_of=only)
        )
        if done.code:
            self._fail(done.output, python)
        found = strangers(locked(lock.read_bytes()), ours, self.registry.place)
        if found:
            raise UnfitError.of(found)
        return lock

    def _imported(self, python: Interpreter, environment: Path) -> tuple[str, ...]:
        world = self.context.world
        modules = self._modules()
        empty = self.scratch / "empty"
        world.files.put(empty / ".keep", b"")
        seen = {name: world.environment[name] for name in _SEEN if name in world.environment}
        problems = []
        for module in modules:
            argv = (str(environment / "bin" / "python"), "-I", "-c", f"import {module}")
            done = world.processes.run(
                Command(argv, empty, {**seen, "HOME": str(empty)}, _IMPORT_SECONDS)
            )
            if done.code:
                problems.append(self._not_imported(module, python, done.output))
        if problems:
            raise UnfitError.of(problems)
        return modules

    def _modules(self) -> tuple[str, ...]:
        """Those of the setting, else what the wheel holds."""
        workspace = _workspace(self.context)
        if workspace:
            project = next(iter(workspace.named(self.name)), None)
            told = self.context.settings(workspace.root, project).texts("verify-import")
            if told:
                wrong = [m for m in told if not all(part.isidentifier() for part in m.split("."))]
                if wrong:
                    raise ConfigError(
                        f"verify-import names {wrong[0]!r}, which is no module",
                        at="verify-import",
                        hint='verify-import = ["issue_core"]',
                    )
                return told
        names = (m.name for w in self.wheels[:1] for m in w.contents.members if m.sort == "file")
        return to_import(names)

    def _not_imported(self, module: str, python: Interpreter, said: str) -> Problem:
        hint = "mend what it names, or require what it needs, and publish a new version"
        if of_django(said):
            hint = (
                "name what can be imported without a site: verify-import = "
                f'["{module}.…"] below [tool.railrel]; or set DJANGO_SETTINGS_MODULE'
            )
        return Problem(
            f"{module} of {self.name} {self.version} cannot be imported on Python "
            f"{python.version}: {last_words(said)}",
            self.registry.place,
            hint,
            "not-importable",
        )

    def _ours(self) -> dict[NormalizedName, frozenset[str | None]]:
        """The project and all of the workspace that it may need, with the hashes that are held."""
        names = {self.name}
        workspace = _workspace(self.context)
        if workspace:
            graph = edges(needs(workspace, self.context.neighbourhood(workspace)))
            left = [self.name]
            while left:
                for needed in graph.get(left.pop(), ()):
                    if needed not in names:
                        names.add(needed)
                        left.append(needed)
        return {
            name: frozenset(file.sha256 for file in self.registry.held(name))
            for name in sorted(names)
        }

    def _pythons(self) -> tuple[Interpreter, ...]:
        requires = next((w.metadata.get("requires_python", "") for w in self.wheels), "")
        argv = (
            self._uv(), "python", "list", "--only-installed", "--no-python-downloads",
            "--all-versions", "--output-format", "json",
        )  # fmt: skip
        found = interpreters(self._run(argv).output, requires)
        if not found:
            raise UnreachableError(
                f"no Python on this machine fits {requires or 'any'}, so nothing can be proved",
                at=f"{self.name} {self.version}",
                hint="uv python install 3.12, or run this where one is",
            )
        return found

    def _fail(self, said: str, python: Interpreter) -> NoReturn:
        at = self.registry.simple_url
        words = condensed(said)
        if is_refused(said):
            raise RefusedError(
                f"an index refuses what uv asks: {words}", at=at, hint="railrel doctor"
            )
        if is_unreachable(said):
            raise UnreachableError(
                f"an index does not answer: {words}", at=at, hint="railrel doctor"
            )
        raise UnfitError(
            f"{self.name} {self.version} cannot be installed on Python {python.version}: {words}",
            at=at,
            hint=self._next(said),
            rule="not-installable",
        )

    def _next(self, said: str) -> str:
        mentioned = [name for name in self._ours() if name != self.name and name in said]
        if mentioned:
            return f"railrel publish {' '.join(mentioned)}"
        return f"mend the ranges of {self.name}, and publish a new version"

    def _run(self, argv: tuple[str, ...]) -> Completed:
        return self.context.world.processes.run(
            Command(argv, self.scratch, self._environment(), _INSTALL_SECONDS)
        )

    def _environment(self) -> dict[str, str]:
        """The user's, with the registry and the public index and no other; credentials go by it."""
        whole = seen_by_installers(tool_environment(self.context, self.registry))
        kept = {name: value for name, value in whole.items() if name not in _OTHER_INDEXES}
        name = self.registry.index_name or "railrel-local"
        return {**kept, "UV_INDEX": f"{name}={self.registry.simple_url}"}

    @staticmethod
    def _uv() -> str:
        import uv

        return uv.find_uv_bin()


def _workspace(context: Context) -> Workspace | None:
    try:
        return context.workspace()
    except ConfigError:
        return None
