"""A runner for the real Gitea, whose jobs Gitea's own engine runs on this machine."""

from tests.servers.runner.runs import Run, Runner, runner

__all__ = ["Run", "Runner", "runner"]
