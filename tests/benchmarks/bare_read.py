"""What any look at a workspace has to do at the least: parse every file.

A process of its own: `python bare_read.py WORKSPACE`.
"""

import sys
import tomllib
from pathlib import Path


def main(root: Path) -> None:
    for file in sorted(root.glob("*/pyproject.toml")):
        tomllib.loads(file.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
