"""`railrel doctor registry` run on a workbench, and what it found by check."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.workbench import Result, Workbench

Found = tuple[str, str]
"""A finding's status and sentence."""


@dataclass(frozen=True, slots=True)
class Examination:
    """One run."""

    code: int
    findings: Mapping[str, tuple[Found, ...]]
    changes: Mapping[str, tuple[str, ...]]
    """By check: `where name=value`."""
    text: str
    """All that was printed."""

    def statuses(self, check: str) -> list[str]:
        return [status for status, _ in self.findings[check]]

    def said(self, check: str) -> str:
        return "\n".join(said for _, said in self.findings[check])

    @property
    def wrong(self) -> set[str]:
        """The checks that found something wrong."""
        return {c for c, found in self.findings.items() if any(s == "finding" for s, _ in found)}

    @property
    def untold(self) -> set[str]:
        """The checks that could not tell."""
        return {c for c, found in self.findings.items() if any(s == "unknown" for s, _ in found)}


def examine(
    bench: Workbench, registry: str, token: str, *argv: str, folder: str = ".", **variables: str
) -> Examination:
    """Examine a registry with a token, which must be in nothing that is printed."""
    known = {"RAILREL_TOKEN": token} if token else {}
    having = bench.having(RAILREL_REGISTRY=registry, **known, **variables)
    result = having.railrel("doctor", "registry", "--json", *argv, folder=folder)
    assert not token.strip() or token.strip() not in result.out + result.err
    return examination_of(result)


def examination_of(result: Result) -> Examination:
    findings: dict[str, tuple[Found, ...]] = {}
    changes: dict[str, tuple[str, ...]] = {}
    groups = result.json["groups"]
    assert isinstance(groups, list), result.err
    for finding in groups[0]["findings"]:
        check = finding["check"]
        findings[check] = (*findings.get(check, ()), (finding["status"], finding["said"]))
        named = (f"{c['where']} {c['name']}={c['value']}" for c in finding["changes"])
        changes[check] = (*changes.get(check, ()), *named)
    return Examination(result.code, findings, changes, result.out + result.err)
