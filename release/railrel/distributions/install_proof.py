"""Install a published version as a stranger would, on each Python of this machine, and import it."""

from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from packaging.utils import NormalizedName
from packaging.version import Version

from railrel.distributions.installed import InstallReport, Proved
from railrel.distributions.proving import (
    NOWHERE,
    condensed,
    last_words,
    locked,
    making,
    of_django,
    resolving,
    strangers,
)
from railrel.distributions.pythons import Interpreter, Pythons, finding_pyenvs, listing, pythons
from railrel.errors import Problem, RefusedError, UnfitError, UnreachableError
from railrel.uv_output import trouble_with_index
from railrel.values import dataclass
from railrel.world import Command, Completed, World

_INSTALL_SECONDS, _IMPORT_SECONDS = 600, 120
# All that a package is let see when it is imported.
_SEEN = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "DJANGO_SETTINGS_MODULE")


@dataclass(frozen=True, slots=True)
class Subject:
    """A version that is published, and what is to be shown of it."""

    name: NormalizedName
    version: Version
    requires_python: str
    has_sdist: bool
    modules: tuple[str, ...]
    """What to import."""
    ours: Mapping[NormalizedName, frozenset[str | None]]
    """It and all of the workspace that it may need, with the hashes that the registry lists."""
    place: str
    """The registry, in words."""
    index: str
    """The registry's index, by its URL."""


def installed_everywhere(
    world: World, uv: str, environment: Mapping[str, str], scratch: Path, subject: Subject
) -> Proved:
    """`environment` is what uv gets, `scratch` an empty folder.

    Names of ours come from the registry or from nowhere. RefusedError and UnreachableError where an
    index does not answer.
    """
    return _Proof(world, uv, environment, scratch, subject).carried_out()


@dataclass(frozen=True, slots=True)
class _Proof:
    world: World
    uv: str
    environment: Mapping[str, str]
    scratch: Path
    subject: Subject

    def carried_out(self) -> Proved:
        self._put_requirements()
        found = self._pythons()
        problems: list[Problem] = []
        reports: list[InstallReport] = []
        for python in found.tried:
            try:
                reports.append(self._on(python))
            except UnfitError as error:
                problems += error.problems
        if self.subject.has_sdist and not problems:
            try:
                self._resolved(found.tried[-1], sdist=True)
            except UnfitError as error:
                problems += error.problems
        return Proved(
            tuple(reports),
            tuple(str(python.version) for python in found.left_out),
            self.subject.requires_python,
            tuple(dict.fromkeys(problems)),
        )

    def _put_requirements(self) -> None:
        # First of all indexes is the registry, and the first that knows a name is the only one asked
        # for it. A name of ours that it does not know is taken from nobody.
        subject, put = self.subject, self.world.files.put
        nowhere = "".join(f"{n}=={NOWHERE}\n" for n, held in subject.ours.items() if not held)
        put(self.scratch / "nowhere.txt", nowhere.encode())
        put(self.scratch / "asked.txt", f"{subject.name}=={subject.version}\n".encode())

    def _pythons(self) -> Pythons:
        requires = self.subject.requires_python
        seeing = finding_pyenvs(self.environment, self.world.home)
        said = self.world.processes.run(
            Command(listing(self.uv), self.scratch, seeing, _INSTALL_SECONDS)
        )
        found = pythons(said.output, requires)
        if not found.tried:
            here = ", ".join(str(python.version) for python in found.left_out) or "none"
            raise UnreachableError(
                f"no Python on this machine fits {requires or 'any'}, so nothing can be proved; "
                f"there is {here}",
                at=f"{self.subject.name} {self.subject.version}",
                hint="install one that does, such as by uv python install, or run this where one is",
            )
        return found

    def _on(self, python: Interpreter) -> InstallReport:
        begun = self.world.clock.monotonic()
        lock = self._resolved(python)
        environment = self.scratch / f"python-{python.version}"
        for argv in making(self.uv, python.path, environment, lock):
            done = self._run(argv)
            if done.code:
                self._fail(done.output, python)
        self._import(python, environment)
        return InstallReport(
            python=str(python.version),
            packages=tuple(f"{p.name}=={p.version}" for p in locked(lock.read_bytes())),
            imported=self.subject.modules,
            seconds=round(self.world.clock.monotonic() - begun, 3),
        )

    def _resolved(self, python: Interpreter, *, sdist: bool = False) -> Path:
        """What would be installed, as a lock; nothing of ours in it is somebody else's."""
        subject = self.subject
        lock = self.scratch / f"pylock.{'sdist' if sdist else 'wheel'}-{python.version.minor}.toml"
        only = subject.name if sdist else ""
        done = self._run(
            resolving(self.uv, python.path, lock, self.scratch, subject.ours, sdist_of=only)
        )
        if done.code:
            self._fail(done.output, python)
        found = strangers(locked(lock.read_bytes()), subject.ours, subject.place)
        if found:
            raise UnfitError.of(found)
        return lock

    def _import(self, python: Interpreter, environment: Path) -> None:
        empty = self.scratch / "empty"
        self.world.files.put(empty / ".keep", b"")
        around = self.world.environment
        seen = {name: around[name] for name in _SEEN if name in around}
        problems = []
        for module in self.subject.modules:
            argv = (str(environment / "bin" / "python"), "-I", "-c", f"import {module}")
            done = self.world.processes.run(
                Command(argv, empty, {**seen, "HOME": str(empty)}, _IMPORT_SECONDS)
            )
            if done.code:
                problems.append(self._not_imported(module, python, done.output))
        if problems:
            raise UnfitError.of(problems)

    def _not_imported(self, module: str, python: Interpreter, said: str) -> Problem:
        hint = "mend what it names, or require what it needs, and publish a new version"
        if of_django(said):
            hint = (
                "name what can be imported without a site: verify-import = "
                f'["{module}.…"] below [tool.railrel]; or set DJANGO_SETTINGS_MODULE'
            )
        return Problem(
            f"{module} of {self.subject.name} {self.subject.version} cannot be imported on Python "
            f"{python.version}: {last_words(said)}",
            self.subject.place,
            hint,
            "not-importable",
        )

    def _fail(self, said: str, python: Interpreter) -> NoReturn:
        subject, words = self.subject, condensed(said)
        trouble = trouble_with_index(said)
        if trouble:
            does = "refuses what uv asks" if trouble is RefusedError else "does not answer"
            raise trouble(f"an index {does}: {words}", at=subject.index, hint="railrel doctor")
        raise UnfitError(
            f"{subject.name} {subject.version} cannot be installed on Python {python.version}: {words}",
            at=subject.index,
            hint=self._next(said),
            rule="not-installable",
        )

    def _next(self, said: str) -> str:
        name = self.subject.name
        mentioned = [other for other in self.subject.ours if other != name and other in said]
        if mentioned:
            return f"railrel publish {' '.join(mentioned)}"
        return f"mend the ranges of {name}, and publish a new version"

    def _run(self, argv: tuple[str, ...]) -> Completed:
        return self.world.processes.run(
            Command(argv, self.scratch, self.environment, _INSTALL_SECONDS)
        )
