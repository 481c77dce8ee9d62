"""Record the demo as the picture in the README: `make picture`."""

import os
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

HERE = Path(__file__).parent
COLUMNS = 100
# The picture tells the story to the range in the file; the installation is in `make demo`.
LAST = "$ railrel publish vergabe-teilnahme"


def main() -> int:
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "TMPDIR": "/tmp"}  # noqa: S108 -- short in the picture
    done = subprocess.run(
        [sys.executable, str(HERE.parent / "examples" / "demo.py")],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        timeout=600,
        check=True,
    )
    lines = done.stdout.replace(_scratch(done.stdout), "~/work").strip().splitlines()
    shown = lines[: lines.index(LAST)]
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True)
        for line in shown:
            text = Text.from_ansi(line)
            if line.startswith("$ "):
                text.stylize("bold cyan")
            console.print(text, soft_wrap=True)
        console.save_svg(str(HERE / "demo.svg"), title="make demo", theme=MONOKAI)
    return 0


def _scratch(text: str) -> str:
    """The demo's own folder, which is another each time."""
    line = next(line for line in text.splitlines() if "/railrel-demo-" in line)
    start = line.index("/tmp/railrel-demo-")  # noqa: S108 -- where we put it
    return line[start : line.index("/workspace", start) + len("/workspace")]


if __name__ == "__main__":
    sys.exit(main())
