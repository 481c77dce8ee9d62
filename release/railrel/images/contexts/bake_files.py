"""`contexts` in bake files: reported, for what they mean can be spread over several files.

https://docs.docker.com/build/bake/contexts/
"""

import re
from collections.abc import Iterator

from railrel.errors import Problem
from railrel.images.contexts.protocol import Build, Removal, Use
from railrel.sources import Source, Span

FILES = ("docker-bake.*",)
SECRET = 'secret = ["type=file,id=netrc,src=…"]'  # noqa: S105 -- a hint

_CONTEXTS = re.compile(r"\"?contexts\"?\s*[=:]?\s*\{(?P<inside>[^{}]*)\}")
_ENTRY = re.compile(r"\"?(?P<name>[\w./-]+)\"?\s*[=:]\s*\"(?P<value>[^\"\n]*)\"")


def find(source: Source) -> Iterator[Use | Problem]:
    """Every context."""
    for block in _CONTEXTS.finditer(source.octets):
        for entry in _ENTRY.finditer(source.octets, *block.span("inside")):
            yield Use(entry["name"], entry["value"], Span(*entry.span()), Build())


def without(source: Source, uses: tuple[Use, ...]) -> Removal:
    """Left to a person."""
    return Removal(
        (),
        tuple(
            Problem(
                f"the bake file gives the folder of {use.name}",
                source.at(use.span),
                f"take it out, and add {SECRET}",
                "bake-context",
            )
            for use in uses
        ),
    )
