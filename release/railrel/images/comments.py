"""Comments of a Dockerfile that tell how to build it with a named context."""

import re
from typing import Final

from railrel.edits import Edit
from railrel.errors import Problem
from railrel.images.dockerfiles import Dockerfile
from railrel.images.takes import Outside

BUILD_SECRET: Final = "--secret id=netrc,src=$HOME/.netrc"  # noqa: S105 -- a path
WORD: Final = r"""(?:"[^"\n]*"|'[^'\n]*'|\$\([^)\n]*\)|`[^`\n]*`|\\.|[^\s"'`\\;|&)])+"""
_OPTION = re.compile(
    rf"--build-context(?:=|[ \t]+)[\"']?(?P<name>[\w./-]+)=(?:{WORD})?[\"']?", re.ASCII
)
# A label, and behind it a command to build with, whole.
_WHOLE = re.compile(
    r"#[ \t]*(?:[A-Z]?[a-z]+(?:[ \t][a-z]+){0,3}:[ \t]*)?(?:\$[ \t]+)?"
    r"(?:DOCKER_BUILDKIT=1[ \t]+)?(?:docker|podman|nerdctl|buildah)(?:[ \t]+(?:buildx|image))?[ \t]+(?:build|bud)"
    rf"(?:[ \t]+{WORD})*[ \t]*"
)


def comment_edits(
    file: Dockerfile, outside: Outside, needed: set[str]
) -> tuple[list[Edit], list[Problem]]:
    """Put the secret where a context stands that is no longer needed; note what is more than that."""
    edits: list[Edit] = []
    notes: list[Problem] = []
    for comment in file.comments:
        text = file.octets[comment.start : comment.end]
        gone = [
            option
            for option in _OPTION.finditer(text)
            if outside.named(option["name"]) and option["name"] not in needed
        ]
        if gone and _WHOLE.fullmatch(text):
            has_secret = "id=netrc" in text
            for option in gone:
                start, end = comment.start + option.start(), comment.start + option.end()
                if has_secret:
                    start -= len(text[: option.start()]) - len(text[: option.start()].rstrip())
                edits.append(Edit(start, end, "" if has_secret else BUILD_SECRET))
                has_secret = True
        elif gone or ("--build-context" in text and _speaks(text, outside, needed)):
            notes.append(
                Problem(
                    "the comment speaks of a named context that the build no longer needs",
                    file.at(comment),
                    f"write it anew; the build now takes {BUILD_SECRET}",
                    "stale-comment",
                )
            )
    return edits, notes


def _speaks(text: str, outside: Outside, needed: set[str]) -> bool:
    words = re.findall(r"[\w.-]+", text)
    return any(outside.named(word) and word not in needed for word in words)
