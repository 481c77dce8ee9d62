"""Sizes as Gitea and ingress-nginx read them, in bytes."""

import re

UNLIMITED = -1
_UNITS = {
    "": 1,
    "b": 1,
    **{f"{letter}{end}": 1000**n for n, letter in enumerate("kmgtpe", 1) for end in ("", "b")},
    **{f"{letter}i{end}": 1024**n for n, letter in enumerate("kmgtpe", 1) for end in ("", "b")},
}
_GITEA = re.compile(r"(?P<number>[0-9.,]*)(?P<unit>.*)", re.DOTALL)
_NGINX = re.compile(r"(?P<number>\d+)(?P<unit>[kKmMgG]?)", re.ASCII)


def gitea_bytes(text: str) -> int | None:
    """How many bytes Gitea takes a limit for, UNLIMITED for none; None for what it cannot read.

    What it cannot read counts as no limit, without a word: `mustBytes` in modules/setting/packages.go, go-humanize's
    ParseBytes.
    """
    if text.strip() in ("", "-1"):
        return UNLIMITED
    found = _GITEA.fullmatch(text.strip())
    if found is None:
        return None
    try:
        number = float(found["number"].replace(",", ""))
    except ValueError:
        return None
    unit = _UNITS.get(found["unit"].strip().lower())
    size = None if unit is None else number * unit
    return int(size) if size is not None and size <= 2**63 - 1 else None


def asked_bytes(text: str) -> int | None:
    """How many bytes somebody means who types a size; None for none, and where a comma leaves it open."""
    size = None if "," in text or not text.isascii() else gitea_bytes(text)
    return size if size is not None and size > 0 else None


def meant_bytes(text: str) -> int | None:
    """How many bytes somebody meant, also where Helm made 1.073741824e+09 of a number."""
    size = gitea_bytes(text)
    if size is None and re.fullmatch(r"[0-9.]+e\+[0-9]{1,2}", text):
        return int(float(text))
    return size


def nginx_bytes(text: str) -> int | None:
    """How many bytes a body may have, UNLIMITED for `0`; None for what nginx does not read."""
    found = _NGINX.fullmatch(text.strip())
    if found is None:
        return None
    size = int(found["number"]) * 1024 ** " kmg".index(found["unit"].lower() or " ")
    return size or UNLIMITED


def body_bytes(file_limit: int) -> int:
    """What a proxy must let through for an upload of a file: form fields and a description too."""
    mebibyte = 1024**2
    return (-(-file_limit // mebibyte) + 8) * mebibyte


def shown(size: int) -> str:
    """A size for people and for Gitea: without a space, so that every form can hold it."""
    for letter, unit in (("G", 1024**3), ("M", 1024**2), ("K", 1024)):
        if size and size % unit == 0:
            return f"{size // unit}{letter}iB"
    return f"{size}B"


def fits(needed: int, limit: int) -> bool:
    """Whether something of this size passes a limit. UNLIMITED passes no limit but itself."""
    return limit == UNLIMITED or (needed != UNLIMITED and needed <= limit)
