"""`.dockerignore`: what of a folder is not sent to an image build.

https://docs.docker.com/build/concepts/context/#dockerignore-files; the rules are those of
github.com/moby/patternmatcher and of Go's filepath.Match.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from posixpath import normpath

ALWAYS_SENT = ("Dockerfile", ".dockerignore")
"""The builder needs these two, whatever the patterns say."""


@dataclass(frozen=True)
class DockerIgnore:
    """The patterns of one file, in their order."""

    patterns: tuple[tuple[re.Pattern[str], bool], ...]
    """Each with whether it takes back an exclusion."""

    def excludes(self, path: str) -> bool:
        """Whether a path below the context, with `/`, is left out. The last pattern counts.

        A pattern that fits a folder fits all that is in it.
        """
        around = list(_and_parents(path))
        excluded = False
        for pattern, takes_back in self.patterns:
            if takes_back == excluded and any(pattern.fullmatch(one) for one in around):
                excluded = not takes_back
        return excluded

    def kept(self, names: Iterable[str]) -> tuple[str, ...]:
        """Of these paths those that an image build gets to see."""
        return tuple(name for name in names if name in ALWAYS_SENT or not self.excludes(name))


def dockerignore(text: str) -> DockerIgnore:
    """Read the file. A pattern that Docker refuses is passed over: Docker will say so."""
    patterns: list[tuple[re.Pattern[str], bool]] = []
    for line in text.removeprefix("\ufeff").splitlines():
        if line.startswith("#"):
            continue
        pattern = line.strip()
        takes_back = pattern.startswith("!")
        pattern = pattern.removeprefix("!").strip()
        if not pattern:
            continue
        # Docker cleans twice, the second time with the sign, which is then a part of the first name.
        cleaned = normpath(("!" if takes_back else "") + normpath(pattern).lstrip("/"))
        takes_back, cleaned = cleaned.startswith("!"), cleaned.removeprefix("!")
        try:
            patterns.append((re.compile(_translated(cleaned), re.DOTALL), takes_back))
        except re.error:
            continue
    return DockerIgnore(tuple(patterns))


def _and_parents(path: str) -> Iterator[str]:
    yield path
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _translated(pattern: str) -> str:
    """The pattern as an expression over the whole path."""
    if pattern.startswith("**") and not re.search(r"[*?\[\\]|\A/", pattern[2:]):
        # Plain text behind it is compared with the end of the path, not of a name: `**b` fits `ab`.
        return f".*{re.escape(pattern[2:])}"
    parts: list[str] = []
    position = 0
    while position < len(pattern):
        if pattern.startswith("**", position):
            position += 2
            if pattern.startswith("/", position):
                position += 1
            # `**/x` fits x itself; at the end `**` fits everything.
            parts.append(".*" if position >= len(pattern) else "(?:.*/)?")
            continue
        character = pattern[position]
        position += 1
        if character == "*":
            parts.append("[^/]*")
        elif character == "?":
            parts.append("[^/]")
        elif character == "[":
            expression, position = _class(pattern, position)
            parts.append(expression)
        elif character == "\\" and position < len(pattern):
            parts.append(re.escape(pattern[position]))
            position += 1
        else:
            parts.append(re.escape(character))
    return "".join(parts)


def _class(pattern: str, position: int) -> tuple[str, int]:
    """A class such as `[a-z]` or `[^x]` behind its bracket. re.error if it does not end."""
    end = position
    inside = ""
    if pattern.startswith("^", position):
        inside, end = "^", position + 1
    while end < len(pattern) and pattern[end] != "]":
        if pattern[end] == "\\" and end + 1 < len(pattern):
            inside += re.escape(pattern[end + 1])
            end += 2
            continue
        inside += pattern[end] if pattern[end] == "-" else re.escape(pattern[end])
        end += 1
    if end >= len(pattern) or inside in ("", "^"):
        raise re.error("a class without an end")
    return f"[{inside}]", end + 1
