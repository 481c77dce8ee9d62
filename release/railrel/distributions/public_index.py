"""The public index is whatever this machine is set to use; railrel names none of its own.

uv does not read pip's settings. Where only pip was told of a mirror, uv is told the same.
"""

import configparser
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

# pip's settings, the variable that sets each, and the variable by which uv takes it.
_PAIRS = (
    ("index-url", "PIP_INDEX_URL", "UV_DEFAULT_INDEX"),
    ("extra-index-url", "PIP_EXTRA_INDEX_URL", "UV_INDEX"),
    ("find-links", "PIP_FIND_LINKS", "UV_FIND_LINKS"),
    ("cert", "PIP_CERT", "SSL_CERT_FILE"),
    ("trusted-host", "PIP_TRUSTED_HOST", "UV_INSECURE_HOST"),
)
_UV_INDEX = frozenset({"UV_DEFAULT_INDEX", "UV_INDEX_URL"})


def for_uv(environment: Mapping[str, str], pip_files: Iterable[Path]) -> dict[str, str]:
    """The variables to add for uv so that it asks the index that pip would ask."""
    configured = _pip_settings(pip_files)
    added: dict[str, str] = {}
    for setting, pip_variable, uv_variable in _PAIRS:
        value = environment.get(pip_variable) or configured.get(setting, "")
        if value and not environment.get(uv_variable):
            added[uv_variable] = _for_uv(uv_variable, value)
    if _UV_INDEX & environment.keys():
        # Whoever told uv of an index meant that one.
        for variable in ("UV_DEFAULT_INDEX", "UV_INDEX"):
            added.pop(variable, None)
    return added


def pip_indexes(environment: Mapping[str, str], pip_files: Iterable[Path]) -> tuple[str, ...]:
    """The indexes that pip asks by its settings, credentials and all."""
    configured = _pip_settings(pip_files)
    pairs = [(setting, variable) for setting, variable, _ in _PAIRS if "index" in setting]
    values = (
        environment.get(variable) or configured.get(setting, "") for setting, variable in pairs
    )
    return tuple(word for value in values for word in value.split())


def default_index(environment: Mapping[str, str], pip_files: Iterable[Path]) -> tuple[str, str]:
    """The index that uv or pip asks by default, credentials and all, and what says so.

    Both are empty where nothing says anything.
    """
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        value = environment.get(name, "").strip()
        if value:
            # uv's may have a name.
            return re.sub(r"\A[\w.-]+=", "", value), name
    url = _pip_settings(pip_files).get("index-url", "").strip()
    return url, "pip's settings" if url else ""


def pip_files(environment: Mapping[str, str], home: Path, prefix: Path) -> tuple[Path, ...]:
    """pip's configuration files, least important first.

    https://pip.pypa.io/en/stable/topics/configuration/#location
    """
    config = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    own = environment.get("PIP_CONFIG_FILE")
    if own == "/dev/null":
        return ()
    system = [Path(folder) / "pip" for folder in _xdg_folders(environment)]
    files = [
        *(folder / "pip.conf" for folder in reversed(system)),
        Path("/etc/pip.conf"),
        home / ".pip" / "pip.conf",
        config / "pip" / "pip.conf",
        prefix / "pip.conf",
    ]
    return (*files, Path(own)) if own else tuple(files)


def _xdg_folders(environment: Mapping[str, str]) -> list[str]:
    return [p for p in environment.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":") if p]


def _pip_settings(files: Iterable[Path]) -> dict[str, str]:
    settings: dict[str, str] = {}
    for file in files:
        parser = configparser.RawConfigParser()
        try:
            parser.read(file, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError, OSError):
            # pip itself will say what is wrong with it.
            continue
        for section in ("global", "install"):
            if parser.has_section(section):
                settings.update(parser.items(section))
    return settings


def _for_uv(variable: str, value: str) -> str:
    """pip separates by blanks; uv's find-links by commas."""
    words = value.split()
    return ",".join(words) if variable == "UV_FIND_LINKS" else " ".join(words)
