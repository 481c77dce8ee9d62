"""The parts of an instruction: its keyword, its flags such as `--from=build`, a list in brackets."""

import json
import re

from railrel.images.pieces import Piece, Word

_MAY_BE_JSON = frozenset({"RUN", "CMD", "ENTRYPOINT", "SHELL", "COPY", "ADD", "VOLUME"})
# Go's unicode.IsSpace, asked of single bytes.
_SPACE = frozenset("\t\n\v\f\r \x85\xa0")


def split(text: Piece) -> tuple[str, tuple[Word, ...], Piece]:
    """The keyword in capitals, the flags, and what stands behind them."""
    text = text.stripped()
    keyword = re.match(r"[^\t\v\f\r ]*", text.text)
    end = keyword.end() if keyword else 0
    flags, rest = _flags(text.part(end))
    return text.text[:end].upper(), flags, rest


def json_array(keyword: str, rest: str) -> tuple[str, ...] | None:
    """The strings of the JSON form; None in any other form."""
    if keyword not in _MAY_BE_JSON or not rest.startswith("["):
        return None
    try:
        # What stands behind the bracket is passed over, as BuildKit does.
        found, _ = json.JSONDecoder().raw_decode(rest)
    except (ValueError, RecursionError):
        return None
    strings = tuple(item for item in found if isinstance(item, str))
    return strings if len(strings) == len(found) else None


def _flags(text: Piece) -> tuple[tuple[Word, ...], Piece]:
    """The flags at the beginning of a text, and what stands behind them."""
    flags: list[Word] = []
    position = 0
    while True:
        position = _behind_spaces(text.text, position)
        if not text.text.startswith("--", position):
            break
        value, end = _flag(text.text, position)
        if value == "--":
            position = end
            break
        flags.append(Word(value, text.place(position, end)))
        position = end
    return tuple(flags), text.part(position).stripped()


def _behind_spaces(text: str, position: int) -> int:
    while position < len(text) and text[position] in _SPACE:
        position += 1
    return position


def _flag(text: str, position: int) -> tuple[str, int]:
    """What a flag says without its quotes, and the position behind it."""
    said: list[str] = []
    quote = ""
    while position < len(text):
        character = text[position]
        if not quote and character in _SPACE:
            break
        position += 1
        if character == quote:
            quote = ""
        elif not quote and character in "'\"":
            quote = character
        elif character == "\\":
            said.append(text[position : position + 1])
            position += 1
        else:
            said.append(character)
    return "".join(said), min(position, len(text))
