"""What fix-deps has to do at the least: parse every file, replace strings in some, write those.

A process of its own: `python bare_rewrite.py WORKSPACE`. It knows beforehand all that can be there.
"""

import re
import sys
import tomllib
from pathlib import Path

_PLACE = re.compile(r"(?:\.\./|file://\S*/)(?P<name>[\w-]+)")


def main(root: Path) -> None:
    texts: dict[Path, str] = {}
    versions: dict[str, str] = {}
    for file in sorted(root.glob("*/pyproject.toml")):
        texts[file] = file.read_text(encoding="utf-8")
        values = tomllib.loads(texts[file])
        project = values.get("project") or values["tool"]["poetry"]
        versions[project["name"]] = project["version"]
    for file, text in texts.items():
        found = _PLACE.search(text)
        if found:
            name = found["name"]
            after = replaced(text, root, name, range_from(versions[name]))
            file.write_text(after, encoding="utf-8")


def replaced(text: str, root: Path, name: str, bounds: str) -> str:
    """The text with each way to name that neighbour as a range."""
    for before, after in (
        (f'[tool.uv.sources]\n{name} = {{ path = "../{name}" }}\n\n', ""),
        (f'[tool.uv.sources]\n{name} = {{ path = "../{name}", editable = true }}\n\n', ""),
        (f'"{name} @ file://{root}/{name}"', f'"{name}{bounds}"'),
        (f'"{name} @ ../{name}"', f'"{name}{bounds}"'),
        (f'{{ path = "../{name}", develop = true }}', f'{{ version = "{bounds}" }}'),
        (f'  "{name}",\n', f'  "{name}{bounds}",\n'),
    ):
        text = text.replace(before, after)
    return text


def range_from(version: str) -> str:
    major, minor, _ = map(int, version.split("."))
    return f">={major}.{minor},<{major + 1}" if major else f">=0.{minor},<0.{minor + 1}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
