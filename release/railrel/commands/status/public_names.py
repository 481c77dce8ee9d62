"""Our names, asked for once each on the public index."""

import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeAlias

from packaging.utils import NormalizedName

from railrel.commands.shared.context import Context
from railrel.commands.status.security_report import NameReport
from railrel.dependencies.index_urls import same_index
from railrel.distributions.public_index import default_index, pip_files
from railrel.errors import Problem, RailrelError
from railrel.origins import public
from railrel.registries.protocol import RemoteFile
from railrel.registries.public import Public, listed, public_of
from railrel.registries.versions import versions_of
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace

Held: TypeAlias = Mapping[Path, tuple[RemoteFile, ...] | RailrelError]
"""What our registry holds of each project, by its folder."""

_PYPI: Final = "https://pypi.org/simple"


@dataclass(frozen=True)
class Answers:
    place: str = ""
    names: tuple[NameReport, ...] = ()
    findings: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    unknown: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Asking:
    """The public index, asked once for each name."""

    context: Context
    workspace: Workspace
    held: Held

    def of(self, names: list[NormalizedName]) -> Answers:
        registry = self.context.registry(self.workspace)
        url, origin = self._place()
        if not url.startswith(("http://", "https://")) or same_index(url, registry.simple_url):
            message = (
                "the public index is no server that strangers publish to, so no name was asked for"
            )
            note = Problem(message, origin, 'public-index = "https://…/simple"', "public-index")
            return Answers(notes=(note,))
        index = public_of(url, origin)
        if index.credential:
            self.context.console.hide(index.credential.password)
        with ThreadPoolExecutor(max_workers=8) as pool:
            told = list(pool.map(lambda name: self._one(index, name), names))
        free = public.free((t.name for t in told if isinstance(t, _Free)), index.url)
        standings = [t for t in told if isinstance(t, public.Standing)]
        unknown = [p for t in told if isinstance(t, _Unknown) for p in t.problems]
        return Answers(
            place=index.url,
            names=tuple(_report(one) for one in told),
            findings=tuple(public.judged(one) for one in standings),
            notes=(free,) if free else (),
            unknown=tuple(unknown),
        )

    def _place(self) -> tuple[str, str]:
        said = self.context.settings(self.workspace.root).values["public-index"]
        if said.value:
            return str(said.value), said.origin
        world = self.context.world
        files = pip_files(world.environment, world.home, Path(sys.prefix))
        url, origin = default_index(world.environment, files)
        return (url, origin) if url else (_PYPI, "default")

    def _one(self, index: Public, name: NormalizedName) -> "_Told":
        try:
            there = listed(self.context.world, index, name)
        except RailrelError as error:
            return _Unknown(name, error.problems)
        if there is None:
            return _Free(name)
        ours = self._ours(name)
        mine = {(file.filename, file.sha256) for file in ours or () if file.sha256}
        if there.files and all((f.filename, f.sha256) in mine for f in there.files):
            return _Mirrored(name)
        return public.Standing(
            name,
            f"{index.url}/{name}/",
            versions_of(there.files),
            there.owner,
            None if ours is None else versions_of(ours),
        )

    def _ours(self, name: NormalizedName) -> tuple[RemoteFile, ...] | None:
        folder = self.workspace.folders.get(name)
        answer = self.held.get(folder) if folder else None
        if answer is None:
            try:
                answer = self.context.registry(self.workspace).held(name)
            except RailrelError:
                return None
        return None if isinstance(answer, RailrelError) else answer


@dataclass(frozen=True, slots=True)
class _Free:
    name: NormalizedName


@dataclass(frozen=True, slots=True)
class _Mirrored:
    """What is there is ours, byte for byte: the index shows our registry too."""

    name: NormalizedName


@dataclass(frozen=True, slots=True)
class _Unknown:
    name: NormalizedName
    problems: tuple[Problem, ...]


_Told: TypeAlias = _Free | _Mirrored | _Unknown | public.Standing


def _report(told: _Told) -> NameReport:
    if isinstance(told, public.Standing):
        newest = max(told.versions, default=None)
        shown = str(newest) if newest else None
        return NameReport(told.name, taken=True, newest=shown, owner=told.owner, wins=told.wins)
    taken = None if isinstance(told, _Unknown) else False
    return NameReport(told.name, taken=taken, newest=None, owner="", wins=False)
