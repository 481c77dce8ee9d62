"""The story of railrel, told by running it: from `../issue-core` to an installed wheel.

    make demo

Everything happens in a scratch folder, with a folder as the registry: no server, no account.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from railrel.distributions.public_index import for_uv, pip_files

HERE = Path(__file__).parent
SECONDS = 600
GIT = ["git", "-c", "user.name=Demo", "-c", "user.email=demo@example.com"]


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="railrel-demo-") as scratch:
        workspace = Path(scratch) / "workspace"
        shutil.copytree(HERE / "workspace", workspace)
        story = Story(workspace)
        story.tell()
    return 0


class Story:
    """Shows each command with its output, and stops at the first that fails."""

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        commands = str(Path(sys.executable).parent)
        # One that is set for the user's own work would take the demo's packages elsewhere.
        own = {k: v for k, v in os.environ.items() if not k.startswith("RAILREL_")}
        self._environment = {**own, "PATH": f"{commands}{os.pathsep}{own.get('PATH', '')}"}
        self._environment.pop("VIRTUAL_ENV", None)

    def tell(self) -> None:
        self.say("Two repositories, side by side. The app takes the library from ../issue-core.")
        for project, tag in (("issue-core", "v0.2.3"), ("vergabe-teilnahme", "v0.1.0")):
            self._commit(project, tag, "A first commit")
        self.show("railrel status")

        self.say("No registry is configured, so distributions go to a folder of the workspace.")
        self.show("railrel publish issue-core")

        self.say("The path becomes a version range. First the plan, then for real.")
        self.show("railrel fix-deps vergabe-teilnahme --diff")
        self.show("railrel fix-deps vergabe-teilnahme")
        self._commit("vergabe-teilnahme", "v0.1.0", "Ranges instead of paths")
        self.show("railrel publish vergabe-teilnahme")
        self.show("railrel status")

        self.say("A fresh environment, far from both checkouts. Ours come from that index alone.")
        self._install()
        self.show("../fresh/bin/python -m vergabe_teilnahme check", DJANGO_DEBUG="1")

        self.say(
            "The same with your Gitea: name it in railrel.toml, and give a token that may write\n"
            "packages (Settings > Applications, scope write:package).\n\n"
            '    registry = "https://git.example.com/api/packages/OWNER/pypi"\n'
            "    export RAILREL_TOKEN=…"
        )

    def say(self, text: str) -> None:
        print(f"\n{text}\n", flush=True)

    def show(self, command: str, **variables: str) -> None:
        shown = "".join(f"{name}={value} " for name, value in variables.items())
        print(f"$ {shown}{command}", flush=True)
        self._run(shlex.split(command), variables)
        print(flush=True)

    def _commit(self, project: str, tag: str, message: str) -> None:
        folder = self._workspace / project
        if not (folder / ".git").exists():
            self._run([*GIT, "init", "--quiet", "--initial-branch=main"], {}, folder)
        self._run([*GIT, "add", "--all"], {}, folder)
        self._run([*GIT, "commit", "--quiet", "--message", message], {}, folder)
        self._run([*GIT, "tag", "--force", tag], {}, folder, quiet=True)

    def _install(self) -> None:
        """`eval "$(railrel env)"`, then uv; told of the public index that pip was told of."""
        files = pip_files(self._environment, Path.home(), Path(sys.prefix))
        told = for_uv(self._environment, files)
        script = (
            'eval "$(railrel env)" && uv venv -q ../fresh && uv pip install --python ../fresh "$@"'
        )
        names = ["issue-core", "vergabe-teilnahme"]
        print('$ eval "$(railrel env)"\n$ uv venv ../fresh', flush=True)
        print(f"$ uv pip install --python ../fresh {' '.join(names)}", flush=True)
        self._run(["sh", "-c", script, "sh", *names], {**told, "UV_NO_PROGRESS": "1"})
        print(flush=True)

    def _run(
        self,
        argv: list[str],
        variables: dict[str, str],
        folder: Path | None = None,
        *,
        quiet: bool = False,
    ) -> None:
        done = subprocess.run(
            argv,
            cwd=folder or self._workspace,
            env={**self._environment, **variables},
            # One stream, so that a recording has the lines in their order.
            stdout=subprocess.DEVNULL if quiet else sys.stdout,
            stderr=sys.stdout,
            timeout=SECONDS,
            check=False,
        )
        if done.returncode:
            sys.exit(f"demo: exit code {done.returncode}: {shlex.join(argv)}")


if __name__ == "__main__":
    sys.exit(main())
