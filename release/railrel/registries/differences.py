"""A version that is published with other bytes: how they differ, and the ways on."""

import hashlib
from collections.abc import Iterable

from railrel.distributions.artefacts import Artefact, same_contents
from railrel.errors import ConflictError, Problem, RailrelError, RefusedError
from railrel.registries.protocol import Registry, RemoteFile
from railrel.values import dataclass


@dataclass(frozen=True, slots=True)
class Different:
    """The registry holds other bytes in the place of this file, in whatever spelling."""

    artefact: Artefact
    remote: RemoteFile
    theirs: str
    """Their sha256."""


def conflict(registry: Registry, differences: Iterable[Different]) -> RailrelError:
    """A ConflictError that says how each file differs, and the three ways on.

    RefusedError where the registry serves something else than its index promises: then nobody can
    install it, and which of the two is published cannot be said.
    """
    problems = [_difference(registry, each) for each in differences]
    broken = [problem for problem in problems if problem.rule == "wrong-hash"]
    return RefusedError.of(broken) if broken else ConflictError.of(problems)


def _difference(registry: Registry, different: Different) -> Problem:
    try:
        published = registry.download(different.remote)
    except RailrelError as error:
        return _other_bytes(registry, different, f"how cannot be told, {error}")
    served = hashlib.sha256(published).hexdigest()
    if served != different.theirs:
        return _wrong_hash(different, served)
    artefact = different.artefact
    members = same_contents(artefact.path.read_bytes(), published, artefact.kind)
    if not members:
        how = "the contents are the same; only timestamps, modes or the order differ"
        return _other_bytes(registry, different, how)
    more = f" and {len(members) - 5} more" if len(members) > 5 else ""
    return _other_bytes(registry, different, f"the contents differ: {', '.join(members[:5])}{more}")


def _other_bytes(registry: Registry, different: Different, how: str) -> Problem:
    artefact, version = different.artefact, str(different.artefact.version)
    name, theirs = artefact.path.name, different.remote.filename
    spelled = "" if theirs.lower() == name.lower() else f" as {theirs}"
    return Problem(
        f"{name} is published{spelled} with other bytes: {how}\n"
        f"  here      sha256 {artefact.sha256}\n"
        f"  published sha256 {different.theirs}",
        at=different.remote.url,
        hint=f"(1) keep what is published and go on; (2) give {artefact.name} a new version and publish "
        f"that; (3) only if nobody has installed it: {registry.how_to_delete(artefact.name, version)}, "
        "then publish again",
        rule="other-bytes",
    )


def _wrong_hash(different: Different, served: str) -> Problem:
    return Problem(
        f"the index promises other bytes of {different.remote.filename} than are served there\n"
        f"  promised sha256 {different.theirs}\n"
        f"  served   sha256 {served}\n"
        f"  here     sha256 {different.artefact.sha256}",
        at=different.remote.url,
        hint="a cache or proxy before the registry changes one of them, or its storage is damaged: "
        "have its admin look; nothing was uploaded",
        rule="wrong-hash",
    )
