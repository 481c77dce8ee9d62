"""Texts as values of a workflow: whatever they hold, they are read as these texts."""

import re

from railrel.errors import Problem

_SIMPLE = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
# What YAML 1.2 does not count among printable characters (5.1), and what some parsers take for a break.
_ESCAPED = re.compile(r'[\\"\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]')
_EXPRESSION = "${{"


def quoted(text: str) -> str:
    """A double-quoted scalar of YAML 1.2 (7.3.1)."""
    return f'"{_ESCAPED.sub(lambda found: _escape(found[0]), text)}"'


def unfit(text: str, what: str, at: str) -> Problem | None:
    """Why no job can be given this text as it is."""
    if _EXPRESSION in text:
        return Problem(
            f"{what} holds {_EXPRESSION}, which a runner would take for an expression",
            at,
            'write expressions into the workflow, between "own lines" and "end of own lines"',
            "expression",
        )
    if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        return Problem(
            f"{what} holds a character that no environment can",
            at,
            "write it without",
            "odd-character",
        )
    return None


def _escape(character: str) -> str:
    return _SIMPLE.get(character) or f"\\u{ord(character):04x}"
