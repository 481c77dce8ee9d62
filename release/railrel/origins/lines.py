"""Lines of any file that let packages come from elsewhere, or tell secrets: pip.conf, CI, Dockerfiles.

They are read one by one, without their comments. What a line means depends on tools that are not known
whole, so what is found is reported and left to a person.
"""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from railrel.dependencies.shell_lines import whole_lines
from railrel.dependencies.syntaxes.requirement_files import Logical
from railrel.errors import Problem
from railrel.origins.pip import hashed
from railrel.sources import Source
from railrel.values import dataclass
from railrel.workspace.hosts import is_loopback

_QUOTES = "\"'[]{},"
_VALUE = r"(?:\s*[=:]\s*|\s+)[\"'\[\s]*(?P<value>[^\s\"'\],]*)"
_EXTRA = re.compile(
    r"(?:--extra-index-url|\b(?:PIP|UV)_EXTRA_INDEX_URL|\bextra[-_]index[-_]urls?\b)[\"']?" + _VALUE
)
_STRATEGY = re.compile(r"(?:index-strategy|UV_INDEX_STRATEGY)[\"']?\s*[=: ]\s*[\"']?unsafe-[\w-]+")
_TRUSTED = re.compile(
    r"(?:--trusted-host|\btrusted-host\b|\bPIP_TRUSTED_HOST|--allow-insecure-host|\ballow-insecure-host\b"
    r"|\bUV_INSECURE_HOST)[\"']?" + _VALUE
)
_UNVERIFIED = re.compile(r"\bverify_ssl\s*=\s*false")
_INDEX_KEY = (
    r"(?:--(?:extra-)?index-url|--index|--default-index|--find-links|--repository-url|--publish-url|(?<!\S)-[if]"
    r"|\b(?:PIP|UV|PDM|POETRY|RAILREL|TWINE)_\w*(?:INDEX|URL|LINKS|REGISTRY)\w*"
    r"|\b(?:extra-)?index-url\b|\bfind-links\b|\bregistry\b|\brepository\b|\bpublish-url\b)"
)
_PLAIN = re.compile(
    _INDEX_KEY + r"[\"']?(?:\s*[=:]\s*|\s+)[\"'\[\s]*(?:[\w.-]+=)?(?P<value>http://[^\s\"'\],]+)"
)
_URL_KEY = re.compile(r"\s*url\s*=\s*[\"'](?P<value>http://[^\s\"']+)")
_INDEX_SECTION = re.compile(
    r"\s*\[+\s*(?:(?:tool\.)?(?:uv\.index|poetry\.source|pdm\.source|rye\.sources)|index|source)\s*\]+"
)
_SECTION = re.compile(r"\s*\[+[^\]=]*\]+\s*$")
_PASSWORD = re.compile(
    r"https?://[^/@\s\"'<>:$%{]*:(?P<value>[^/@\s\"'<>]+)@(?P<host>[^/\s\"':@]+)"
)
_VARIABLE = re.compile(r"[${}%*]|\A(?:x+|\.+|password|token|secret)\Z", re.IGNORECASE)
# Nobody reads more of one file.
_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class _Hole:
    """What one line was found to do."""

    rule: str
    start: int
    end: int
    message: str
    hint: str


def find(source: Source) -> Iterator[Problem]:
    """Each line that does such a thing, once for each thing."""
    extra = not hashed(source)
    section = False
    said = 0
    for line in whole_lines(source):
        if _SECTION.match(line.text):
            section = bool(_INDEX_SECTION.match(line.text))
        for hole in _holes(line, source, extra=extra, section=section):
            yield Problem(
                hole.message, source.at(line.span(hole.start, hole.end)), hole.hint, hole.rule
            )
            said += 1
        if said >= _MOST:
            return


def _holes(line: Logical, source: Source, *, extra: bool, section: bool) -> Iterator[_Hole]:
    text, name = line.text, source.path.name
    found = _EXTRA.search(text)
    if found and extra and found["value"].strip(_QUOTES) and "--require-hashes" not in text:
        yield _hole("extra-index", found, _EXTRA_MESSAGE.format(name), _EXTRA_HINT)
    found = _STRATEGY.search(text)
    if found:
        yield _hole(
            "unsafe-index-strategy",
            found,
            f"{name} has uv take the highest version of all indexes, ours or not",
            "take the line out: uv then takes a name from the first index that has it",
        )
    found = _TRUSTED.search(text)
    host = found["value"].strip(_QUOTES) if found else ""
    if found and host and not is_loopback(host):
        yield _hole(
            "trusted-host",
            found,
            f"{name} takes packages from {host} without looking at its certificate",
            "take it out, and give the tools the authority: SSL_CERT_FILE, PIP_CERT",
        )
    found = _UNVERIFIED.search(text)
    if found:
        yield _hole(
            "trusted-host",
            found,
            f"{name} takes packages from a source without looking at its certificate",
            "write verify_ssl = true, and give the tools the authority: SSL_CERT_FILE",
        )
    found = _PLAIN.search(text) or (_URL_KEY.match(text) if section else None)
    if found and not is_loopback(_host(found["value"])):
        yield _hole(
            "plain-http",
            found,
            f"{name} asks {_host(found['value'])} over plain HTTP, where anybody on the way can answer",
            "write https://",
        )
    found = _PASSWORD.search(text)
    if found and not _VARIABLE.search(found["value"]):
        yield _hole(
            "clear-credential",
            found,
            f"{name} holds a credential for {found['host']} in clear text",
            "make a new one, revoke this one, and keep it in ~/.netrc, a keyring or a job's secret",
        )


_EXTRA_MESSAGE = "{} adds an index to the public one: pip takes the highest version of both"
_EXTRA_HINT = (
    "railrel index tells each tool which names come from where; for pip alone: hashes, or uv pip"
)


def extra_index(name: str, at: str) -> Problem:
    """That something adds an index to others."""
    return Problem(_EXTRA_MESSAGE.format(name), at, _EXTRA_HINT, "extra-index")


def _hole(rule: str, found: re.Match[str], message: str, hint: str) -> _Hole:
    return _Hole(rule, *found.span(), message, hint)


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return url
