"""Jobs that a test pushes to Gitea, to see them run."""

from pathlib import Path
from textwrap import dedent, indent

from tests.servers.repositories import Repository

WORKFLOW = ".gitea/workflows/release.yml"
TAG = "refs/tags/v1"


def push_jobs(repository: Repository, folder: Path, jobs: str, **more: str) -> None:
    """Push a tag whose workflow has these jobs."""
    text = "on: {push: {tags: ['v*']}}\njobs:\n" + indent(dedent(jobs), "  ")
    repository.push_files(folder / "pushed", {WORKFLOW: text, **more}, "v1")
