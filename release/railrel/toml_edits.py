"""Changes to a TOML file by the byte: entries, items and sections, in the way the file is written."""

import re
from collections.abc import Iterable, Iterator

from railrel.documents import Document, KeyPath, Place
from railrel.edits import Change, Edit, apply, without_comma
from railrel.sources import Span


def within_string(document: Document, place: Place, change: Change) -> Edit:
    """Change characters of the *value* of a TOML string, keeping its other bytes."""
    raw = document.raw(place.value)
    quote = raw[:3] if raw[:3] in ('"""', "'''") else raw[0]
    body = raw[len(quote) : -len(quote)]
    lead = len(quote)
    if len(quote) == 3:
        # TOML trims a newline right behind the opening quotes.
        first = re.match(r"\r?\n", body)
        lead += first.end() if first else 0
        body = body[first.end() :] if first else body
    pieces = _characters(body, escapes=quote[0] == '"')
    # A line continuation at the very beginning makes no character and stands before the first.
    if pieces and re.match(r"\\\s", pieces[0]):
        lead += len(pieces.pop(0))
    offsets = [0]
    for piece in pieces:
        offsets.append(offsets[-1] + len(piece.encode("utf-8")))
    base = place.value.start + len(raw[:lead].encode("utf-8"))
    return Edit(base + offsets[change.start], base + offsets[change.end], change.text)


def _characters(body: str, *, escapes: bool) -> list[str]:
    """The pieces of a string's source that each make one character of its value."""
    if not escapes:
        return re.findall(r"\r\n|.", body, re.DOTALL)
    pieces = re.findall(
        r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}|\\x[0-9A-Fa-f]{2}|\\[ \t]*\r?\n\s*|\\.|\r\n|.",
        body,
        re.DOTALL,
    )
    joined: list[str] = []
    for piece in pieces:
        # A backslash at the end of a line makes no character; it belongs to the one before it.
        if re.match(r"\\\s", piece) and joined:
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def toml_of(value: object) -> str:
    """A value as it is written in TOML."""
    import tomlkit

    return tomlkit.item(value).as_string()


def rewrite_entry(
    document: Document, path: KeyPath, drop: frozenset[str], add: Iterable[tuple[str, str]]
) -> Iterator[Edit]:
    """In the table at `path`, however it is spelled, drop keys and put others (key, TOML) there."""
    place = document.place(path)
    added = list(add)
    if place and document.raw(place.value).startswith("{"):
        kept = [
            document.raw(pair.whole)
            for pair in _pairs(document, path)
            if pair.path[len(path)] not in drop
        ]
        parts = [*(f"{key} = {value}" for key, value in added), *kept]
        space = " " if document.raw(place.value)[1:2].isspace() else ""
        yield Edit(place.value.start, place.value.end, "{" + space + ", ".join(parts) + space + "}")
        return
    for pair in _pairs(document, path):
        if pair.path[len(path)] not in drop:
            continue
        if added:
            yield _renamed(document, pair, added)
            added = []
        else:
            yield from remove(document, pair)


def _pairs(document: Document, path: KeyPath) -> list[Place]:
    """The pairs that make up a table, without those inside their values."""
    below = [p for p in document.below(path) if p.kind in ("line", "inline") and p.path != path]
    return [p for p in below if not _nested_in(p, below)]


def _nested_in(inner: Place, places: list[Place]) -> bool:
    return any(p.whole.start < inner.whole.start and inner.whole.end <= p.whole.end for p in places)


def _renamed(document: Document, pair: Place, added: list[tuple[str, str]]) -> Edit:
    """The pair with another last key and value; further pairs follow it with the same prefix."""
    key = document.raw(Span(pair.whole.start, pair.value.start))
    found = re.fullmatch(
        r"(?P<prefix>.*?)(?:[\w-]+|\"[^\"]*\"|'[^']*')(?P<equals>\s*=\s*)", key, re.DOTALL
    )
    if not found:
        raise RuntimeError(f"cannot read the key {key!r}")
    separator = ", " if pair.kind == "inline" else document.newline + _indent(document, pair)
    pairs = (f"{found['prefix']}{name}{found['equals']}{value}" for name, value in added)
    return Edit(pair.whole.start, pair.whole.end, separator.join(pairs))


def _indent(document: Document, place: Place) -> str:
    line = document.data.rfind(b"\n", 0, place.whole.start) + 1
    before = document.data[line : place.whole.start].decode("utf-8", "replace").lstrip("\ufeff")
    return before if before.isspace() else ""


def remove_entry(document: Document, path: KeyPath) -> Iterator[Edit]:
    """Take a whole entry away, however it is spelled."""
    place = document.place(path)
    if place and place.kind != "header":
        yield from remove(document, place)
        return
    for pair in _pairs(document, path):
        yield from remove(document, pair)
    for header in document.below(path):
        if header.kind == "header":
            yield from remove(document, header)


def remove(document: Document, place: Place) -> Iterator[Edit]:
    """Take one pair, element or header away; with its line if nothing else but a comment is on it.

    A comment behind it stays, on a line of its own: it is the user's.
    """
    if place.kind in ("inline", "element"):
        yield without_comma(document.data, place.whole)
        return
    data = document.data
    line = data.rfind(b"\n", 0, place.whole.start) + 1
    rest = re.compile(rb"[ \t]*(?P<comment>#[^\r\n]*)?(?P<end>\r?\n|\Z)").match(
        data, place.whole.end
    )
    if rest is None or data[line : place.whole.start].strip().removeprefix(b"\xef\xbb\xbf"):
        yield Edit(place.whole.start, place.whole.end, "")
    elif rest["comment"]:
        yield Edit(place.whole.start, rest.start("comment"), "")
    else:
        start = max(line, 3) if data[:3] == b"\xef\xbb\xbf" and line == 0 else line
        yield Edit(start, rest.end(), "")


def drop_empty_section(document: Document, path: KeyPath) -> Iterator[Edit]:
    """Take `[a.b]` away when nothing, no comment either, is left in it; with a blank line above."""
    place = document.place(path)
    if place is None or place.kind != "header" or document.table(*map(str, path)):
        return
    after = min(
        (p.whole.start for p in document.places if p.whole.start > place.whole.start),
        default=len(document.data),
    )
    if document.data[place.whole.end : after].strip():
        return
    line = document.data.rfind(b"\n", 0, place.whole.start) + 1
    blank = re.search(rb"(?:\A|(?<=\n))[ \t]*\r?\n\Z", document.data[:line])
    if after == len(document.data):
        yield Edit(blank.start() if blank else line, after, "")
    else:
        end = document.data.find(b"\n", place.whole.end) + 1
        below = re.compile(rb"[ \t]*\r?\n").match(document.data, end)
        yield Edit(line, below.end() if below else end, "")


def append_to_array(
    document: Document, path: tuple[str, ...], entry: Iterable[tuple[str, str]]
) -> Document:
    """Add a table (key, TOML) to the array of tables at `path`, in the way the file is written."""
    pairs = list(entry)
    inline = "{ " + ", ".join(f"{key} = {value}" for key, value in pairs) + " }"
    place = document.place(path)
    if place and document.raw(place.value).startswith("["):
        return apply(document, [_one_more(document, place, inline)])
    parent = document.place(path[:-1])
    if parent and document.raw(parent.value).startswith("{"):
        text = f"{path[-1]} = [{inline}]"
        return apply(document, [_one_more(document, parent, text)])
    section = [f"[[{'.'.join(path)}]]", *(f"{key} = {value}" for key, value in pairs)]
    return apply(document, [_at_the_end(document, section)])


def append_item(document: Document, path: KeyPath, value: str) -> Document:
    """Add a value (TOML) to the list at `path`, which is there."""
    place = document.place(path)
    if place is None:
        raise RuntimeError(f"{path} is nowhere")
    return apply(document, [_one_more(document, place, value)])


def _one_more(document: Document, place: Place, text: str) -> Edit:
    """Put one more thing behind the last one of an array or inline table."""
    inside = [
        p.whole.end
        for p in document.below(place.path)
        if place.value.start < p.whole.start and p.whole.end < place.value.end
    ]
    if inside:
        return Edit(max(inside), max(inside), f", {text}")
    start = place.value.start + 1
    return Edit(start, start, text)


def _at_the_end(document: Document, lines: Iterable[str]) -> Edit:
    """Lines behind all others, where TOML always allows a section, with a blank line before them."""
    newline = document.newline
    gap = "" if document.data.endswith((b"\n\n", b"\n\r\n")) else newline
    if not document.data.endswith(b"\n"):
        gap = newline * 2
    end = len(document.data)
    return Edit(end, end, gap + newline.join(lines) + newline)


def set_entry(document: Document, table: KeyPath, key: str, value: str) -> Document:
    """Give a key of a table this value (TOML), in the way the file is written.

    ConfigError when the result would not be TOML.
    """
    path = (*table, key)
    place = document.place(path)
    if place and place.kind != "header":
        after = apply(document, [Edit(place.value.start, place.value.end, value)])
    elif next(document.below(path), None):
        without = apply(document, remove_entry(document, path))
        after = _added(without, table, key, value)
    else:
        after = _added(document, table, key, value)
    _ = after.values
    return after


def _added(document: Document, table: KeyPath, key: str, value: str) -> Document:
    pair = f"{_written(key)} = {value}"
    place = document.place(table)
    if place and place.kind == "header":
        pairs = [p.whole.end for p in document.below(table) if p.kind == "line"]
        return apply(document, [_next_line(document, max([place.whole.end, *pairs]), pair)])
    if place and document.raw(place.value).startswith("{"):
        return apply(document, [_one_more(document, place, pair)])
    dotted = [p for p in document.below(table) if p.kind == "line"]
    section = _section_of(document, dotted[-1]) if dotted else ()
    if dotted and len(section) < len(table):
        prefix = ".".join(_written(part) for part in table[len(section) :])
        return apply(document, [_next_line(document, dotted[-1].whole.end, f"{prefix}.{pair}")])
    header = ".".join(_written(part) for part in table)
    return apply(document, [_at_the_end(document, [f"[{header}]", pair])])


def _section_of(document: Document, pair: Place) -> KeyPath:
    """The path of the header that a pair stands below; empty above the first."""
    above = [
        p.path for p in document.places if p.kind == "header" and p.whole.end <= pair.whole.start
    ]
    return above[-1] if above else ()


def _next_line(document: Document, after: int, line: str) -> Edit:
    end = document.data.find(b"\n", after) + 1
    lead = "" if end else document.newline
    end = end or len(document.data)
    return Edit(end, end, f"{lead}{line}{document.newline}")


def _written(key: object) -> str:
    text = str(key)
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else toml_of(text)
