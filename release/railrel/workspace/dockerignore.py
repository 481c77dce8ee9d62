"""`.dockerignore`: what of a folder is not sent to an image build.

https://docs.docker.com/build/concepts/context/#dockerignore-files is the short form. What counts is
what BuildKit does: moby/patternmatcher makes Go regular expressions of the patterns, with all that
these understand, and fsutil asks of a folder before it asks of what is in it.
"""

import re
from collections.abc import Iterable, Iterator
from posixpath import normpath

from railrel.values import dataclass

# What Go's strings.TrimSpace takes away; Python's strip takes more.
_BLANK = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
# No wildcard in it but `**` at one end: compared as it is written, by patternmatcher too.
_PLAIN = re.compile(r"(?P<all>\*\*)?(?P<text>[^*?\\\[\]]*)(?P<more>(?<!^)\*\*)?")
# What Go takes for a repetition behind `{`; Python takes `{,2}` for one too.
_COUNT = re.compile(r"[0-9]+(,[0-9]*)?\}")
_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": "\\x00-\\x7f",
    "blank": "\\t ",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-\\~",
    "lower": "a-z",
    "print": " -\\~",
    "punct": "!-/:-@\\[-`{-\\~",
    "space": "\\t\\n\\v\\f\\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_CONTROLS = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


@dataclass(frozen=True)
class DockerIgnore:
    """The patterns of one file, in their order."""

    patterns: tuple[tuple[re.Pattern[str], bool], ...]
    """Each with whether it takes back an exclusion."""

    def excludes(self, path: str) -> bool:
        """Whether a path below the context, with `/`, is left out. The last pattern counts.

        A pattern that fits a folder fits all that is in it.
        """
        return not self._is_sent(path, {})

    def kept(self, names: Iterable[str]) -> tuple[str, ...]:
        """Of these paths those that an image build gets to see."""
        known: dict[str, tuple[bool, ...]] = {}
        return tuple(n for n in names if needed_by_builder(n) or self._is_sent(n, known))

    def _is_sent(self, path: str, known: dict[str, tuple[bool, ...]]) -> bool:
        fits: tuple[bool, ...] = (False,) * len(self.patterns)
        for place in _from_the_top(path):
            if place not in known:
                known[place] = self._fitting(place, fits)
            fits = known[place]
        last = [back for (_, back), fit in zip(self.patterns, fits, strict=True) if fit]
        return last[-1] if last else True

    def _fitting(self, path: str, around: tuple[bool, ...]) -> tuple[bool, ...]:
        """Which patterns fit, given those that fit the folder around it."""
        excluded = False
        fits: list[bool] = []
        for (pattern, back), inherited in zip(self.patterns, around, strict=True):
            # One that would change nothing is not asked, not even for what is in the folder.
            fit = inherited or (back == excluded and pattern.search(path) is not None)
            excluded = not back if fit else excluded
            fits.append(fit)
        return tuple(fits)


def needed_by_builder(path: str) -> bool:
    """Whether the builder itself reads this file, which it may whatever the patterns say.

    `COPY` still does not see it: whoever builds from a copy has the patterns applied there again.
    """
    name = path.rpartition("/")[2].removesuffix(".dockerignore")
    return (
        name in ("", "Dockerfile") or name.startswith("Dockerfile.") or name.endswith(".Dockerfile")
    )


def dockerignore(text: str) -> DockerIgnore:
    """Read the file. A pattern that Docker refuses is passed over: Docker will say so.

    A pattern that only Go understands, such as `\\pL`, hides nothing.
    """
    patterns: list[tuple[re.Pattern[str], bool]] = []
    for pattern in map(_listed, text.removeprefix("\ufeff").split("\n")):
        takes_back = pattern.startswith("!")
        bare = pattern.removeprefix("!")
        if not bare:
            continue
        try:
            patterns.append((re.compile(_expression(bare), re.ASCII), takes_back))
        except (re.error, KeyError):
            if takes_back:
                patterns.append((re.compile(""), takes_back))
    return DockerIgnore(tuple(patterns))


def _listed(line: str) -> str:
    """What a line says: read once by ignorefile and, as it then stands, by patternmatcher."""
    pattern = "" if line.startswith("#") else line.strip(_BLANK)
    bang = "!" if pattern.startswith("!") else ""
    pattern = _cleaned(pattern.removeprefix("!").strip(_BLANK))
    if len(pattern) > 1:
        pattern = pattern.removeprefix("/")
    return _cleaned(f"{bang}{pattern}".strip(_BLANK))


def _cleaned(path: str) -> str:
    """As Go's filepath.Clean has it, but for the empty path."""
    return re.sub("^//", "/", normpath(path)) if path else ""


def _from_the_top(path: str) -> Iterator[str]:
    parts = path.strip("/").split("/")
    return ("/".join(parts[: count + 1]) for count in range(len(parts)))


def _expression(pattern: str) -> str:
    """The pattern as an expression to search a whole path for."""
    plain = _PLAIN.fullmatch(pattern)
    if not plain or (plain["all"] and plain["more"]):
        return _ported(f"^{_go_expression(pattern)}$")
    text = re.escape(plain["text"])
    if plain["all"]:
        return rf"(?:^|/){text[1:]}\Z" if text.startswith("/") else rf"{text}\Z"
    return rf"^{text}" if plain["more"] else rf"^{text}\Z"


def _go_expression(pattern: str) -> str:
    """The regular expression that patternmatcher makes, which minds no brackets."""
    parts: list[str] = []
    for found in re.finditer(r"\*\*/?|\\.|.", pattern, re.DOTALL):
        match found[0]:
            case "**" | "**/":
                parts.append(".*" if found.end() == len(pattern) else "(.*/)?")
            case "*":
                parts.append("[^/]*")
            case "?":
                parts.append("[^/]")
            case character if character in ".+()$":
                # Of the others that Go minds, patternmatcher means to escape `{|}` and does not.
                parts.append(f"\\{character}")
            case as_it_is:
                parts.append(as_it_is)
    # One of these is as good as two, and does not take its square in time.
    return re.sub(r"(\(\.\*/\)\?)\1+", r"\1", "".join(parts))


def _ported(go: str) -> str:
    """A regular expression of Go's in Python's words. re.error or KeyError if there are none."""
    parts: list[str] = []
    position = 0
    while position < len(go):
        if go[position] == "[":
            part, position = _class(go, position + 1)
        elif go[position] == "\\" and go[position + 1] in "AbBdDsSwW":
            part, position = go[position : position + 2], position + 2
        elif go[position] == "\\":
            part, position = _character(go, position)
            part = re.escape(part)
        else:
            part, position = go[position], position + 1
            if part == "]" or (part == "{" and not _COUNT.match(go, position)):
                part = f"\\{part}"
            elif part == "$":
                part = "\\Z"
        parts.append(part)
    return "".join(parts)


def _class(go: str, position: int) -> tuple[str, int]:
    """What stands in brackets, and the position behind them."""
    start = position + go.startswith("^", position)
    parts = ["[^" if start > position else "["]
    position = start
    while position == start or not go.startswith("]", position):
        posix = re.compile(r"\[:(.*?):\]", re.DOTALL).match(go, position)
        if posix:
            parts.append(_POSIX[posix[1]])
            position = posix.end()
        elif go[position : position + 1] == "\\" and go[position + 1] in "dDsSwW":
            parts.append(go[position : position + 2])
            position += 2
        else:
            low, position = _character(go, position)
            high = low
            if go.startswith("-", position) and go[position + 1 : position + 2] not in ("", "]"):
                high, position = _character(go, position + 1)
            parts.append(f"{re.escape(low)}-{re.escape(high)}")
    return "".join((*parts, "]")), position + 1


def _character(go: str, position: int) -> tuple[str, int]:
    """One character, escaped or not, and the position behind it."""
    if position >= len(go):
        raise re.error("a class without an end")
    if go[position] != "\\":
        return go[position], position + 1
    escaped = go[position + 1]
    if escaped.isascii() and not escaped.isalnum():
        return escaped, position + 2
    return _CONTROLS[escaped], position + 2
